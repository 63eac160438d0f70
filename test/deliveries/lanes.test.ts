import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations, openDatabase } from '../../src/db/database.ts';
import { drainPush, type Pool } from '../../src/deliveries/drain.ts';
import { lanesOf, type WaysOut } from '../../src/deliveries/lanes.ts';
import { readTroubles } from '../../src/deliveries/read-troubles.ts';
import type { SendResult } from '../../src/mail/smtp-client.ts';
import { SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makeApprovedPush } from '../support/factories.ts';
import { finishedAt, freeze, ledger, states } from './ledger.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterEach(() => acrossOrganisations(t.db, (trx) => trx.deleteFrom('lanes').execute()));

const PACED: WaysOut = { paced: true, limitsOf: () => new Map(), bounceAddress: null };
const TAKEN: SendResult = { outcome: 'accepted', code: 250, text: 'ok' };

/** A drawn push of opco alone, whose first `orange` rows go to mailboxes of Orange. */
async function toOrange(contacts: number, orange: number): Promise<MadePush> {
  const push = await makeApprovedPush(t, { contacts: { opco: contacts, btp: 0 } });
  await freeze(t, push.id);
  await acrossOrganisations(t.db, (trx) =>
    sql`update deliveries set provider = 'orange' where id in
      (select id from deliveries where push_id = ${push.id} order by id limit ${orange})`.execute(trx),
  );
  return push;
}

function run(push: MadePush, pool: Pool, over: { db?: TestDatabase['db']; ways?: WaysOut; now?: () => Date } = {}) {
  const { db = t.db, ways = PACED, now = () => new Date() } = over;
  return drainPush(
    { db, secrets: SECRETS, publicUrl: 'https://pv.example', now },
    { pushId: push.id, worker: 'essai', pool, ways, signal: new AbortController().signal },
  );
}

/** Counts how many messages are under way at once. */
function counter(answer: (to: string) => SendResult = () => TAKEN) {
  const seen = { now: 0, most: 0, to: [] as string[] };
  const pool: Pool = {
    send: async ({ to }) => {
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await pause(15);
      seen.now -= 1;
      seen.to.push(to);
      return answer(to);
    },
  };
  return { seen, pool };
}

test('two workers together never have more under way at Orange than Orange puts up with (MAIL-23)', async () => {
  const push = await toOrange(11, 11);
  const other = await openDatabase(t.url, 4);
  const { seen, pool } = counter();
  await Promise.all([run(push, pool), run(push, pool, { db: other })]);
  await other.close();
  expect(seen.most).toBe(2);
  expect(new Set(seen.to).size).toBe(11);
  expect(await states(t, push.id)).toEqual({ accepted: 11 });
  expect(await finishedAt(t, push.id)).not.toBeNull();
}, 40_000);

test('a push to company addresses by an unlimited server watches no way: its workers do not wait for each other', async () => {
  const push = await toOrange(30, 0);
  expect(await lanesOf(t.db, push.id, PACED)).toBeNull();
  const { pool } = counter();
  await run(push, pool);
  expect(await states(t, push.id)).toEqual({ accepted: 30 });
  expect(await acrossOrganisations(t.db, (trx) => trx.selectFrom('lanes').selectAll().execute())).toEqual([]);
});

test('what is under way is no longer counted once it has its answer', async () => {
  const push = await toOrange(12, 6);
  expect((await lanesOf(t.db, push.id, PACED))?.map((lane) => lane.provider)).toEqual(['', 'orange']);
  const { pool } = counter();
  await run(push, pool);
  expect(await acrossOrganisations(t.db, (trx) => trx.selectFrom('flights').selectAll().execute())).toEqual([]);
});

test('a slow provider keeps nobody else waiting', async () => {
  const push = await toOrange(60, 8);
  const { seen, pool } = counter();
  await run(push, pool);
  const last = seen.to.lastIndexOf(seen.to.findLast((to) => !push.addresses.opco.slice(0, 8).includes(to))!);
  expect(seen.to).toHaveLength(60);
  expect(seen.most).toBeGreaterThan(10);
  expect(last).toBeLessThan(59);
}, 40_000);

