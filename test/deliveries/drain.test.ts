import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { cancelPush, pausePush, resumePush } from '../../src/deliveries/control.ts';
import { type PushStatus, pushStatus } from '../../src/deliveries/queries.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { approve, content, editPush, makeApprovedPush, submit } from '../support/factories.ts';
import { drain, finishedAt, freeze, later, ledger, states } from './ledger.ts';
import { repeated, startSink } from './sink.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const status = (pushId: number): Promise<PushStatus> =>
  pushStatus(t.ctx({ kind: 'command', name: 'test', organisationId: t.cast.organisations.opco }), pushId);

const sum = (counts: Record<string, number | undefined>): number =>
  Object.values(counts).reduce<number>((total, n) => total + (n ?? 0), 0);

/** Holds at every moment, whatever runs. */
function expectSums(now: PushStatus, selected: number): void {
  expect(now.selected).toBe(selected);
  expect(now.addressed + sum(now.setApart)).toBe(selected);
  expect(sum(now.states)).toBe(now.addressed);
}

const untilReceived = async (sink: { received: unknown[] }, n: number): Promise<void> => {
  while (sink.received.length < n) await pause(2);
};

describe('several workers', () => {
  test('three drains at once on pools of their own: each address exactly once, and the total always right', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 500, btp: 300 } });
    await freeze(t, push.id);
    const sink = await startSink({ thinkMs: 1 });
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase(t.url, 3)));
    let running = true;
    const watched = (async () => {
      for (; running; await pause(20)) expectSums(await status(push.id), 800);
    })();
    const drained = await Promise.all(
      databases.map((db, i) => drain(t, push.id, sink.pool(3), { db, worker: `w${i}` })),
    );
    running = false;
    await watched;
    await Promise.all(databases.map((db) => db.close()));
    await sink.close();
    expect(drained.reduce((total, d) => total + d.handed, 0)).toBe(800);
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received.map((m) => m.to).toSorted()).toEqual(
      [...push.addresses.opco, ...push.addresses.btp].toSorted(),
    );
    expect(await states(t, push.id)).toEqual({ accepted: 800 });
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  test('two drains of one process under one name do not take each other’s rows', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 300, btp: 0 } });
    await freeze(t, push.id);
    const sink = await startSink({ thinkMs: 2 });
    const pool = sink.pool(6);
    await Promise.all([drain(t, push.id, pool), drain(t, push.id, pool)]);
    await sink.close();
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received).toHaveLength(300);
  });

  test('one stopped in the middle writes what it knows, and another one does the rest', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 600, btp: 0 } });
    await freeze(t, push.id);
    const stop = new AbortController();
    const sink = await startSink({ thinkMs: 2 });
    const first = drain(t, push.id, sink.pool(), { signal: stop.signal });
    await untilReceived(sink, 60);
    stop.abort();
    const { handed } = await first;
    expect(handed).toBeLessThan(600);
    expect(await states(t, push.id)).toEqual({ accepted: handed, planned: 600 - handed });
    expect(await finishedAt(t, push.id)).toBeNull();
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received).toHaveLength(600);
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  test('one whose connections are cut when it stops gives back what was not sent, and repeats nothing', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 300, btp: 0 } });
    await freeze(t, push.id);
    const stop = new AbortController();
    const sink = await startSink({ thinkMs: 40 });
    const pool = sink.pool(3);
    const first = drain(t, push.id, pool, { signal: stop.signal });
    await untilReceived(sink, 20);
    stop.abort();
    await pool.close(1);
    await first;
    const { unknown = 0, accepted = 0, planned = 0 } = await states(t, push.id);
    expect(accepted + unknown + planned).toBe(300);
    // Past its dot, or not: with three connections, three messages at most are in doubt.
    expect(unknown).toBeLessThanOrEqual(3);
    await drain(t, push.id, sink.pool(20), { now: later(1) });
    await sink.close();
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received.length).toBeGreaterThanOrEqual(300 - unknown);
  });
});

