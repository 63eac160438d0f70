import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { expireLeases } from '../../src/deliveries/heartbeat.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { expectExplained, statusOf, watched } from './account.ts';
import { drain, finishedAt, freeze, later, silence, states } from './ledger.ts';
import { startSink } from './sink.ts';

// PostgreSQL as a worker reaches it over a network of its own, while the test reads the ledger by another way.
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function scene(opco: number) {
  const push = await makeApprovedPush(t, { contacts: { opco, btp: 0 } });
  await freeze(t, push.id);
  const sink = await startSink({ thinkMs: 2 });
  closing.push(sink.close);
  return { push: { id: push.id, selected: opco }, sink };
}

/** A worker's own way to the database. */
async function wayOf(): Promise<{ proxy: TcpProxy; db: TestDatabase['db'] }> {
  const { hostname, port } = new URL(t.url);
  const proxy = await startProxy({ host: hostname, port: Number(port) });
  closing.push(proxy.close);
  const db = await openDatabase(proxy.through(t.url), 3);
  closing.push(db.close);
  return { proxy, db };
}

const untilReceived = (sink: { received: unknown[] }, n: number): Promise<void> =>
  expect.poll(() => sink.received.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(n);

/** What is left to do once the network is back: the same for an outage of 3 s as of 20 s, the pauses between tries apart. */
const OUTAGE_MS = 3_000;

describe('the database out of reach during a send', () => {
  test.each([
    ['turns everybody away', (proxy: TcpProxy) => proxy.set('refuse')],
    ['has gone silent', (proxy: TcpProxy) => proxy.set('stall')],
    [
      'has gone silent, then loses the connections',
      (proxy: TcpProxy) => {
        proxy.set('stall');
        setTimeout(() => proxy.set('refuse'), OUTAGE_MS / 2);
      },
    ],
  ])(
    '%s for some seconds: what was in flight is answered and kept, the rest leaves after, nobody twice',
    async (_, fail) => {
      const { push, sink } = await scene(600);
      const { proxy, db } = await wayOf();
      const running = watched(t, push, () => drain(t, push.id, sink.pool(), { db }));
      await untilReceived(sink, 80);
      fail(proxy);
      // At most what was in flight still leaves: nothing may be handed over that was not written down before.
      await pause(OUTAGE_MS / 2);
      const before = sink.received.length;
      await pause(OUTAGE_MS / 2);
      expect(sink.received.length).toBe(before);
      const { addressed, states: now } = await statusOf(t, push.id);
      expect(addressed).toBe(600);
      expect(before).toBeLessThanOrEqual((now.accepted ?? 0) + (now.handed ?? 0));
      proxy.set('pass');
      await running;
      expect(await expectExplained(t, push.id, sink.received)).toEqual({ accepted: 600 });
      expect(await finishedAt(t, push.id)).not.toBeNull();
    },
  );

  test('slow by 40 ms each way: as many leave, each once', async () => {
    const { push, sink } = await scene(300);
    const { proxy, db } = await wayOf();
    proxy.delay(40);
    await watched(t, push, () => drain(t, push.id, sink.pool(), { db }));
    expect(await expectExplained(t, push.id, sink.received)).toEqual({ accepted: 300 });
  });

  test('for one of two workers only: the other goes on, and what the first had in flight ends as it really did', async () => {
    const { push, sink } = await scene(800);
    const { proxy, db } = await wayOf();
    const cutOff = drain(t, push.id, sink.pool(2), { db, worker: 'coupé' });
    await untilReceived(sink, 60);
    proxy.set('refuse');
    await drain(t, push.id, sink.pool(4), { worker: 'joint' });
    // The other one's clock finds the rows of a worker that gives no sign any more.
    expect((await states(t, push.id)).handed).toBeGreaterThan(0);
    expect(await expireLeases(t.db, later(1))).toBe(0);
    await silence(t);
    expect(await expireLeases(t.db, later(1))).toBeGreaterThan(0);
    await drain(t, push.id, sink.pool(4), { worker: 'joint' });
    expect(await finishedAt(t, push.id)).not.toBeNull();
    const doubtful = await expectExplained(t, push.id, sink.received);
    expect(doubtful.unknown).toBeGreaterThan(0);
    expect((doubtful.accepted ?? 0) + (doubtful.unknown ?? 0)).toBe(800);
    proxy.set('pass');
    await cutOff;
    // Its answers come late, and are true all the same.
    expect(await expectExplained(t, push.id, sink.received)).toEqual({ accepted: 800 });
  });
});
