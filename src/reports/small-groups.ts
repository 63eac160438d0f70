import { decideCells } from '../base/cells.ts';
import { publishableLines } from './lines.ts';

/** People under one value of one property: those of the reader's organisation, and those of its partners. */
export type Part = { key: string; own: number; others: number };

/** A line that may be told, and whose values it adds up; `key` is `SEVERAL` for one that mixes values. */
export type GroupLine = { key: string; own: string[]; others: string[] };
export type SmallGroups = {
  lines: GroupLine[];
  /** Partners' people are left out, being fewer than k together. */
  partial: boolean;
};

/**
 * The lines of a table about people. Each is about k or more; and of partners' people it holds none, or k or more, so that
 * a reader who takes its own away, or one line from the whole, never reads of fewer. The others are merged, never dropped:
 * the sum stays the whole. The same whatever the order in which they are given.
 */
export function tellableGroups(parts: readonly Part[], k: number): SmallGroups {
  const theirs = parts.filter((p) => p.others > 0);
  const plan = decideCells(
    theirs.map((p) => ({ dims: { key: p.key }, count: p.others })),
    ['key'],
    k,
  );
  type Block = { key: string | null; people: number; own: string[]; others: string[] };
  const blocks: Block[] = [
    ...parts.filter((p) => p.own > 0).map((p) => ({ key: p.key, people: p.own, own: [p.key], others: [] })),
    ...(plan?.cells ?? []).map((cell, at) => ({
      key: cell.dims.key ?? null,
      people: cell.count,
      own: [],
      others: theirs.filter((_, index) => plan?.cellOf(index) === at).map((p) => p.key),
    })),
  ];
  const byKey = Map.groupBy(blocks, (b) => b.key);
  const lines = publishableLines(
    [...byKey].map(([key, of]) => ({ key, label: '', people: of.reduce((sum, b) => sum + b.people, 0) })),
    k,
    { several: '' },
  );
  return {
    lines: lines.map(({ key, members }) => {
      const of = members.flatMap((member) => byKey.get(member) ?? []);
      return { key, own: of.flatMap((b) => b.own), others: of.flatMap((b) => b.others) };
    }),
    partial: plan === null && theirs.length > 0,
  };
}
