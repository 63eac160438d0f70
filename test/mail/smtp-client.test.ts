import { afterEach, describe, expect, test } from 'vitest';
import { dotStuffed } from '../../src/mail/dot-stuffed.ts';
import type { SmtpConnection } from '../../src/mail/smtp-client.ts';
import { connectSmtp } from '../../src/mail/smtp-client.ts';
import type { Transport } from '../../src/mail/transport.ts';
import type { FakeServer, Script } from './fake-server.ts';
import { say, startFake } from './fake-server.ts';

const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function fake(script: Script = {}): Promise<FakeServer> {
  const server = await startFake(script);
  open.push(server);
  return server;
}

async function connected(
  server: FakeServer,
  changes: Partial<Transport> = {},
  signal = new AbortController().signal,
): Promise<SmtpConnection> {
  const opened = await connectSmtp(server.transport(changes), signal);
  if ('failure' in opened) throw new Error(`not connected: ${opened.failure.text}`);
  return opened.connection;
}

const body = (n: number) => Buffer.from(`Subject: ${n}\r\n\r\nbonjour ${n}\r\n`);
const mail = (n: number) => ({ from: 'expediteur@exemple.fr', to: `personne${n}@exemple.fr`, data: body(n) });
const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const outcomes = async (connection: SmtpConnection, n: number) =>
  Promise.all(range(n).map((i) => connection.send(mail(i))));

describe.each([
  ['with PIPELINING', ['PIPELINING']],
  ['without PIPELINING', ['HELP']],
])('%s', (_, extensions) => {
  test('each queued message arrives once, with its own envelope', async () => {
    const server = await fake({ extensions });
    const connection = await connected(server);
    const results = await outcomes(connection, 20);
    await connection.close();
    expect(results.every((result) => result.outcome === 'accepted' && result.code === 250)).toBe(true);
    expect(server.taken).toEqual(
      range(20).map((i) => ({
        from: '<expediteur@exemple.fr>',
        to: [`<personne${i}@exemple.fr>`],
        body: body(i).toString(),
      })),
    );
    expect(server.lines.at(-1)).toBe('QUIT');
  });

  test('a refused recipient is alone to be refused; the transaction is reset before the next', async () => {
    const server = await fake({
      extensions,
      onCommand: (line) => (line.includes('personne2@') ? say('550 5.1.1 unknown user') : undefined),
    });
    const connection = await connected(server);
    const results = await outcomes(connection, 4);
    expect(results.map((result) => result.outcome)).toEqual(['accepted', 'permanent', 'accepted', 'accepted']);
    expect(results[1]).toEqual({ outcome: 'permanent', code: 550, enhanced: '5.1.1', text: '5.1.1 unknown user' });
    expect(server.taken.map((one) => one.body)).toEqual([1, 3, 4].map((i) => body(i).toString()));
    expect(server.lines.filter((line) => line === 'RSET')).toHaveLength(1);
  });

  test('a refused sender and a 4yz are told apart (RFC 5321: 4yz may succeed later)', async () => {
    const server = await fake({
      extensions,
      onCommand: (line, nth) => (line.startsWith('MAIL') && nth === 1 ? say('451 4.7.1 try later') : undefined),
    });
    const results = await outcomes(await connected(server), 2);
    expect(results.map((result) => result.outcome)).toEqual(['temporary', 'accepted']);
  });

  test('a refusal after the final dot is a refusal', async () => {
    const server = await fake({ extensions, onDot: (nth) => (nth === 2 ? say('554 5.7.1 spam') : undefined) });
    const results = await outcomes(await connected(server), 3);
    expect(results.map((result) => result.outcome)).toEqual(['accepted', 'permanent', 'accepted']);
  });
});

test('a server that reads a message for a refused recipient gets an empty one, never the message', async () => {
  const server = await fake({
    onCommand: (line, nth) =>
      line.includes('personne2@')
        ? say('550 5.1.1 unknown')
        : line === 'DATA' && nth === 2
          ? say('354 go on')
          : undefined,
  });
  const results = await outcomes(await connected(server), 3);
  expect(results.map((result) => result.outcome)).toEqual(['accepted', 'permanent', 'accepted']);
  expect(server.taken.map((one) => one.body)).toEqual([body(1).toString(), '', body(3).toString()]);
});

