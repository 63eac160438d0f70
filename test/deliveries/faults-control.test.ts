import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import { openDatabase } from '../../src/db/database.ts';
import { cancelPush, pausePush, resumePush } from '../../src/deliveries/control.ts';
import { expireLeases } from '../../src/deliveries/heartbeat.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { content, editPush, makeApprovedPush, submitAndApprove } from '../support/factories.ts';
import { seeded } from '../support/random.ts';
import { expectExplained, expectTotals, statusOf, watched } from './account.ts';
import { drain, finishedAt, freeze, later, ledger, silence, states } from './ledger.ts';
import { startSink } from './sink.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const PEOPLE = 500;
/** More than two workers hold at once after the latest moment of a cancellation. */
const MANY = 1_200;

/** Two workers that come back to the push as the clock would send them, until it has ended or `stop` says so. */
async function workers(pushId: number, sink: Awaited<ReturnType<typeof startSink>>, run: () => Promise<void>) {
  const databases = await Promise.all([openDatabase(t.url, 3), openDatabase(t.url, 3)]);
  let over = false;
  const working = databases.map(async (db, i) => {
    for (; !over && (await finishedAt(t, pushId)) === null; await pause(10))
      await drain(t, pushId, sink.pool(2), { db, worker: `w${i}` });
  });
  try {
    await run();
    await Promise.all(working);
  } finally {
    over = true;
    await Promise.all(working);
    await Promise.all(databases.map((db) => db.close()));
  }
}

describe('at moments nobody chose', () => {
  test.each([11, 12, 13])(
    'paused, resumed, edited and approved again while it is sent (draw %i): nobody lost, nobody twice',
    async (seed) => {
      const random = seeded(seed);
      const push = await makeApprovedPush(t, { contacts: { opco: PEOPLE, btp: 60 } });
      await freeze(t, push.id);
      const sink = await startSink({ thinkMs: () => random() * 4 });
      let edits = 0;
      await watched(t, { id: push.id, selected: PEOPLE + 60 }, () =>
        workers(push.id, sink, async () => {
          for (let turn = 0; turn < 8; turn += 1) {
            await pause(random() * 120);
            if ((await finishedAt(t, push.id)) !== null) break;
            if (random() < 0.6) {
              await pausePush(t.ctx(t.cast.alice), push.id);
              await pause(random() * 60);
              await resumePush(t.ctx(t.cast.alice), push.id);
            } else {
              edits += 1;
              await editPush(t, push, { content: content(`Version ${edits}`) });
              await submitAndApprove(t, push.id);
            }
          }
        }).catch(async (error: unknown) => {
          // The push ended between the look and the gesture, which is then refused: there is nothing left to change.
          if (!(error instanceof Refusal) || (await finishedAt(t, push.id)) === null) throw error;
        }),
      );
      await expect.poll(() => finishedAt(t, push.id), { timeout: 10_000 }).not.toBeNull();
      await sink.close();
      expect(await expectExplained(t, push.id, sink.received)).toEqual({ accepted: PEOPLE + 60 });
    },
  );

  test.each([21, 22, 23])(
    'cancelled while it is sent (draw %i): the account says exactly who had already received it',
    async (seed) => {
      const random = seeded(seed);
      const push = await makeApprovedPush(t, { contacts: { opco: MANY, btp: 0 } });
      await freeze(t, push.id);
      const sink = await startSink({ thinkMs: () => random() * 5 });
      const after = Math.floor(20 + random() * 300);
      await watched(t, { id: push.id, selected: MANY }, () =>
        workers(push.id, sink, async () => {
          await expect.poll(() => sink.received.length, { timeout: 10_000, interval: 2 }).toBeGreaterThan(after);
          await cancelPush(t.ctx(t.cast.alice), push.id);
        }),
      );
      await sink.close();
      const { accepted = 0, cancelled = 0, ...other } = await expectExplained(t, push.id, sink.received);
      expect(other).toEqual({});
      expect(accepted).toBe(sink.received.length);
      expect(accepted + cancelled).toBe(MANY);
      expect(cancelled).toBeGreaterThan(0);
      const status = await statusOf(t, push.id);
      expectTotals(status, MANY);
      expect(status.setApart).toEqual({ annule: cancelled });
      expect((await ledger(t, push.id)).filter((row) => row.state === 'cancelled' && row.attempts > 0)).toEqual([]);
    },
  );
});

test('a fault of ours that leaves messages without an answer puts them in doubt, and the push still ends', async () => {
  const push = await makeApprovedPush(t, { contacts: { opco: 120, btp: 0 } });
  await freeze(t, push.id);
  const sink = await startSink();
  const pool = sink.pool(3);
  let sent = 0;
  const faulty: typeof pool = {
    ...pool,
    send: (mail) => {
      sent += 1;
      return sent % 40 === 0 ? Promise.reject(new Error('a fault of ours')) : pool.send(mail);
    },
  };
  await expect(drain(t, push.id, faulty)).rejects.toThrow('a fault of ours');
  const { handed = 0 } = await states(t, push.id);
  expect(handed).toBeGreaterThan(0);
  await silence(t);
  expect(await expireLeases(t.db, later(1))).toBe(handed);
  await drain(t, push.id, pool);
  await sink.close();
  expect(await expectExplained(t, push.id, sink.received)).toEqual({ accepted: 120 - handed, unknown: handed });
  expect(await finishedAt(t, push.id)).not.toBeNull();
});

describe('two at once', () => {
  test('two people who press « Envoyer » in two processes draw one list, and each address is written to once', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 200, btp: 100 } });
    const other = await openDatabase(t.url, 4);
    const sink = await startSink();
    const drawn = await Promise.all([
      sendNow(t.ctx(t.cast.alice), push.id),
      sendNow({ ...t.ctx(t.cast.alice), db: other }, push.id),
      sendNow(t.ctx(t.cast.alice), push.id),
    ]);
    expect(drawn.filter(Boolean)).toHaveLength(1);
    await Promise.all([
      drain(t, push.id, sink.pool(2)),
      drain(t, push.id, sink.pool(2), { db: other, worker: 'autre' }),
    ]);
    await other.close();
    await sink.close();
    expect(await expectExplained(t, push.id, sink.received)).toEqual({ accepted: 300 });
  });
});
