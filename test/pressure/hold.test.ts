import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { forecastPush } from '../../src/deliveries/forecast.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { pushStatus } from '../../src/deliveries/queries.ts';
import { drain, freeze } from '../deliveries/ledger.ts';
import { startSink } from '../deliveries/sink.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeContacts } from '../support/factories.ts';
import { DAY, day, fateOf, fates, leave, makeLetters, setState, siret } from './letters.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const owner = (now = day(0)) =>
  t.ctx({ kind: 'command', name: 'commande', organisationId: t.cast.organisations.opco }, now);
const planned = { state: 'planned', reason: null, next_at: null, held_at: null };

describe('a person is written to twice in seven days at most', () => {
  test('the third message waits for the first allowed moment, then leaves', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 2 }]);
    await letters.sent(day(-5));
    await letters.sent(day(-1));
    const third = await letters.approved();
    await freeze(t, third);
    expect((await fates(t, third)).map(({ address: _, ...fate }) => fate)).toEqual([
      { state: 'held', reason: null, next_at: day(2), held_at: day(0) },
      { state: 'held', reason: null, next_at: day(2), held_at: day(0) },
    ]);
    const sink = await startSink();
    expect(await drain(t, third, sink.pool(), { now: new Date(day(2).getTime() - 1) })).toMatchObject({ handed: 0 });
    expect(await drain(t, third, sink.pool(), { now: day(2) })).toMatchObject({ handed: 2, accepted: 2 });
    await sink.close();
    expect(sink.received.map((m) => m.to).toSorted()).toEqual(letters.addresses[0]?.toSorted());
  });

  test('a message of exactly seven days ago no longer counts, one of a second less does', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    await letters.sent(day(-7));
    await letters.sent(day(-1));
    const free = await letters.approved();
    await freeze(t, free);
    expect(await fates(t, free)).toMatchObject([planned]);

    const later = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    await later.sent(new Date(day(-7).getTime() + 1_000));
    await later.sent(day(-1));
    const held = await later.approved();
    await freeze(t, held);
    expect(await fates(t, held)).toMatchObject([{ state: 'held', next_at: new Date(day(0).getTime() + 1_000) }]);
  });

  test('reservations keep their order: each message drawn takes the next free moment', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    const ids = [];
    for (let n = 0; n < 6; n++) {
      const id = await letters.approved();
      await freeze(t, id);
      ids.push(id);
    }
    const moments = [];
    for (const id of ids) moments.push((await fates(t, id))[0]?.next_at ?? day(0));
    expect(moments).toEqual([day(0), day(0), day(7), day(7), day(14), day(14)]);
    for (const at of moments)
      expect(moments.filter((m) => m.getTime() > at.getTime() - 7 * DAY && m <= at).length).toBeLessThanOrEqual(2);
  });

  test('messages of other campaigns and of other organisations count, whatever their own caps', async () => {
    const theirs = await makeLetters(t, [{ owner: 'btp', count: 1, prefix: 'commun' }], {
      caps: { perPerson: 50, days: 1, perCompany: 50, companyDays: 1 },
    });
    await theirs.sent(day(-2));
    await theirs.sent(day(-1));
    const ours = await makeLetters(t, [{ owner: 'opco', count: 1, prefix: 'commun' }]);
    const push = await ours.approved();
    await freeze(t, push);
    expect(await fates(t, push)).toMatchObject([{ state: 'held', next_at: day(5) }]);
    const again = await theirs.approved();
    await freeze(t, again);
    expect(await fates(t, again)).toMatchObject([planned]);
  });

  test('the threshold is the sending campaign’s', async () => {
    const once = { perPerson: 1, days: 30, perCompany: 6, companyDays: 90 };
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }], { caps: once });
    await letters.sent(day(-10));
    const push = await letters.approved();
    await freeze(t, push);
    expect(await fates(t, push)).toMatchObject([{ state: 'held', next_at: day(20) }]);
  });

  test.each(['cancelled', 'failed', 'bounced', 'set_apart'])('a message %s has solicited nobody', async (state) => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    const lost = await letters.sent(day(-2));
    await letters.sent(day(-1));
    await setState(t, lost, letters.addresses[0]?.[0] ?? '', state);
    const push = await letters.approved();
    await freeze(t, push);
    expect(await fates(t, push)).toMatchObject([planned]);
  });

  test.each(['unknown', 'complained', 'handed'])('a message %s may have been read: it counts', async (state) => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    const first = await letters.sent(day(-2));
    await letters.sent(day(-1));
    await setState(t, first, letters.addresses[0]?.[0] ?? '', state);
    const push = await letters.approved();
    await freeze(t, push);
    expect(await fates(t, push)).toMatchObject([{ state: 'held', next_at: day(5) }]);
  });

  test('a message held long ago that left yesterday counts from yesterday', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    await letters.sent(day(-13));
    await letters.sent(day(-12));
    const held = await letters.sent(day(-11));
    await leave(t, held, day(-1));
    await letters.sent(day(-0.5));
    const push = await letters.approved();
    await freeze(t, push);
    expect(await fates(t, push)).toMatchObject([{ state: 'held', next_at: day(6) }]);
  });
});

