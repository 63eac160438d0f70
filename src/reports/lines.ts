import { decideCells } from '../base/cells.ts';

/** A line of a table, and the keys of what it adds up: one, or several merged to stay over k. */
export type Line = { key: string; label: string; members: (string | null)[] };

export type Candidate = { key: string | null; label: string; people: number };

/** What a merged line is called, per table; a key that is null (several values already) is one too. */
export type LineNames = { several: string };

/**
 * The lines a table may show: each about k people or more, the others merged by the same rule as the groups that share
 * a link, so that no line and no difference between the total and the lines is about fewer. Empty when the whole is.
 */
export function publishableLines(candidates: readonly Candidate[], k: number, { several }: LineNames): Line[] {
  const plan = decideCells(
    candidates.map((c) => ({ dims: { key: keyOf(c.key) }, count: c.people })),
    ['key'],
    k,
  );
  if (!plan) return [];
  const placed = candidates.map((candidate, index) => ({ candidate, cell: plan.cellOf(index) }));
  const alone = (cell: number) => placed.filter((p) => p.cell === cell).length === 1;
  // What is merged here joins what held several values already: a reader sees one such line, not two of the same name.
  const lines = Map.groupBy(placed, (p) => (alone(p.cell) ? keyOf(p.candidate.key) : SEVERAL));
  return [...lines].map(([key, members]) => ({
    key,
    label: key === SEVERAL ? several : (members[0]?.candidate.label ?? key),
    members: members.map((m) => m.candidate.key),
  }));
}

export const SEVERAL = 'plusieurs';
const keyOf = (key: string | null): string => key ?? SEVERAL;
