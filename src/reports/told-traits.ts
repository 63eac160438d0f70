import type { TraitRow } from './ledger-counts.ts';
import { tellableGroups } from './small-groups.ts';
import type { Unmeasured } from './told-rows.ts';

/** A row with the line of its table that may tell it. */
export type ToldTrait = TraitRow & { line: string };

/**
 * What a reader is told of the properties of contacts: lines of k people or more, of partners' people none or k or more,
 * decided push by push as the groups of links are; rows that other tables leave out (`unmeasured` names those told) are not
 * in these either. Numbers are rounded to ten where they are shown: two tables cut the same people otherwise, and the
 * difference of two exact lines could be about a few of them.
 */
export function toldTraits(
  rows: readonly TraitRow[],
  unmeasured: readonly Unmeasured[],
  { reader, k }: { reader: number | null; k: number },
): ToldTrait[] {
  const told = new Set(unmeasured.map((u) => `${u.push}/${u.organisation}`));
  const known = rows.filter((r) => r.measured || told.has(`${r.push}/${r.organisation}`));
  const isOwn = (r: TraitRow): boolean => reader === null || r.organisation === reader;
  const people = (of: readonly TraitRow[]): number => of.reduce((sum, r) => sum + r.n, 0);
  return [...Map.groupBy(known, (r) => `${r.push}/${r.trait}`).values()].flatMap((of) => {
    const parts = [...Map.groupBy(of, (r) => r.value)].map(([key, same]) => ({
      key,
      own: people(same.filter(isOwn)),
      others: people(same.filter((r) => !isOwn(r))),
    }));
    const { lines } = tellableGroups(parts, k);
    return of.flatMap((row) => {
      const line = lines.find((l) => (isOwn(row) ? l.own : l.others).includes(row.value));
      return line ? [{ ...row, line: line.key }] : [];
    });
  });
}