describe('a company is solicited six times in ninety days at most', () => {
  const caps = { perPerson: 50, days: 1, perCompany: 2, companyDays: 90 };

  test('one message to five of its people solicits it once; at the cap all of them wait together', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 6, siret: (i) => (i < 5 ? siret(1) : siret(2)) }], {
      caps,
    });
    await letters.sent(day(-40));
    const other = await makeLetters(t, [{ owner: 'btp', count: 1, siret: () => siret(1) }], { caps });
    await other.sent(day(-10));
    const push = await letters.approved();
    await freeze(t, push);
    const all = await fates(t, push);
    expect(all.slice(0, 5)).toMatchObject(Array(5).fill({ state: 'held', next_at: day(50) }));
    expect(all[5]).toMatchObject(planned);
  });

  test('with both caps reached, the later moment', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1, siret: () => siret(3) }], {
      caps: { ...caps, perPerson: 2, days: 7 },
    });
    await letters.sent(day(-3));
    await letters.sent(day(-1));
    const push = await letters.approved();
    await freeze(t, push);
    expect(await fates(t, push)).toMatchObject([{ state: 'held', next_at: day(87) }]);
  });

  test('people without a SIRET share no company', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 2 }], { caps });
    for (const at of [-40, -30, -20]) await letters.sent(day(at));
    const push = await letters.approved();
    await freeze(t, push);
    expect(await fates(t, push)).toMatchObject([planned, planned]);
  });
});

describe('a message that could only leave too late is set apart', () => {
  test('at or after the deadline of the push, and not a moment before it', async () => {
    for (const [deadline, expected] of [
      [day(5), { state: 'set_apart', reason: 'sollicitation', next_at: null, held_at: null }],
      [new Date(day(5).getTime() + 1_000), { state: 'held', reason: null, next_at: day(5), held_at: day(0) }],
    ] as const) {
      const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
      await letters.sent(day(-2));
      await letters.sent(day(-1));
      const push = await letters.approved({ deadlineAt: deadline });
      await freeze(t, push);
      expect(await fates(t, push)).toMatchObject([expected]);
    }
  });

  test('without a deadline, after the last day of the campaign in Paris', async () => {
    // 22 November 2026, 11:00 in Paris; two days before, so free on the 27th at 11:00.
    for (const [endsOn, state] of [
      ['2026-11-26', 'set_apart'],
      ['2026-11-27', 'held'],
    ]) {
      const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }], { endsOn });
      await letters.sent(day(-2));
      await letters.sent(day(-1));
      const push = await letters.approved();
      await freeze(t, push);
      expect(await fates(t, push)).toMatchObject([{ state }]);
    }
  });

  test('a held row that is still there at the deadline is written off, and never leaves', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    await letters.sent(day(-2));
    await letters.sent(day(-1));
    const push = await letters.approved({ deadlineAt: day(6) });
    await freeze(t, push);
    const sink = await startSink();
    await drain(t, push, sink.pool(), { now: day(6) });
    await sink.close();
    expect(sink.received).toEqual([]);
    expect(await fates(t, push)).toMatchObject([{ state: 'cancelled', reason: 'annule' }]);
  });
});

describe('several organisations', () => {
  test('whose contact it is comes first: the duplicate is apart, the one who keeps the address waits', async () => {
    const letters = await makeLetters(t, [
      { owner: 'opco', count: 1, prefix: 'partage' },
      { owner: 'btp', count: 1, prefix: 'partage' },
    ]);
    await letters.sent(day(-2));
    await letters.sent(day(-1));
    const push = await letters.approved();
    await freeze(t, push);
    expect(await fateOf(t, push, 'partage.0@destinataires.example')).toMatchObject([
      { state: 'held', next_at: day(5) },
      { state: 'set_apart', reason: 'doublon' },
    ]);
  });

  test('two lists drawn at once do not both find room for the same person', async () => {
    const first = await makeLetters(t, [{ owner: 'opco', count: 30, prefix: 'ensemble' }]);
    const second = await makeLetters(t, [{ owner: 'btp', count: 30, prefix: 'ensemble' }]);
    await first.sent(day(-1));
    const [a, b] = [await first.approved(), await second.approved()];
    const pool = await openDatabase(t.url, 2);
    await Promise.all([freezePush(owner(), a), freezePush({ ...owner(), db: pool }, b)]);
    await pool.close();
    const states = [...(await fates(t, a)), ...(await fates(t, b))].map((f) => f.state);
    expect(states.filter((s) => s === 'planned')).toHaveLength(30);
    expect(states.filter((s) => s === 'held')).toHaveLength(30);
  });

  test('the freeze does what the forecast of the same instant says, and all adds up', async () => {
    const letters = await makeLetters(t, [
      { owner: 'opco', count: 40, prefix: 'somme' },
      { owner: 'btp', count: 30, prefix: 'somme' },
    ]);
    await letters.sent(day(-2));
    const second = await letters.sent(day(-1));
    for (const address of letters.addresses[0]?.slice(15) ?? []) await setState(t, second, address, 'cancelled');
    await makeContacts(t, 'btp', 7, { tag: letters.tag });
    const push = await letters.approved({ deadlineAt: day(5.5) });
    const { byLevel, pressure, agreed: _one, ...forecast } = await forecastPush(owner(), push);
    await freeze(t, push);
    expect(await pushStatus(owner(), push)).toEqual(forecast);
    expect(forecast).toEqual({
      selected: 77,
      setApart: { doublon: 30 },
      addressed: 47,
      states: { held: 15, planned: 32 },
    });
    expect(pressure).toMatchObject({ people: 15, held: [{ day: '2026-11-27', n: 15 }], setApart: 0 });
    expect(byLevel.reduce((sum, line) => sum + line.n, 0)).toBe(47);

    const late = await letters.approved({ deadlineAt: day(5) });
    const { byLevel: _, pressure: told, agreed: _two, ...said } = await forecastPush(owner(), late);
    await freeze(t, late);
    expect(await pushStatus(owner(), late)).toEqual(said);
    expect(said.selected).toBe((said.addressed ?? 0) + Object.values(said.setApart).reduce((sum, n) => sum + n, 0));
    expect(said.setApart.sollicitation).toBe(told.setApart);
    expect(told.people).toBe(told.setApart + told.held.reduce((sum, { n }) => sum + n, 0));
  });
});
