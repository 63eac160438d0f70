import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { expireLeases } from '../../src/deliveries/heartbeat.ts';
import { outcomeOf } from '../../src/deliveries/outcome.ts';
import { pendingWork } from '../../src/deliveries/pending-work.ts';
import { openPool } from '../../src/mail/pool.ts';
import type { SendResult } from '../../src/mail/smtp-client.ts';
import { startFake } from '../mail/fake-server.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { drain, finishedAt, freeze, later, ledger, silence, states } from './ledger.ts';
import { recipients, repeated, startSink } from './sink.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

async function frozen(opco: number) {
  const push = await makeApprovedPush(t, { contacts: { opco, btp: 0 } });
  await freeze(t, push.id);
  return { id: push.id, addresses: push.addresses.opco };
}

const suppressed = (pushId: number): Promise<string[]> =>
  acrossOrganisations(t.db, async (trx) => {
    const rows = await trx
      .selectFrom('suppressions as s')
      .innerJoin('deliveries as d', 'd.address_hash', 's.address_hash')
      .innerJoin('contacts as c', 'c.id', 'd.contact_id')
      .select('c.address')
      .where('d.push_id', '=', pushId)
      .where('s.reason', '=', 'adresse_invalide')
      .orderBy('c.id')
      .execute();
    return rows.map((r) => r.address);
  });

