import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { openWays } from '../../src/deliveries/ways.ts';
import { tick } from '../../src/jobs/clock.ts';
import { openQueue, type Queue } from '../../src/jobs/queue.ts';
import { startWorkers } from '../../src/jobs/work.ts';
import { finishedAt, freeze, states } from '../deliveries/ledger.ts';
import { repeated, startSink } from '../deliveries/sink.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';

// The real queue, as two machines of one instance share it.
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function queue(): Promise<Queue> {
  const opened = await openQueue(t.url);
  closing.push(opened.stop);
  return opened;
}

/** A process: its own database pool, queue, connections and clock. */
async function machine(sink: Awaited<ReturnType<typeof startSink>>) {
  const db = await openDatabase(t.url, 4);
  closing.push(db.close);
  const mine = await queue();
  const stop = new AbortController();
  const pool = sink.pool(3);
  await startWorkers(
    mine,
    {
      db,
      secrets: SECRETS,
      publicUrl: 'https://pv.example',
      now: () => NOW,
      ways: await openWays({ db, secrets: SECRETS }, pool, { demo: true }),
      sendOne: async () => ({ outcome: 'accepted', text: 'ok' }),
    },
    stop.signal,
  );
  return { stop, queue: mine, tick: () => tick({ ...t.ctx({ kind: 'clock', name: 'clock' }), db }, mine) };
}

describe('the queue', () => {
  test('takes the same push once, however many clocks ask, and again once it is done', async () => {
    const [one, two] = await Promise.all([queue(), queue()]);
    const asked = await Promise.all([one, two, one, two].map((q) => q.add('drain', { pushId: 77, place: 1 })));
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(await one.add('drain', { pushId: 78, place: 1 })).toBe(true);
    const [job] = await one.boss.fetch('drain');
    expect(await two.add('drain', job?.data as { pushId: number; place: number })).toBe(false);
    await one.boss.complete('drain', job?.id ?? '');
    expect(await two.add('drain', job?.data as { pushId: number; place: number })).toBe(true);
    await one.boss.deleteAllJobs('drain');
  });

  test('two machines that tick at once on a due push send it once, to each person once', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 250, btp: 50 }, push: { scheduledAt: NOW } });
    const sink = await startSink({ thinkMs: 1 });
    closing.push(sink.close);
    const machines = [await machine(sink), await machine(sink)];
    for (let round = 0; round < 3; round += 1) await Promise.all(machines.map((m) => m.tick()));
    await expect.poll(() => finishedAt(t, push.id), { timeout: 15_000 }).not.toBeNull();
    await Promise.all(machines.map((m) => m.tick()));
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received).toHaveLength(300);
    expect(await states(t, push.id)).toEqual({ accepted: 300 });
  });

  test('told to stop, a machine writes down what it knows and another one ends the push', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 400, btp: 0 } });
    await freeze(t, push.id);
    const sink = await startSink({ thinkMs: 4 });
    closing.push(sink.close);
    const first = await machine(sink);
    await first.tick();
    await expect.poll(() => sink.received.length, { timeout: 10_000 }).toBeGreaterThan(40);
    first.stop.abort();
    await first.queue.stop();
    expect(Object.keys(await states(t, push.id)).toSorted()).toEqual(['accepted', 'planned']);
    const second = await machine(sink);
    await second.tick();
    await expect.poll(() => finishedAt(t, push.id), { timeout: 15_000 }).not.toBeNull();
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received).toHaveLength(400);
  });
});
