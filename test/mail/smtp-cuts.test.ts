import { afterEach, describe, expect, test } from 'vitest';
import type { SendResult } from '../../src/mail/smtp-client.ts';
import { connectSmtp } from '../../src/mail/smtp-client.ts';
import type { Timeouts } from '../../src/mail/transport.ts';
import type { FakeServer, Script } from './fake-server.ts';
import { say, startFake } from './fake-server.ts';

const QUICK: Partial<Timeouts> = { command: 400, data: 400, block: 400, end: 400 };
const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function sendAll(
  script: Script,
  messages: number,
  bytes = 100,
): Promise<{ results: SendResult[]; server: FakeServer }> {
  const server = await startFake(script);
  open.push(server);
  const opened = await connectSmtp(server.transport({ timeouts: QUICK }), new AbortController().signal);
  if ('failure' in opened) throw new Error(opened.failure.text);
  const data = Buffer.from(`Subject: x\r\n\r\n${`${'x'.repeat(74)}\r\n`.repeat(Math.ceil(bytes / 76))}`);
  const results = await Promise.all(
    Array.from({ length: messages }, (_, i) =>
      opened.connection.send({ from: 'a@exemple.fr', to: `p${i + 1}@exemple.fr`, data }),
    ),
  );
  return { results, server };
}
const names = (results: SendResult[]) => results.map((result) => result.outcome);

describe('what had passed its final dot is unknown, what had not is safe to send again', () => {
  test('cut after the final dot: that one is unknown, the others not sent', async () => {
    const { results, server } = await sendAll({ onDot: (nth) => (nth === 2 ? 'cut' : undefined) }, 5);
    expect(names(results)).toEqual(['accepted', 'unknown', 'not-sent', 'not-sent', 'not-sent']);
    expect(server.taken).toHaveLength(2);
  });

  test('silence after the final dot: unknown after the time allowed', async () => {
    const { results } = await sendAll({ onDot: (nth) => (nth === 2 ? 'hang' : undefined) }, 3);
    expect(names(results)).toEqual(['accepted', 'unknown', 'not-sent']);
    expect(results[1]?.text).toContain('n’a pas répondu en 0.4 s');
  });

  test('a reply begun and cut before its end is no reply', async () => {
    const { results } = await sendAll(
      {
        onDot: () => say('250 2.0.0 ok'),
        write: (socket, text) => {
          if (!text.startsWith('250 2.0.0')) return void socket.write(text);
          socket.write('250 2.0', () => setTimeout(() => socket.destroy(), 20));
        },
      },
      1,
    );
    expect(names(results)).toEqual(['unknown']);
  });

  test('silence after DATA, before 354: nothing of the message left', async () => {
    const { results, server } = await sendAll(
      { onCommand: (line, nth) => (line === 'DATA' && nth === 2 ? 'hang' : undefined) },
      3,
    );
    expect(names(results)).toEqual(['accepted', 'not-sent', 'not-sent']);
    expect(server.taken).toHaveLength(1);
  });

  test.each(['MAIL', 'RCPT', 'DATA'])('cut at %s: not sent', async (verb) => {
    const { results } = await sendAll(
      { onCommand: (line, nth) => (line.startsWith(verb) && nth === 2 ? 'cut' : undefined) },
      3,
    );
    expect(names(results)).toEqual(['accepted', 'not-sent', 'not-sent']);
  });

  test('cut right before the final dot of a long message: what is said never allows a second copy', async () => {
    const { results, server } = await sendAll(
      { onBody: (bytes) => (bytes > 900_000 ? 'cut' : undefined) },
      1,
      1_000_000,
    );
    expect(server.taken).toHaveLength(0);
    expect(['not-sent', 'unknown']).toContain(results[0]?.outcome);
  });

  test('a server that stops reading in the middle of a large message: the dot never left, so not sent', async () => {
    const { results, server } = await sendAll(
      {
        extensions: ['PIPELINING'],
        write: (socket, text) => {
          socket.write(text);
          if (text.startsWith('354')) socket.pause();
        },
      },
      2,
      40_000_000,
    );
    expect(server.taken).toHaveLength(0);
    expect(names(results)).toEqual(['not-sent', 'not-sent']);
  });

  test('a reply in the middle of the body ends the connection: that one has its answer, the next is not sent', async () => {
    let told = false;
    const { results, server } = await sendAll(
      {
        extensions: ['PIPELINING'],
        onBody: () => {
          if (told) return 'hang';
          told = true;
          return say('552 5.3.4 enough');
        },
        // Reads no more: the dot cannot have left when the client hears of it.
        write: (socket, text) => {
          socket.write(text);
          if (text.startsWith('552')) socket.pause();
        },
      },
      2,
      40_000_000,
    );
    expect(names(results)).toEqual(['permanent', 'not-sent']);
    expect(results[0]).toMatchObject({ code: 552, enhanced: '5.3.4' });
    expect(server.taken).toHaveLength(0);
  });
});

describe('421: the server closes the channel', () => {
  test('at the n-th MAIL: that one may be tried later, what follows was not sent', async () => {
    const { results, server } = await sendAll(
      {
        onCommand: (line, nth) =>
          line.startsWith('MAIL') && nth === 3 ? say('421 4.7.0 too many messages') : undefined,
      },
      5,
    );
    expect(names(results)).toEqual(['accepted', 'accepted', 'temporary', 'not-sent', 'not-sent']);
    expect(results[2]).toMatchObject({ code: 421, enhanced: '4.7.0' });
    expect(results[3]?.text).toBe('421 4.7.0 too many messages');
    expect(server.taken).toHaveLength(2);
  });

  test('at the final dot: the server says it did not take it', async () => {
    const { results } = await sendAll({ onDot: (nth) => (nth === 2 ? say('421 4.3.2 shutting down') : undefined) }, 3);
    expect(names(results)).toEqual(['accepted', 'temporary', 'not-sent']);
  });
});

test('what is no SMTP reply ends the dialogue', async () => {
  const { results } = await sendAll({ onDot: (nth) => (nth === 2 ? say('HTTP/1.1 400 Bad Request') : undefined) }, 3);
  expect(names(results)).toEqual(['accepted', 'unknown', 'not-sent']);
});

test('aborting cuts at once: the one past its dot is unknown', async () => {
  const stop = new AbortController();
  const server = await startFake({ onDot: () => 'hang' });
  open.push(server);
  const opened = await connectSmtp(server.transport(), stop.signal);
  if ('failure' in opened) throw new Error(opened.failure.text);
  const data = Buffer.from('Subject: x\r\n\r\nx\r\n');
  const sent = Promise.all(
    [1, 2].map((i) => opened.connection.send({ from: 'a@exemple.fr', to: `p${i}@exemple.fr`, data })),
  );
  await expect.poll(() => server.taken.length).toBe(1);
  stop.abort();
  expect(names(await sent)).toEqual(['unknown', 'not-sent']);
  expect((await opened.connection.send({ from: '', to: 'p@exemple.fr', data })).outcome).toBe('not-sent');
});
