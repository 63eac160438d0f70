import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { connectSmtp } from '../../src/mail/smtp-client.ts';
import type { Transport } from '../../src/mail/transport.ts';
import type { FakeServer, Script } from './fake-server.ts';
import { say, startFake } from './fake-server.ts';

const file = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const tls = { key: file('localhost.key'), cert: file('localhost.crt') };
const ca = tls.cert.toString();
const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function connect(script: Script, changes: Partial<Transport> = {}, signal = new AbortController().signal) {
  const server = await startFake(script);
  open.push(server);
  return { server, opened: await connectSmtp(server.transport(changes), signal) };
}
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('encryption', () => {
  test('STARTTLS, then the password, then the message, none of it in clear', async () => {
    const { server, opened } = await connect(
      {
        tls,
        extensions: ['STARTTLS', 'PIPELINING', 'AUTH PLAIN LOGIN'],
        onCommand: (line) => (line.startsWith('AUTH') ? say('235 ok') : undefined),
      },
      { security: 'starttls', host: 'localhost', ca, auth: { kind: 'password', user: 'moi', password: 'secret' } },
    );
    if ('failure' in opened) throw new Error(opened.failure.text);
    const sent = await Promise.all(
      [1, 2, 3].map((i) =>
        opened.connection.send({
          from: 'a@b.fr',
          to: `p${i}@b.fr`,
          data: Buffer.from(`X: ${i}\r\n\r\n${'y'.repeat(70)}\r\n`.repeat(2000)),
        }),
      ),
    );
    await opened.connection.close();
    expect(sent.map((one) => one.outcome)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(server.taken).toHaveLength(3);
    expect(server.lines.slice(0, 4)).toEqual([
      'EHLO client.test',
      'STARTTLS',
      'EHLO client.test',
      `AUTH PLAIN ${base64('\0moi\0secret')}`,
    ]);
  });
  test('a server without STARTTLS is told nothing more', async () => {
    const { server, opened } = await connect(
      {},
      { security: 'starttls', auth: { kind: 'password', user: 'moi', password: 'secret' } },
    );
    expect(opened).toMatchObject({ failure: { stage: 'tls', text: expect.stringContaining('STARTTLS') } });
    expect(server.lines).toEqual(['EHLO client.test']);
  });
  test('STARTTLS refused', async () => {
    const { opened } = await connect(
      {
        extensions: ['STARTTLS'],
        onCommand: (line) => (line === 'STARTTLS' ? say('454 4.7.0 TLS not available') : undefined),
      },
      { security: 'starttls' },
    );
    expect(opened).toMatchObject({ failure: { stage: 'tls', code: 454, text: '4.7.0 TLS not available' } });
  });
  test('a certificate nobody vouches for is refused', async () => {
    const { opened } = await connect({ tls, extensions: ['STARTTLS'] }, { security: 'starttls', host: 'localhost' });
    expect(opened).toMatchObject({ failure: { stage: 'tls', text: expect.stringContaining('self-signed') } });
  });
  test('words slipped in clear behind the answer to STARTTLS are refused', async () => {
    const { opened } = await connect(
      {
        extensions: ['STARTTLS'],
        onCommand: (line) => (line === 'STARTTLS' ? say('220 go\r\n250 slipped in') : undefined),
      },
      { security: 'starttls' },
    );
    expect(opened).toMatchObject({ failure: { stage: 'tls', text: expect.stringContaining('250 slipped in') } });
  });
  test('a server that hangs in the negotiation is given up', async () => {
    const { opened } = await connect(
      { extensions: ['STARTTLS'], onCommand: (line) => (line === 'STARTTLS' ? say('220 go') : undefined) },
      { security: 'starttls', timeouts: { connect: 300 } },
    );
    expect(opened).toMatchObject({ failure: { stage: 'tls' } });
  });
});

describe('signing in', () => {
  const password = { kind: 'password', user: 'moi', password: 'é secret' } as const;
  test('LOGIN where PLAIN is not offered', async () => {
    const { server, opened } = await connect(
      {
        extensions: ['AUTH LOGIN'],
        onCommand: (line) =>
          line === 'AUTH LOGIN'
            ? say('334 VXNlcm5hbWU6')
            : line === base64('moi')
              ? say('334 UGFzc3dvcmQ6')
              : line === base64('é secret')
                ? say('235 ok')
                : undefined,
      },
      { auth: password },
    );
    expect('connection' in opened).toBe(true);
    expect(server.lines.slice(1)).toEqual(['AUTH LOGIN', base64('moi'), base64('é secret')]);
  });
  test('XOAUTH2 with a given token', async () => {
    const { server, opened } = await connect(
      { extensions: ['AUTH XOAUTH2'], onCommand: (line) => (line.startsWith('AUTH') ? say('235 ok') : undefined) },
      { auth: { kind: 'token', user: 'moi', token: 'jeton' } },
    );
    expect('connection' in opened).toBe(true);
    expect(Buffer.from(server.lines[1]?.split(' ')[2] ?? '', 'base64').toString()).toBe(
      'user=moi\u0001auth=Bearer jeton\u0001\u0001',
    );
  });
  test('a refused password is a value, in the server’s words', async () => {
    const { opened } = await connect(
      {
        extensions: ['AUTH PLAIN'],
        onCommand: (line) => (line.startsWith('AUTH') ? say('535 5.7.8 bad credentials') : undefined),
      },
      { auth: password },
    );
    expect(opened).toEqual({ failure: { stage: 'auth', code: 535, text: '5.7.8 bad credentials' } });
  });
});

describe('greeting', () => {
  test('a slow banner, in two lines, is waited for', async () => {
    const { opened } = await connect({
      greeting: say('220-bonjour\r\n220 prêt'),
      write: (socket, text) => void setTimeout(() => socket.write(text), 60),
    });
    expect('connection' in opened).toBe(true);
  });
  test('no banner at all: given up after the time allowed', async () => {
    const { opened } = await connect({ greeting: 'hang' }, { timeouts: { greeting: 80 } });
    expect(opened).toMatchObject({
      failure: { stage: 'greeting', code: null, text: expect.stringContaining('0.08 s') },
    });
  });
  test.each([
    ['554 5.7.1 blocked', 554],
    ['421 4.3.2 busy', 421],
  ])('%s', async (words, code) => {
    const { opened } = await connect({ greeting: say(words) });
    expect(opened).toEqual({ failure: { stage: 'greeting', code, text: words.slice(4) } });
  });
  test('nobody listens', async () => {
    const { server } = await connect({});
    await server.close();
    open.splice(0);
    expect(await connectSmtp(server.transport(), new AbortController().signal)).toMatchObject({
      failure: { stage: 'connect', text: expect.stringContaining('ECONNREFUSED') },
    });
  });
  test('an abort while waiting is a value too', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const { opened } = await connect({ greeting: 'hang' }, {}, stop.signal);
    expect(opened).toMatchObject({ failure: { text: 'envoi interrompu' } });
  });
});
