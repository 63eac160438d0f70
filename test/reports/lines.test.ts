import fc from 'fast-check';
import { expect, test } from 'vitest';
import { publishableLines } from '../../src/reports/lines.ts';

const candidates = fc.uniqueArray(
  fc.record({
    key: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
    label: fc.constant('ligne'),
    people: fc.integer({ min: 0, max: 60 }),
  }),
  { selector: (c) => c.key, maxLength: 6 },
);

test('no line is about fewer than k people, and none is lost (PRV-11)', () => {
  fc.assert(
    fc.property(candidates, fc.integer({ min: 10, max: 40 }), (input, k) => {
      const lines = publishableLines(input, k, { several: 'plusieurs' });
      const people = lines.map((line) =>
        input.filter((c) => line.members.includes(c.key)).reduce((n, c) => n + c.people, 0),
      );
      const total = input.reduce((n, c) => n + c.people, 0);
      if (total < k) expect(lines).toEqual([]);
      else {
        expect(people.reduce((a, b) => a + b, 0)).toBe(total);
        expect(Math.min(...people)).toBeGreaterThanOrEqual(k);
      }
      expect(new Set(lines.map((l) => l.key)).size).toBe(lines.length);
    }),
  );
});
