import { expect, test } from 'vitest';
import { periodOf } from '../../src/reports/figure.ts';
import { NOW } from '../support/database.ts';

const hours = (from: string, to: string) => {
  const { start, end } = periodOf({ from, to }, '2026-01-01', NOW);
  return (end.getTime() - start.getTime()) / 3_600_000;
};

test('the day on which clocks go back has 25 hours, the day on which they go forward 23', () => {
  expect(hours('2026-10-25', '2026-10-25')).toBe(25);
  expect(hours('2027-03-28', '2027-03-28')).toBe(23);
  expect(hours('2026-10-24', '2026-10-26')).toBe(73);
  expect(periodOf({ from: '2026-10-25', to: '2026-10-25' }, '2026-01-01', NOW)).toMatchObject({
    start: new Date('2026-10-24T22:00:00Z'),
    end: new Date('2026-10-25T23:00:00Z'),
    zone: 'Europe/Paris',
  });
});

test('consecutive days share no hour and leave none out, all year round', () => {
  let previous = periodOf({ from: '2026-09-01', to: '2026-09-01' }, '2026-01-01', NOW).end;
  for (let n = 2; n <= 300; n += 1) {
    const day = new Date(Date.UTC(2026, 8, n)).toISOString().slice(0, 10);
    const period = periodOf({ from: day, to: day }, '2026-01-01', NOW);
    expect([day, period.start]).toEqual([day, previous]);
    previous = period.end;
  }
});

test('without dates the window goes from the beginning of the campaign to today in Paris', () => {
  expect(periodOf({}, '2026-11-01', NOW)).toMatchObject({ from: '2026-11-01', to: '2026-11-22' });
  // Half past eleven in the evening in London is tomorrow in Paris.
  expect(periodOf({}, '2026-11-01', new Date('2026-11-22T23:30:00Z')).to).toBe('2026-11-23');
  expect(periodOf({}, '2027-01-01', NOW)).toMatchObject({ from: '2026-11-22', to: '2026-11-22' });
});

test('a day of before Paris had its present hour is refused, never turned into another', () => {
  for (const from of ['1900-01-01', '0001-01-01'])
    expect(() => periodOf({ from }, '2026-11-01', NOW)).toThrow(`« ${from} » n’est pas une date`);
  expect(periodOf({ from: '1970-01-01' }, '2026-11-01', NOW).from).toBe('1970-01-01');
});

test('a date that does not exist, or an end before its beginning, is refused with the remedy', () => {
  for (const asked of [
    { from: '2026-02-30' },
    { to: '22/11/2026' },
    { from: "2026-11-01'; drop table hits" },
    { from: '' },
  ])
    expect(() => periodOf(asked, '2026-11-01', NOW)).toThrow(/n’est pas une date/);
  expect(() => periodOf({ from: '2026-11-20', to: '2026-11-19' }, '2026-11-01', NOW)).toThrow(/finit avant/);
});