test('a server that reads a message for a refused sender is left: nothing after it is sent there', async () => {
  const server = await fake({
    onCommand: (line, nth) =>
      nth !== 2
        ? undefined
        : line.startsWith('MAIL')
          ? say('451 no')
          : line === 'DATA'
            ? say('354 go on')
            : say('250 ok'),
  });
  const results = await outcomes(await connected(server), 3);
  expect(results.map((result) => result.outcome)).toEqual(['accepted', 'temporary', 'not-sent']);
  expect(server.taken).toHaveLength(1);
});

test('replies of several lines, split anywhere over packets, are read whole', async () => {
  const server = await fake({
    onDot: () => say('250-2.0.0 accepté\r\n250-deuxième ligne\r\n250 fin'),
    write: (socket, text) => {
      socket.setNoDelay(true);
      for (const [i, byte] of [...Buffer.from(text)].entries()) setTimeout(() => socket.write(Buffer.from([byte])), i);
    },
    extensions: ['HELP', 'SIZE 1000'],
  });
  const [result] = await outcomes(await connected(server), 1);
  expect(result).toEqual({ outcome: 'accepted', code: 250, text: '2.0.0 accepté deuxième ligne fin' });
});

test('a line that begins with a dot arrives as it was written', async () => {
  const data = Buffer.from('.A: 1\r\n\r\n.\r\n..\r\n.tout\r\nfin sans retour');
  const server = await fake();
  const connection = await connected(server);
  await connection.send({ from: '', to: 'a@exemple.fr', data });
  expect(server.taken[0]).toEqual({ from: '<>', to: ['<a@exemple.fr>'], body: `${data}\r\n` });
});

test('a message without a leading dot is not copied', () => {
  const data = body(1);
  expect(dotStuffed(data)).toBe(data);
});

describe('addresses that must not reach the wire', () => {
  test('an address with a line break is a permanent failure, and nothing is said of it (MAIL-43)', async () => {
    const server = await fake();
    const connection = await connected(server);
    const result = await connection.send({ ...mail(1), to: 'a@exemple.fr>\r\nRCPT TO:<b@exemple.fr' });
    expect(result).toMatchObject({ outcome: 'permanent', code: 553, enhanced: '5.1.3' });
    expect(await connection.send({ ...mail(1), to: 'a b@exemple.fr' })).toMatchObject({ outcome: 'permanent' });
    expect(server.lines).toEqual(['EHLO client.test']);
  });

  test('an accented local part needs SMTPUTF8 (MAIL-44); an accented domain does not', async () => {
    const server = await fake();
    const connection = await connected(server);
    expect(await connection.send({ ...mail(1), to: 'léa@exemple.fr' })).toMatchObject({
      outcome: 'permanent',
      enhanced: '5.6.7',
    });
    expect(await connection.send({ ...mail(1), to: 'lea@été.fr' })).toMatchObject({ outcome: 'accepted' });
    expect(server.taken[0]?.to).toEqual(['<lea@xn--t-9fab.fr>']);
  });

  test('with SMTPUTF8 the accented address goes as it is', async () => {
    const server = await fake({ extensions: ['PIPELINING', 'SMTPUTF8', '8BITMIME'] });
    const connection = await connected(server);
    expect(await connection.send({ ...mail(1), to: 'léa@exemple.fr' })).toMatchObject({ outcome: 'accepted' });
    expect(server.lines[1]).toBe('MAIL FROM:<expediteur@exemple.fr> SMTPUTF8');
  });

  test('a message over the announced SIZE is refused here', async () => {
    const server = await fake({ extensions: ['PIPELINING', 'SIZE 10'] });
    expect(await (await connected(server)).send(mail(1))).toMatchObject({
      outcome: 'permanent',
      code: 552,
      enhanced: '5.3.4',
    });
    expect(server.lines).toHaveLength(1);
  });
});
