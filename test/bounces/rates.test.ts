import { expect, test } from 'vitest';
import { judgeRates, type Tally } from '../../src/bounces/rates.ts';

const tally = (over: Partial<Tally>): Tally => ({
  delivered: 10_000,
  hard: 0,
  complaints: 0,
  reporting: { delivered: 0, complaints: 0 },
  ...over,
});

test('MAIL-13: two dead addresses in a hundred stop the rest of the push', () => {
  expect(judgeRates(tally({ delivered: 9800, hard: 200 }))).toMatchObject({ stop: true, kind: 'hard' });
  expect(judgeRates(tally({ delivered: 9801, hard: 199 }))).toBeNull();
});

test('MAIL-13: of a few messages no rate is drawn', () => {
  expect(judgeRates(tally({ delivered: 48, hard: 2 }))).toBeNull();
  expect(judgeRates(tally({ delivered: 98, hard: 2 }))).toMatchObject({ stop: true });
  expect(judgeRates(tally({ delivered: 299, complaints: 2 }))).toBeNull();
  expect(judgeRates(tally({ delivered: 300, complaints: 1 }))).toBeNull();
});

test('MAIL-13: complaints are watched from one in a thousand, and stop the push from three', () => {
  expect(judgeRates(tally({ complaints: 9 }))).toBeNull();
  expect(judgeRates(tally({ complaints: 10 }))).toMatchObject({ stop: false, kind: 'complaint' });
  expect(judgeRates(tally({ complaints: 29 }))).toMatchObject({ stop: false });
  expect(judgeRates(tally({ complaints: 30 }))).toMatchObject({ stop: true, kind: 'complaint' });
});

test('MAIL-13: complaints are weighed against what went to the providers that tell of them', () => {
  expect(judgeRates(tally({ complaints: 3, reporting: { delivered: 1000, complaints: 3 } }))).toMatchObject({
    stop: true,
    rate: 0.003,
  });
});

test('the reason is a French sentence with the figure, the limit and what to do', () => {
  expect(judgeRates(tally({ delivered: 9000, hard: 1000 }))?.sentence).toMatch(
    /1.000 adresses mortes sur 10.000.*10.%.*2 %.*reprendre/,
  );
});
