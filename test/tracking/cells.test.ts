import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideCells } from '../../src/base/cells.ts';

const groups = fc.uniqueArray(
  fc.record({
    dims: fc.record({ level: fc.constantFrom('terrain', 'operationnel'), region: fc.constantFrom('11', '84', '93') }),
    count: fc.integer({ min: 1, max: 60 }),
  }),
  { selector: (g) => `${g.dims.level}/${g.dims.region}`, maxLength: 6 },
);

test('every cell holds at least k people and nobody is lost (PRV-11)', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 10, max: 40 }), (input, k) => {
      const total = input.reduce((n, g) => n + g.count, 0);
      const plan = decideCells(input, ['level', 'region'], k);
      if (plan === null) return total < k;
      const sums = plan.cells.map(() => 0);
      input.forEach((g, i) => {
        const cell = plan.cellOf(i);
        sums[cell] = (sums[cell] ?? 0) + g.count;
        for (const d of ['level', 'region'] as const) expect([g.dims[d], null]).toContain(plan.cells[cell]?.dims[d]);
      });
      expect(sums).toEqual(plan.cells.map((c) => c.count));
      expect(Math.min(...sums)).toBeGreaterThanOrEqual(k);
      return total >= k;
    }),
  );
});

test('the order of the groups changes nothing', () => {
  fc.assert(
    fc.property(groups, (input) => {
      const plan = decideCells(input, ['level', 'region'], 20);
      expect(decideCells([...input].reverse(), ['level', 'region'], 20)?.cells).toEqual(plan?.cells);
    }),
  );
});

const g = (level: string, region: string, count: number) => ({ dims: { level, region }, count });

test('a group of three people joins the others, and the smallest published cell when these are too few (PRV-11)', () => {
  const plan = decideCells(
    [g('terrain', '11', 100), g('terrain', '84', 30), g('terrain', '93', 3)],
    ['level', 'region'],
    20,
  );
  expect(plan?.cells).toEqual([
    { dims: { level: 'terrain', region: '11' }, count: 100 },
    { dims: { level: 'terrain', region: null }, count: 33 },
  ]);
  expect([0, 1, 2].map((i) => plan?.cellOf(i))).toEqual([0, 1, 1]);
});

test('a whole under k is not measured at all', () => {
  expect(decideCells([g('terrain', '11', 10), g('terrain', '84', 9)], ['level', 'region'], 20)).toBeNull();
  expect(decideCells([], ['level'], 20)).toBeNull();
});

test('small regions cost their region, not their level', () => {
  const plan = decideCells(
    [
      g('terrain', '11', 100),
      g('terrain', '84', 15),
      g('institutionnel', '11', 12),
      g('institutionnel', '84', 13),
      g('operationnel', '11', 5),
    ],
    ['level', 'region'],
    20,
  );
  expect(plan?.cells).toEqual([
    { dims: { level: 'terrain', region: null }, count: 115 },
    { dims: { level: null, region: null }, count: 30 },
  ]);
  expect(plan?.cellOf(2)).toBe(plan?.cellOf(4));
});
