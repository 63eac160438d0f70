import { createTask } from 'node-cron';
import { expect, test } from 'vitest';
import { toParisField } from '../../src/base/dates.ts';
import { nextOccurrence, recurrenceSchema } from '../../src/pushes/next-occurrence.ts';

const at = (iso: string) => new Date(iso);
const several = (expression: string, from: Date, count: number): string[] => {
  const found: string[] = [];
  for (let after: Date | null = from; after && found.length < count; ) {
    after = nextOccurrence(expression, after);
    if (after) found.push(toParisField(after));
  }
  return found;
};

test('the first of each month at nine is nine o’clock in Paris, in winter as in summer', () => {
  expect(nextOccurrence('0 9 1 * *', at('2026-11-22T10:00:00Z'))).toEqual(at('2026-12-01T08:00:00Z'));
  expect(nextOccurrence('0 9 1 * *', at('2027-03-31T22:30:00Z'))).toEqual(at('2027-04-01T07:00:00Z'));
});

test('the instant itself is not after itself', () => {
  expect(nextOccurrence('0 9 1 * *', at('2026-12-01T08:00:00Z'))).toEqual(at('2027-01-01T08:00:00Z'));
  expect(nextOccurrence('0 9 1 * *', at('2026-12-01T07:59:59Z'))).toEqual(at('2026-12-01T08:00:00Z'));
});

test('the hour that does not exist comes one hour later on the clock, once, and the next day is normal again', () => {
  expect(several('30 2 * * *', at('2027-03-27T00:00:00Z'), 3)).toEqual([
    '2027-03-27T02:30',
    '2027-03-28T03:30',
    '2027-03-29T02:30',
  ]);
});

test('the hour that comes twice is taken once, the first time', () => {
  const first = nextOccurrence('30 2 * * *', at('2027-10-30T12:00:00Z'));
  expect(first).toEqual(at('2027-10-31T00:30:00Z'));
  expect(nextOccurrence('30 2 * * *', first as Date)).toEqual(at('2027-11-01T01:30:00Z'));
});

test('day of month and day of week must both match: the first Tuesday of each month', () => {
  expect(several('30 9 1-7 * 2', at('2026-11-22T10:00:00Z'), 3)).toEqual([
    '2026-12-01T09:30',
    '2027-01-05T09:30',
    '2027-02-02T09:30',
  ]);
});

test('29 February waits for a leap year, past a century that has none', () => {
  expect(several('0 9 29 2 *', at('2026-11-22T10:00:00Z'), 1)).toEqual(['2028-02-29T09:00']);
  expect(several('0 9 29 2 *', at('2096-03-01T10:00:00Z'), 1)).toEqual(['2104-02-29T09:00']);
});

test('away from the changes of hour it agrees with node-cron', () => {
  for (const expression of [
    '0 9 1 * *',
    '15 14 * * 1-5',
    '30 9 1-7 * 2',
    '0 8 */10 1,6 *',
    '5 7 31 * *',
    '0 9 * * 7',
  ]) {
    const task = createTask(expression, () => {}, { timezone: 'Europe/Paris' });
    const theirs = task.getNextRuns(5);
    expect(several(expression, new Date(), 5), expression).toEqual(theirs.map(toParisField));
    task.destroy();
  }
});

test.each([
  '0 9 1 *',
  '* 9 1 * *',
  '0 9,10 * * *',
  '0 25 * * *',
  '0 9 31 2 *',
  '0 0 9 1 * *',
  '@daily',
  '0 9 L * *',
  '',
])('the recurrence %j is refused: it is not one minute and one hour of chosen days', (text) =>
  expect(recurrenceSchema.safeParse(text).success).toBe(false),
);
