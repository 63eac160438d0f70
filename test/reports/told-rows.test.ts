import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Block, known, together, toldBlocks } from '../../src/deliveries/told.ts';
import type { LedgerRow } from '../../src/reports/ledger-counts.ts';
import { toldRows } from '../../src/reports/told-rows.ts';
import { NOW } from '../support/database.ts';

const K = 20;
const row = (over: Partial<LedgerRow>): LedgerRow => ({
  push: 1,
  organisation: 1,
  level: 'terrain',
  region: null,
  size_class: null,
  public: null,
  idcc: null,
  measured: false,
  state: 'accepted',
  reason: null,
  frozenAt: NOW,
  handedAt: NOW,
  n: 1,
  ...over,
});
const sum = (rows: readonly { n: number }[]): number => rows.reduce((total, r) => total + r.n, 0);

/** Ledgers as a freeze leaves them: an organisation of k or more shares links in groups of k or more, another has none. */
const ledgers = fc
  .array(
    fc.record({
      push: fc.integer({ min: 1, max: 3 }),
      organisation: fc.integer({ min: 1, max: 5 }),
      level: fc.constantFrom('terrain', 'operationnel', 'institutionnel'),
      n: fc.integer({ min: 1, max: 30 }),
      state: fc.constantFrom('accepted' as const, 'failed' as const, 'cancelled' as const, 'set_apart' as const),
    }),
    { maxLength: 40 },
  )
  .map((given) => {
    const rows = given.map((g) => row({ ...g, reason: g.state === 'set_apart' ? 'opposition' : null }));
    const of = (r: LedgerRow): string => `${r.push}/${r.organisation}`;
    const people = Map.groupBy(
      rows.filter((r) => r.state !== 'set_apart'),
      of,
    );
    return rows.map((r) =>
      r.state !== 'set_apart' && sum(people.get(of(r)) ?? []) >= K ? { ...r, measured: true, level: null } : r,
    );
  });
const readers = fc.integer({ min: 1, max: 5 });

describe('the rows that an organisation’s figures count (PRV-11)', () => {
  test('its own, whole; of the others, no sum by push, organisation and level that is under k', () => {
    fc.assert(
      fc.property(ledgers, readers, (rows, reader) => {
        const told = toldRows(rows, reader, K).rows;
        const own = (r: LedgerRow): boolean => r.organisation === reader;
        expect(told.filter(own)).toEqual(expect.arrayContaining(rows.filter(own)));
        expect(sum(told.filter(own))).toBe(sum(rows.filter(own)));
        const others = told.filter((r) => !own(r) && r.state !== 'set_apart');
        for (const of of [
          ...Map.groupBy(others, (r) => r.push).values(),
          ...Map.groupBy(others, (r) => `${r.push}/${r.organisation}`).values(),
          ...Map.groupBy(others, (r) => `${r.push}/${r.level}`).values(),
          ...Map.groupBy(others, (r) => `${r.push}/${r.measured}`).values(),
        ])
          expect(sum(of)).toBeGreaterThanOrEqual(K);
      }),
      { numRuns: 300 },
    );
  });

  test('whoever is told everything counts every row as it stands', () => {
    fc.assert(
      fc.property(ledgers, (rows) => {
        const { rows: told, partial } = toldRows(rows, null, K);
        expect([sum(told), partial]).toEqual([sum(rows), false]);
      }),
    );
  });

  test('are those of the pages of its pushes: the same organisations, left out or not', () => {
    fc.assert(
      fc.property(ledgers, readers, (all, reader) => {
        const rows = all.filter((r) => r.push === 1 && r.state !== 'set_apart');
        const blocks = [...Map.groupBy(rows, (r) => `${r.organisation}/${r.measured}`).values()].map(
          (of): Block => ({
            organisationId: of[0]?.organisation ?? 0,
            measured: of[0]?.measured ?? false,
            people: sum(of),
          }),
        );
        const { told, partial } = toldBlocks(blocks, reader, K);
        const report = toldRows(rows, reader, K);
        expect(report.partial).toBe(partial);
        expect(sum(report.rows)).toBe(
          sum(rows.filter((r) => told({ organisationId: r.organisation ?? 0, measured: r.measured }))),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('who is set apart of few is told with nobody; of k or more, without a name', () => {
    const large = row({ organisation: 2, measured: true, n: 25 });
    const few = (n: number) => [large, row({ organisation: 3, n: 4 }), row({ organisation: 3, state: 'set_apart', n })];
    expect(toldRows(few(19), 1, K).rows).toEqual([large]);
    expect(toldRows(few(20), 1, K).rows).toMatchObject([large, { organisation: null, n: 20 }]);
  });
});

test('what is known of partners’ écartés begins at k, and is said to the nearest ten', () => {
  expect([0, 1, 19, 20, 24, 25, 137].map((n) => known(n, K))).toEqual([0, 0, 0, 20, 20, 30, 140]);
});

test('addresses that two organisations write to are counted once from k of them up, in tens, and never too few', () => {
  expect([0, 1, 19, 20, 29, 30].map((twice) => together(80, twice, K))).toEqual([80, 80, 80, 60, 60, 50]);
  fc.assert(
    fc.property(fc.nat({ max: 99 }), fc.nat({ max: 99 }), fc.nat({ max: 99 }), (first, second, shared) => {
      const twice = Math.min(first, second, shared);
      const told = together(first + second, twice, K);
      expect(told).toBeGreaterThanOrEqual(first + second - twice);
      expect(told).toBeLessThan(first + second - twice + K);
    }),
  );
});