describe('pause, resume, cancel', () => {
  test('a pause stops at once, and after it nobody is missed and nobody twice', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 500, btp: 0 } });
    await freeze(t, push.id);
    const sink = await startSink({ thinkMs: 1 });
    const first = drain(t, push.id, sink.pool());
    await untilReceived(sink, 50);
    await pausePush(t.ctx(t.cast.alice), push.id);
    await first;
    const before = sink.received.length;
    expect(before).toBeLessThan(500);
    expect(await drain(t, push.id, sink.pool())).toMatchObject({ handed: 0 });
    expect(await states(t, push.id)).toEqual({ accepted: before, planned: 500 - before });
    await resumePush(t.ctx(t.cast.alice), push.id);
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received).toHaveLength(500);
  });

  test('a cancellation says exactly who had received it; the others are set apart', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 500, btp: 0 } });
    await freeze(t, push.id);
    const sink = await startSink({ thinkMs: 1 });
    const running = drain(t, push.id, sink.pool());
    await untilReceived(sink, 50);
    await cancelPush(t.ctx(t.cast.alice), push.id);
    await running;
    await sink.close();
    const rows = await ledger(t, push.id);
    const received = new Set(sink.received.map((m) => m.to));
    for (const row of rows) expect(row.state).toBe(received.has(row.address ?? '') ? 'accepted' : 'cancelled');
    expectSums(await status(push.id), 500);
    expect(await finishedAt(t, push.id)).not.toBeNull();
    await expect(resumePush(t.ctx(t.cast.alice), push.id)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(cancelPush(t.ctx(t.cast.alice), push.id)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a row refused for now while its push was being cancelled is not owed for ever', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 4, btp: 0 } });
    await freeze(t, push.id);
    let cancelled: Promise<void> | undefined;
    const sink = await startSink({
      onRecipient: () => {
        cancelled ??= cancelPush(t.ctx(t.cast.alice), push.id);
        return { code: 451, text: '4.7.1 greylisted' };
      },
    });
    await drain(t, push.id, sink.pool(1));
    await cancelled;
    await drain(t, push.id, sink.pool(1));
    await sink.close();
    expect(await states(t, push.id)).toEqual({ cancelled: 4 });
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  test('of two people who cancel at once, one does and the other is told', async () => {
    const push = await makeApprovedPush(t);
    const both = await Promise.allSettled([1, 2].map(() => cancelPush(t.ctx(t.cast.alice), push.id)));
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('only the lead’s communicant pauses, and a stranger finds nothing', async () => {
    const push = await makeApprovedPush(t);
    await expect(pausePush(t.ctx(t.cast.bruno), push.id)).rejects.toMatchObject({ code: 'not_lead' });
    await expect(pausePush(t.ctx(t.cast.david), push.id)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(pausePush(t.ctx(t.cast.etranger), push.id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('edited while it runs', () => {
  test('nothing more leaves until the next approval; then the others receive the new content, with its links followed', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 400, btp: 40 } });
    await freeze(t, push.id);
    const sink = await startSink({ thinkMs: 1 });
    const running = drain(t, push.id, sink.pool());
    await untilReceived(sink, 50);
    await editPush(t, push, { content: content('Texte corrigé', 'https://ressources.example/nouvelle-page') });
    await running;
    const before = sink.received.length;
    expect(before).toBeLessThan(440);
    await drain(t, push.id, sink.pool());
    expect(sink.received).toHaveLength(before);
    await submit(t, push.id);
    await drain(t, push.id, sink.pool());
    expect(sink.received).toHaveLength(before);
    await approve(t, push.id, t.cast.alice);
    await drain(t, push.id, sink.pool());
    expect(sink.received).toHaveLength(before);
    await approve(t, push.id, t.cast.bruno);
    await drain(t, push.id, sink.pool());
    await sink.close();
    const flat = sink.received.map((m) => m.raw.replace(/=\r\n/g, ''));
    expect(repeated(sink.received)).toEqual([]);
    expect(flat).toHaveLength(440);
    expect(flat.slice(0, before).every((raw) => raw.includes('Bonjour =C3=A0 tous'))).toBe(true);
    expect(flat.slice(before).every((raw) => /Texte corrig=C3=A9/.test(raw))).toBe(true);
    expect(flat.slice(before).every((raw) => raw.includes('pv.example/r/') && !raw.includes('nouvelle-page'))).toBe(
      true,
    );
  });
});

describe('the deadline', () => {
  test('what has not left by then does not leave, and is counted as cancelled', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 6, btp: 0 }, push: { deadlineAt: later(60) } });
    await freeze(t, push.id);
    const sink = await startSink({
      onRecipient: (address) =>
        push.addresses.opco.indexOf(address) < 4 ? undefined : { code: 450, text: '4.2.0 later' },
    });
    await drain(t, push.id, sink.pool());
    expect(await states(t, push.id)).toEqual({ accepted: 4, deferred: 2 });
    expect(await drain(t, push.id, sink.pool(), { now: later(60) })).toMatchObject({ handed: 0 });
    await sink.close();
    expect(await states(t, push.id)).toEqual({ accepted: 4, cancelled: 2 });
    expect(await finishedAt(t, push.id)).toEqual(later(60));
  });

  test('a push drawn in time and drained too late sends nothing', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 5, btp: 0 }, push: { deadlineAt: later(60) } });
    await freeze(t, push.id);
    const sink = await startSink();
    await drain(t, push.id, sink.pool(), { now: later(61) });
    await sink.close();
    expect(sink.received).toEqual([]);
    expect(await states(t, push.id)).toEqual({ cancelled: 5 });
  });
});
