import { decideCells } from '../base/cells.ts';
import type { LedgerRow } from './ledger-counts.ts';

/** Rows without links in common, of one organisation's level in one push; `told`: the level under which they count. */
export type Unmeasured = { push: number; organisation: number; level: string | null; told: string | null };

export type ToldRows = {
  rows: LedgerRow[];
  /** What of the unmeasured rows is told, for who counts addresses in the database. */
  unmeasured: Unmeasured[];
  /** Partners' rows that are too few to be told are left out. */
  partial: boolean;
};

/**
 * The rows that a reader's figures count: its own; of its partners', those that share links, in groups of k or more; and
 * the others merged over organisation and level by the same rule as these groups, or left out where they are under k all
 * together. Push by push, so that neither a window nor a difference of two reports is about fewer. Null: all of them.
 */
export function toldRows(rows: readonly LedgerRow[], reader: number | null, k: number): ToldRows {
  const parts = [...Map.groupBy(rows, (r) => r.push).values()].map((of) => ofPush(of, reader, k));
  return {
    rows: parts.flatMap((p) => p.rows),
    unmeasured: parts.flatMap((p) => p.unmeasured),
    partial: parts.some((p) => p.partial),
  };
}

function ofPush(rows: readonly LedgerRow[], reader: number | null, k: number): ToldRows {
  const secret = (r: LedgerRow): boolean => reader !== null && r.organisation !== reader;
  const few = rows.filter((r) => secret(r) && !r.measured && r.state !== 'set_apart');
  const groups = [...Map.groupBy(few, groupOf).values()];
  const plan = decideCells(
    groups.map((of) => ({
      dims: { organisation: String(of[0]?.organisation), level: of[0]?.level ?? '' },
      count: of.reduce((sum, r) => sum + r.n, 0),
    })),
    ['organisation', 'level'],
    k,
  );
  const cellOf = new Map(groups.map((of, i) => [groupOf(of[0]!), plan?.cells[plan.cellOf(i)]?.dims]));
  const told = rows.flatMap((row): LedgerRow[] => {
    if (row.state === 'set_apart') return [];
    if (!secret(row) || row.measured) return [row];
    const dims = cellOf.get(groupOf(row));
    if (!dims) return [];
    return [{ ...row, organisation: dims.organisation === null ? null : row.organisation, level: dims.level ?? null }];
  });
  const unmeasured = [...Map.groupBy(rows.filter(isUnmeasured), groupOf).values()].flatMap(([first]): Unmeasured[] => {
    const { push, organisation, level } = first!;
    if (organisation === null) return [];
    if (!secret(first!)) return [{ push, organisation, level, told: level }];
    const dims = cellOf.get(groupOf(first!));
    return dims ? [{ push, organisation, level, told: dims.level ?? null }] : [];
  });
  return { rows: [...told, ...setApart(rows, told, secret, k)], unmeasured, partial: few.length > 0 && plan === null };
}

/** Who is set apart belongs to no group: told with the rows of its organisation, else with others' and from k up. */
function setApart(
  rows: readonly LedgerRow[],
  told: readonly LedgerRow[],
  secret: (row: LedgerRow) => boolean,
  k: number,
): LedgerRow[] {
  const apart = rows.filter((r) => r.state === 'set_apart');
  const named = new Set(told.map((r) => r.organisation));
  const stray = (r: LedgerRow): boolean => secret(r) && !named.has(r.organisation);
  const strays = apart.filter(stray).reduce((sum, r) => sum + r.n, 0);
  return apart.flatMap((r) => (!stray(r) ? [r] : strays < k ? [] : [{ ...r, organisation: null }]));
}

const isUnmeasured = (r: LedgerRow): boolean => !r.measured && r.state !== 'set_apart';
const groupOf = (r: LedgerRow): string => `${r.organisation}/${r.level}`;
