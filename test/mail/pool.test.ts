import { afterEach, expect, test } from 'vitest';
import type { Pool } from '../../src/mail/pool.ts';
import { openPool } from '../../src/mail/pool.ts';
import type { Timeouts } from '../../src/mail/transport.ts';
import type { FakeServer, Script } from './fake-server.ts';
import { say, startFake } from './fake-server.ts';

const timeouts: Partial<Timeouts> = { command: 500, data: 500, block: 500, end: 500 };
const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(script: Script, connections = 3): Promise<{ server: FakeServer; pool: Pool }> {
  const server = await startFake(script);
  const pool = openPool(server.transport({ timeouts, connections }));
  open.push(server, pool);
  return { server, pool };
}
const data = Buffer.from('Subject: x\r\n\r\nx\r\n');
const sendMany = (pool: Pool, n: number) =>
  Promise.all(Array.from({ length: n }, (_, i) => pool.send({ from: 'a@b.fr', to: `p${i}@b.fr`, data })));
const recipients = (server: FakeServer) => server.taken.flatMap((one) => one.to).sort();
const count = (results: { outcome: string }[]) => {
  const counts: Record<string, number> = {};
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};

test('many messages over several connections: each once', async () => {
  const { server, pool } = await start({});
  const results = await sendMany(pool, 200);
  expect(count(results)).toEqual({ accepted: 200 });
  expect(new Set(recipients(server)).size).toBe(200);
  expect(server.taken).toHaveLength(200);
  expect(server.connections()).toBe(3);
});

test('a server that closes after each five messages: the pool reconnects, nobody lost, nobody twice', async () => {
  const { server, pool } = await start({
    onCommand: (line, nth) => (line.startsWith('MAIL') && nth > 5 ? say('421 4.7.0 too many') : undefined),
  });
  const results = await sendMany(pool, 60);
  const counts = count(results);
  // The one that met the 421 has an answer of its own; those behind it were given to another connection.
  expect(counts.accepted).toBe(server.taken.length);
  expect((counts.accepted ?? 0) + (counts.temporary ?? 0)).toBe(60);
  expect(new Set(recipients(server)).size).toBe(server.taken.length);
});

test('cut after a final dot: that message is never sent again by the pool, those behind it are', async () => {
  let cuts = 0;
  const { server, pool } = await start({ onDot: (nth) => (nth === 4 && cuts++ < 4 ? 'cut' : undefined) }, 2);
  const results = await sendMany(pool, 60);
  expect(count(results)).toEqual({ accepted: 56, unknown: 4 });
  expect(server.taken).toHaveLength(60);
  expect(new Set(recipients(server)).size).toBe(60);
});

test('a server out of reach: the messages come back, the pool rests and says why, then works again', async () => {
  let up = false;
  const { server, pool } = await start({
    onCommand: (line) => (!up && line.startsWith('EHLO') ? say('451 4.3.0 not now') : undefined),
  });
  const results = await sendMany(pool, 5);
  expect(count(results)).toEqual({ 'not-sent': 5 });
  expect(results[0]?.outcome === 'not-sent' && results[0].text).toBe('4.3.0 not now');
  expect(pool.status()).toMatchObject({ live: 0, resting: { failure: { stage: 'ehlo', code: 451 } } });
  up = true;
  // Given while it rests: waits for the next try.
  expect(count(await sendMany(pool, 5))).toEqual({ accepted: 5 });
  expect(server.taken).toHaveLength(5);
  expect(pool.status().resting).toBeNull();
});

test('a message whose connections are cut again and again before its dot comes back to the caller', async () => {
  const { server, pool } = await start({ onCommand: (line) => (line.includes('RCPT') ? 'cut' : undefined) }, 1);
  const results = await sendMany(pool, 2);
  expect(count(results)).toEqual({ 'not-sent': 2 });
  expect(server.taken).toHaveLength(0);
});

test('closing lets what was given end, and takes no more', async () => {
  const { server, pool } = await start({});
  const sent = sendMany(pool, 30);
  await pool.close();
  expect(count(await sent)).toEqual({ accepted: 30 });
  expect(server.taken).toHaveLength(30);
  expect((await pool.send({ from: '', to: 'p@b.fr', data })).outcome).toBe('not-sent');
});

test('closing cuts a server that no longer answers, and each message has its word', async () => {
  const { pool } = await start({ onDot: () => 'hang' }, 1);
  const sent = sendMany(pool, 6);
  await expect.poll(() => pool.status().live).toBe(1);
  await pool.close(100);
  expect(count(await sent)).toEqual({ unknown: 1, 'not-sent': 5 });
});