describe('what the next server answers', () => {
  test('refused for now, then taken: sent once, at the hour that was said (MAIL-21, MAIL-22)', async () => {
    const push = await frozen(3);
    const sink = await startSink({
      onRecipient: (address, nth) =>
        address === push.addresses[1] && nth === 1 ? { code: 451, text: '4.7.1 come back later' } : undefined,
    });
    await drain(t, push.id, sink.pool());
    const row = (await ledger(t, push.id))[1];
    expect(row).toMatchObject({ state: 'deferred', attempts: 1, reply: expect.stringContaining('451') });
    expect(row?.next_at?.getTime()).toBeGreaterThanOrEqual(later(5).getTime());
    expect(row?.next_at?.getTime()).toBeLessThan(later(6).getTime());
    expect(await drain(t, push.id, sink.pool(), { now: later(4) })).toMatchObject({ handed: 0 });
    expect(await finishedAt(t, push.id)).toBeNull();
    expect((await pendingWork(t.db, later(4))).pushes).not.toContain(push.id);
    expect((await pendingWork(t.db, later(6))).pushes).toContain(push.id);
    expect(await drain(t, push.id, sink.pool(), { now: later(6) })).toMatchObject({ handed: 1, accepted: 1 });
    await sink.close();
    expect(sink.times(push.addresses[1] ?? '')).toBe(1);
    expect(repeated(sink.received)).toEqual([]);
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  test('an unknown address is shut for that organisation, a blocked sender or an unexplained 5xx is not (MAIL-20)', async () => {
    const push = await frozen(5);
    const [dead, blocked, odd, full] = push.addresses;
    const answers = new Map([
      [dead, { code: 550, text: '5.1.1 user unknown' }],
      [blocked, { code: 550, text: '5.7.1 blocked by policy' }],
      [odd, { code: 550, text: 'no' }],
      [full, { code: 552, text: '5.2.2 mailbox full' }],
    ]);
    const sink = await startSink({ onRecipient: (address) => answers.get(address) });
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect((await ledger(t, push.id)).map((r) => [r.state, r.reason])).toEqual([
      ['failed', 'adresse_invalide'],
      ['failed', 'refus'],
      ['failed', 'refus'],
      ['deferred', null],
      ['accepted', null],
    ]);
    expect(await suppressed(push.id)).toEqual([dead]);
  });

  test('a refusal nobody explains shuts the address at the second push, not before (MAIL-20)', async () => {
    const first = await frozen(1);
    const refusing = async (pushId: number) => {
      const sink = await startSink({ onRecipient: () => ({ code: 550, text: 'no' }) });
      await drain(t, pushId, sink.pool());
      await sink.close();
    };
    await refusing(first.id);
    expect(await suppressed(first.id)).toEqual([]);
    const second = await frozen(1);
    // The same person in another push.
    await acrossOrganisations(t.db, (trx) =>
      sql`update deliveries d set contact_id = o.contact_id, address_hash = o.address_hash from deliveries o
        where d.push_id = ${second.id} and o.push_id = ${first.id}`.execute(trx),
    );
    await refusing(second.id);
    expect(await suppressed(second.id)).toHaveLength(1);
  });

  test('a thousand refusals end the push, and lose nobody', async () => {
    const push = await frozen(1000);
    const sink = await startSink({ onRecipient: () => ({ code: 550, text: '5.1.1 unknown' }) });
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(await states(t, push.id)).toEqual({ failed: 1000 });
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  const row = (attempts: number) => ({ id: 1, attempts, handed_at: NOW });
  const temporary: SendResult = { outcome: 'temporary', code: 451, enhanced: null, text: 'later' };
  test.each([
    [1, 5],
    [2, 30],
    [3, 60],
    [4, 120],
    [5, 240],
    [6, 240],
    [29, 240],
  ])('after try number %i it waits %i minutes (MAIL-21)', (attempts, minutes) => {
    expect(outcomeOf(row(attempts), temporary, NOW, 0)).toMatchObject({ state: 'deferred', nextAt: later(minutes) });
    expect(outcomeOf(row(attempts), temporary, NOW, 0.999).nextAt?.getTime()).toBeLessThan(
      later(minutes * 1.1).getTime(),
    );
  });

  test('a server that refuses for now for ever is given up after some days, without a word about the address', () => {
    expect(outcomeOf(row(30), temporary, NOW, 0)).toMatchObject({ state: 'failed', reason: 'refus' });
  });
});

describe('cuts', () => {
  test('after the final dot: unknown, listed apart, and never sent again by itself', async () => {
    const push = await frozen(6);
    const fake = await startFake({ onDot: (nth, connection) => (connection === 1 && nth === 2 ? 'cut' : undefined) });
    const pool = openPool(fake.transport());
    await drain(t, push.id, pool);
    await drain(t, push.id, pool, { now: later(10_000) });
    await pool.close();
    await fake.close();
    expect(await states(t, push.id)).toEqual({ accepted: 5, unknown: 1 });
    expect(repeated(recipients(fake.taken))).toEqual([]);
    expect(fake.taken).toHaveLength(6);
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  test('before the final dot: sent again, exactly once', async () => {
    const push = await frozen(6);
    let cuts = 0;
    const fake = await startFake({
      onCommand: (line) => {
        if (line !== 'DATA' || cuts === 2) return undefined;
        cuts += 1;
        return 'cut';
      },
    });
    const pool = openPool(fake.transport());
    for (let minute = 0; minute < 5 && (await finishedAt(t, push.id)) === null; minute += 1)
      await drain(t, push.id, pool, { now: later(minute) });
    await pool.close();
    await fake.close();
    expect(cuts).toBe(2);
    expect(await states(t, push.id)).toEqual({ accepted: 6 });
    expect(
      recipients(fake.taken)
        .map((m) => m.to)
        .toSorted(),
    ).toEqual(push.addresses.toSorted());
  });

  test('a server that is not there costs nobody anything: each leaves once when it is back', async () => {
    const push = await frozen(80);
    const gone = await startSink();
    const pool = openPool({
      host: '127.0.0.1',
      port: Number(new URL(gone.url).port),
      security: 'none',
      auth: null,
      connections: 2,
      name: 'test',
    });
    await gone.close();
    await drain(t, push.id, pool);
    await pool.close();
    const rows = await ledger(t, push.id);
    expect(new Set(rows.map((r) => r.state))).toEqual(new Set(['planned']));
    expect(new Set(rows.map((r) => r.attempts))).toEqual(new Set([0]));
    const sink = await startSink();
    await drain(t, push.id, sink.pool(), { now: later(1) });
    await sink.close();
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received).toHaveLength(80);
  });
});

describe('late answers', () => {
  test('a slow server puts nothing in doubt; a worker that fell silent does, until its answer comes all the same', async () => {
    const push = await frozen(1);
    let meanwhile: Record<string, number> = {};
    const sink = await startSink({
      onMessage: async () => {
        expect(await expireLeases(t.db, later(1))).toBe(0);
        await silence(t);
        expect(await expireLeases(t.db, later(1))).toBe(1);
        meanwhile = await states(t, push.id);
        return undefined;
      },
    });
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(meanwhile).toEqual({ unknown: 1 });
    expect(await states(t, push.id)).toEqual({ accepted: 1 });
  });

  test('a late « not now » makes a push that seemed finished go on: nobody is lost', async () => {
    const push = await frozen(1);
    let asked = 0;
    const sink = await startSink({
      onMessage: async () => {
        asked += 1;
        if (asked > 1) return undefined;
        await silence(t);
        await expireLeases(t.db, later(1));
        await drain(t, push.id, sink.pool());
        expect(await finishedAt(t, push.id)).not.toBeNull();
        return { code: 451, text: '4.3.0 later' };
      },
    });
    await drain(t, push.id, sink.pool(), { worker: 'slow' });
    expect(await states(t, push.id)).toEqual({ deferred: 1 });
    expect(await finishedAt(t, push.id)).toBeNull();
    expect((await pendingWork(t.db, later(10))).pushes).toContain(push.id);
    await drain(t, push.id, sink.pool(), { now: later(10) });
    await sink.close();
    expect(sink.received).toHaveLength(1);
    expect(await states(t, push.id)).toEqual({ accepted: 1 });
  });
});

describe('the database goes away', () => {
  async function cutEverybody(): Promise<number> {
    const client = new pg.Client({ connectionString: t.url });
    await client.connect();
    const cut = await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await client.end();
    return cut.rowCount ?? 0;
  }

  test('all its connections cut again and again during a send: no answer is lost, nobody is written to twice', async () => {
    const push = await frozen(800);
    const sink = await startSink({ thinkMs: 2 });
    let ended = false;
    let cut = 0;
    const running = drain(t, push.id, sink.pool(6)).finally(() => {
      ended = true;
    });
    while (!ended) {
      await pause(60);
      if (!ended && cut < 12) cut += await cutEverybody();
    }
    await running;
    await sink.close();
    expect(cut).toBeGreaterThan(5);
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received).toHaveLength(800);
    expect(await states(t, push.id)).toEqual({ accepted: 800 });
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });
});
