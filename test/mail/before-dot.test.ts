import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { connectSmtp, type SendResult } from '../../src/mail/smtp-client.ts';
import { type FakeServer, type Script, startFake } from './fake-server.ts';

const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function send(
  script: Script,
  beforeDot: (server: FakeServer) => Promise<void>,
  data = Buffer.from('Subject: x\r\n\r\nbonjour\r\n'),
): Promise<{ server: FakeServer; result: SendResult }> {
  const server = await startFake(script);
  open.push(server);
  const opened = await connectSmtp(server.transport(), new AbortController().signal);
  if ('failure' in opened) throw new Error(opened.failure.text);
  const result = await opened.connection.send({
    from: 'a@exemple.fr',
    to: 'b@exemple.fr',
    data,
    beforeDot: () => beforeDot(server),
  });
  void opened.connection.close();
  return { server, result };
}

describe.each([
  ['with PIPELINING', ['PIPELINING']],
  ['without PIPELINING', ['HELP']],
])('what must be written down before a message may be taken, %s', (_, extensions) => {
  test('is awaited once all but the final dot has left', async () => {
    let takenBefore = -1;
    const { server, result } = await send({ extensions }, async (s) => {
      await pause(30);
      takenBefore = s.taken.length;
    });
    expect(result.outcome).toBe('accepted');
    expect(takenBefore).toBe(0);
    expect(server.taken).toHaveLength(1);
  });

  test('of a message larger than one block, is asked once, after the last', async () => {
    let bytes = 0;
    let asked = 0;
    const large = Buffer.from(`Subject: x\r\n\r\n${`${'a'.repeat(70)}\r\n`.repeat(10_000)}`);
    const { server, result } = await send(
      {
        extensions,
        onBody: (n) => {
          bytes = n;
          return undefined;
        },
      },
      async () => {
        asked += 1;
        // The server counts a line once the next one comes.
        await expect.poll(() => bytes).toBe(large.length - 72);
      },
      large,
    );
    expect([result.outcome, asked]).toEqual(['accepted', 1]);
    expect(server.taken[0]?.body).toHaveLength(large.length);
  });

  test('when it cannot be written, the dot is not said: certainly not sent', async () => {
    const { server, result } = await send({ extensions }, () => Promise.reject(new Error('la base est partie')));
    expect(result).toEqual({ outcome: 'not-sent', text: 'la base est partie' });
    await pause(30);
    expect(server.taken).toEqual([]);
  });

  test('a connection cut meanwhile is not sent, even once it is written', async () => {
    const cut = Promise.withResolvers<void>();
    const { server, result } = await send({ extensions, onBody: () => 'cut' }, async () => {
      await cut.promise;
    });
    expect(result.outcome).toBe('not-sent');
    cut.resolve();
    await pause(30);
    expect(server.taken).toEqual([]);
  });

  test('a refused recipient is never asked about', async () => {
    let asked = 0;
    const { result } = await send(
      { extensions, onCommand: (line) => (line.startsWith('RCPT') ? { say: '550 5.1.1 unknown' } : undefined) },
      async () => {
        asked += 1;
      },
    );
    expect([result.outcome, asked]).toEqual(['permanent', 0]);
  });
});