test('the daily limit of a server holds, and the rest waits for tomorrow', async () => {
  const push = await makeApprovedPush(t, { contacts: { opco: 9, btp: 3 } });
  await freeze(t, push.id);
  const day = { connections: null, perMinute: null, perDay: 5 };
  const ways: WaysOut = {
    paced: true,
    limitsOf: () => new Map([[t.cast.organisations.opco, day]]),
    bounceAddress: null,
  };
  const { seen, pool } = counter();
  const today = new Date('2026-11-24T12:00:00Z');
  await run(push, pool, { ways, now: () => today });
  expect(await states(t, push.id)).toEqual({ accepted: 8, planned: 4 });
  await run(push, pool, { ways, now: () => new Date('2026-11-25T12:00:00Z') });
  expect(await states(t, push.id)).toEqual({ accepted: 12 });
  expect(new Set(seen.to).size).toBe(12);
}, 60_000);

describe('the circuit breaker', () => {
  test('« 421 » of one provider closes its way only, is said in its words, and one message tries it again', async () => {
    const push = await toOrange(20, 10);
    const orange = new Set(push.addresses.opco.slice(0, 10));
    let angry = true;
    const words = '4.7.0 OFR_104 Too many connections';
    const { seen, pool } = counter((to) =>
      angry && orange.has(to) ? { outcome: 'temporary', code: 421, enhanced: '4.7.0', text: words } : TAKEN,
    );
    let now = new Date('2026-11-24T10:00:00Z');
    await run(push, pool, { now: () => now });
    const { accepted, planned = 0, deferred = 0 } = await states(t, push.id);
    expect(accepted).toBe(10);
    // Those that were under way come back later; the others have not been tried at all.
    expect(deferred).toBeLessThanOrEqual(2);
    expect(planned + deferred).toBe(10);
    const [way] = (await readTroubles(t.ctx(t.cast.alice), push.id)).ways;
    expect(way).toMatchObject({ provider: 'orange', why: 'ralenti', reply: `421 ${words}` });

    angry = false;
    now = new Date(now.getTime() + 6 * 60_000);
    const before = seen.to.length;
    seen.most = 0;
    await run(push, pool, { now: () => now });
    expect(seen.to.length).toBeGreaterThan(before);
    expect((await readTroubles(t.ctx(t.cast.alice), push.id)).ways).toEqual([]);
  }, 60_000);

  test('a provider that blocks us costs three refusals, not the whole list, and no contact is suppressed', async () => {
    const push = await toOrange(30, 30);
    const { seen, pool } = counter(() => ({
      outcome: 'permanent',
      code: 550,
      enhanced: '5.7.1',
      text: 'OFR_506 blocked',
    }));
    const now = new Date('2026-11-24T10:00:00Z');
    await run(push, pool, { now: () => now });
    expect(seen.to.length).toBeLessThanOrEqual(5);
    const rows = await ledger(t, push.id);
    expect(rows.filter((r) => r.state === 'failed')).toHaveLength(seen.to.length);
    expect(rows.filter((r) => r.state === 'planned')).toHaveLength(30 - seen.to.length);
    const suppressed = await acrossOrganisations(t.db, (trx) => trx.selectFrom('suppressions').selectAll().execute());
    expect(suppressed).toEqual([]);
    expect((await readTroubles(t.ctx(t.cast.alice), push.id)).ways[0]).toMatchObject({ why: 'bloque' });
  }, 40_000);

  test('content refused again and again pauses the push, which says why', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 400, btp: 0 } });
    await freeze(t, push.id);
    const { pool } = counter(() => ({ outcome: 'permanent', code: 554, enhanced: '5.6.0', text: 'bad content' }));
    await run(push, pool, { ways: { paced: false, limitsOf: () => new Map(), bounceAddress: null } });
    expect((await readTroubles(t.ctx(t.cast.alice), push.id)).pausedWhy).toBe('contenu_refuse');
    expect((await states(t, push.id)).planned).toBeGreaterThan(100);
  }, 40_000);

  test('a stranger learns nothing of it', async () => {
    const push = await toOrange(3, 3);
    await expect(readTroubles(t.ctx(t.cast.etranger), push.id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
