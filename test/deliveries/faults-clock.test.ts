import { beforeAll, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { tick } from '../../src/jobs/clock.ts';
import { occurrencesOf } from '../../src/pushes/queries.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { approve, makePush, submit } from '../support/factories.ts';
import { later } from './ledger.ts';

// Beside test/jobs/clock.test.ts, which holds 25 October 2026 and 28 March 2027: the change already behind us, and the
// series that meet a change only once in a while.
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const CAMPAIGN = { startsOn: '2026-03-01', endsOn: '2027-06-30' };
const at = (now: Date) => t.ctx({ kind: 'clock' as const, name: 'clock' }, now);

/** The pushes that one tick at this instant asks to send. */
async function askedAt(now: Date): Promise<number[]> {
  const asked: number[] = [];
  await tick(at(now), {
    add: async (_, data) => {
      if ('pushId' in data) asked.push(data.pushId);
      return true;
    },
  });
  return asked;
}

describe('a push set for 2:30', () => {
  test.each([
    ['29 March 2026, an hour that does not exist: it leaves at 3:30', [2026, 3, 29], '2026-03-29T01:30:00.000Z'],
    ['28 March 2027, likewise', [2027, 3, 28], '2027-03-28T01:30:00.000Z'],
    ['25 October 2026, an hour that comes twice: it leaves the first time', [2026, 10, 25], '2026-10-25T00:30:00.000Z'],
    ['the day before a change', [2026, 10, 24], '2026-10-24T00:30:00.000Z'],
    ['the day after a change', [2026, 3, 30], '2026-03-30T00:30:00.000Z'],
  ] as const)('on %s', async (_, [year, month, day], instant) => {
    const scheduledAt = fromParis(year, month, day, 2, 30);
    expect(scheduledAt.toISOString()).toBe(instant);
    const push = await makePush(t, { campaign: CAMPAIGN, push: { scheduledAt } });
    await submit(t, push.id, later(-300, scheduledAt));
    await approve(t, push.id, t.cast.alice);
    await approve(t, push.id, t.cast.bruno);
    for (const minutes of [-61, -60, -1]) expect(await askedAt(later(minutes, scheduledAt))).not.toContain(push.id);
    expect(await askedAt(scheduledAt)).toContain(push.id);
  });
});

describe('a series', () => {
  /** What its occurrences are, made by a clock that ticks four times a day. */
  async function occurrences(recurrence: string, from: string, days: number): Promise<(string | undefined)[]> {
    const model = await makePush(t, { campaign: CAMPAIGN, push: { recurrence } });
    for (let hours = 0; hours < days * 24; hours += 6) await askedAt(later(hours * 60, new Date(from)));
    return withOrganisation(t.db, t.cast.organisations.opco, async (trx) =>
      (await occurrencesOf(trx, model.id)).map((o) => o.occurrence?.toISOString()).toSorted(),
    );
  }

  test('each night at 2:30 comes once a day through 29 March 2026', async () => {
    expect(await occurrences('30 2 * * *', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
      '2026-03-31T00:30:00.000Z',
    ]);
  });

  test('each Sunday at 2:30 skips neither of the two Sundays that change, nor takes one twice', async () => {
    expect(await occurrences('30 2 * * 0', '2026-10-14T12:00:00Z', 14)).toEqual([
      '2026-10-18T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-11-01T01:30:00.000Z',
    ]);
    expect(await occurrences('30 2 * * 0', '2027-03-17T12:00:00Z', 14)).toEqual([
      '2027-03-21T01:30:00.000Z',
      '2027-03-28T01:30:00.000Z',
      '2027-04-04T00:30:00.000Z',
    ]);
  });

  test('at nine in the morning it stays nine in Paris on both sides of each change', async () => {
    expect(await occurrences('0 9 * * *', '2026-10-23T12:00:00Z', 3)).toEqual([
      '2026-10-24T07:00:00.000Z',
      '2026-10-25T08:00:00.000Z',
      '2026-10-26T08:00:00.000Z',
    ]);
    expect(await occurrences('0 9 * * *', '2027-03-26T12:00:00Z', 3)).toEqual([
      '2027-03-27T08:00:00.000Z',
      '2027-03-28T07:00:00.000Z',
      '2027-03-29T07:00:00.000Z',
    ]);
  });
});
