import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraitRow } from '../../src/reports/ledger-counts.ts';
import { SEVERAL } from '../../src/reports/lines.ts';
import { toldTraits } from '../../src/reports/told-traits.ts';
import { NOW } from '../support/database.ts';

const K = 20;
const rows = fc.array(
  fc
    .record({
      push: fc.integer({ min: 1, max: 2 }),
      organisation: fc.integer({ min: 1, max: 3 }),
      value: fc.constantFrom('', 'presse', 'salarie', 'entreprise'),
      n: fc.integer({ min: 1, max: 30 }),
      measured: fc.boolean(),
    })
    .map((r): TraitRow => ({ ...r, trait: 'public', state: 'accepted', frozenAt: NOW, handedAt: NOW })),
  { maxLength: 25 },
);
const sum = (of: readonly { n: number }[]): number => of.reduce((n, r) => n + r.n, 0);

test('no line is about fewer than k people of one push, nor of a partner’s (PRV-11)', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(1, 2, 3, null), (given, reader) => {
      const told = toldTraits(given, [], { reader, k: K });
      for (const of of Map.groupBy(told, (r) => `${r.push}/${r.line}`).values()) {
        expect(sum(of)).toBeGreaterThanOrEqual(K);
        const others = sum(of.filter((r) => reader !== null && r.organisation !== reader));
        expect(others === 0 || others >= K).toBe(true);
        const line = of[0]!.line;
        if (line !== SEVERAL) expect(new Set(of.map((r) => r.value))).toEqual(new Set([line]));
      }
    }),
  );
});

test('who is in no other table is not in these: rows without links in common count where they are told', () => {
  const few: TraitRow = {
    push: 1,
    organisation: 2,
    trait: 'public',
    value: 'presse',
    measured: false,
    state: 'accepted',
    frozenAt: NOW,
    handedAt: NOW,
    n: 25,
  };
  expect(toldTraits([few], [], { reader: 1, k: K })).toEqual([]);
  const unmeasured = [{ push: 1, organisation: 2, level: 'terrain', told: null }];
  expect(sum(toldTraits([few], unmeasured, { reader: 1, k: K }))).toBe(25);
});

test('merged lines lose nobody: what is told adds up to the whole, once the whole may be told', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const measured = given.filter((r) => r.measured);
      const told = toldTraits(given, [], { reader: null, k: K });
      for (const push of [1, 2]) {
        const whole = sum(measured.filter((r) => r.push === push));
        expect(sum(told.filter((r) => r.push === push))).toBe(whole >= K ? whole : 0);
      }
    }),
  );
});
