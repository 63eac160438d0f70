import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEVERAL } from '../../src/reports/lines.ts';
import { type Part, tellableGroups } from '../../src/reports/small-groups.ts';

const K = 20;
const sum = (parts: readonly Part[], of: 'own' | 'others', keys?: readonly string[]): number =>
  parts.filter((p) => keys === undefined || keys.includes(p.key)).reduce((n, p) => n + p[of], 0);

const history = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('terrain', 'operationnel', 'institutionnel', 'a', 'b', 'c', 'd', 'e', ''),
    own: fc.oneof(fc.constant(0), fc.nat({ max: 60 })),
    others: fc.oneof(fc.constant(0), fc.nat({ max: 60 })),
  }),
  { selector: (p) => p.key, maxLength: 9 },
);

test('a group of three never shows: it joins another, and the sum stays the whole (PRV-11)', () => {
  const { lines } = tellableGroups(
    [
      { key: 'terrain', own: 40, others: 0 },
      { key: 'operationnel', own: 3, others: 0 },
    ],
    K,
  );
  expect(lines).toEqual([{ key: SEVERAL, own: ['terrain', 'operationnel'], others: [] }]);
});

test('one’s own in a line never uncovers a partner’s few', () => {
  const { lines } = tellableGroups(
    [
      { key: 'terrain', own: 40, others: 3 },
      { key: 'operationnel', own: 30, others: 25 },
    ],
    K,
  );
  // The three partners’ people of « terrain » stand with the twenty-five: 28 that no reader can take apart.
  expect(lines.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
    { key: 'operationnel', own: ['operationnel'], others: [] },
    { key: SEVERAL, own: [], others: ['terrain', 'operationnel'] },
    { key: 'terrain', own: ['terrain'], others: [] },
  ]);
});

test('whatever the counts: lines of k or more, partners’ part none or k or more, the whole kept', () => {
  fc.assert(
    fc.property(history, (parts) => {
      const { lines, partial } = tellableGroups(parts, K);
      for (const line of lines) {
        const others = sum(parts, 'others', line.others);
        expect(sum(parts, 'own', line.own) + others).toBeGreaterThanOrEqual(K);
        expect(others === 0 || others >= K).toBe(true);
      }
      const told = {
        own: lines.reduce((n, l) => n + sum(parts, 'own', l.own), 0),
        others: lines.reduce((n, l) => n + sum(parts, 'others', l.others), 0),
      };
      const whole = { own: sum(parts, 'own'), others: partial ? 0 : sum(parts, 'others') };
      expect(partial).toBe(sum(parts, 'others') > 0 && sum(parts, 'others') < K);
      expect(told).toEqual(whole.own + whole.others < K ? { own: 0, others: 0 } : whole);
      // The whole less some lines is the sum of the others: never about fewer.
      for (let bits = 1; bits < 2 ** lines.length - 1; bits++) {
        const left = lines.filter((_, i) => (bits & (1 << i)) === 0);
        const theirs = left.reduce((n, l) => n + sum(parts, 'others', l.others), 0);
        expect(theirs === 0 || theirs >= K).toBe(true);
      }
    }),
    { seed: 11 },
  );
});

test('the same people told in another order are the same lines', () => {
  const shape = (parts: readonly Part[]) =>
    tellableGroups(parts, K)
      .lines.map((l) => [l.key, l.own.toSorted(), l.others.toSorted()])
      .toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  fc.assert(
    fc.property(
      history.chain((parts) => fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, { minLength: parts.length }))),
      ([parts, shuffled]) => {
        expect(shape(shuffled)).toEqual(shape(parts));
      },
    ),
    { seed: 12 },
  );
});
