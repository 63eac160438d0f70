import type { ResultRow } from './action-queries.ts';

/** Statements about one action, and what each is worth beside the others. */
export type Compared = {
  results: (ResultRow & {
    /** Its own author said otherwise since. */
    corrected: boolean;
  })[];
  /** Pairs that cannot both be right, or that say one number of two different things. */
  contradictions: { a: ResultRow; b: ResultRow; why: 'valeur' | 'unite' | 'fenetre' }[];
};

/**
 * A later word of the same organisation on the same window, about the same unit or with the same number, corrects its
 * earlier one. What still stands is compared two by two: one window and one unit with two numbers; one number told as two
 * units, or over two windows; a part that is larger than the whole.
 */
export function compareResults(results: readonly ResultRow[]): Compared {
  const told = results.map((r, i) => ({ ...r, corrected: results.slice(i + 1).some((later) => corrects(later, r)) }));
  const standing = told.filter((r) => !r.corrected);
  const contradictions = standing.flatMap((a, i) =>
    standing.slice(i + 1).flatMap((b) => {
      const why = opposes(a, b);
      return why ? [{ a, b, why }] : [];
    }),
  );
  return { results: told, contradictions };
}

const sameWindow = (a: ResultRow, b: ResultRow): boolean => a.from === b.from && a.to === b.to;

const corrects = (later: ResultRow, r: ResultRow): boolean =>
  later.organisationId === r.organisationId &&
  sameWindow(later, r) &&
  (later.unit === r.unit || later.value === r.value);

function opposes(a: ResultRow, b: ResultRow): 'valeur' | 'unite' | 'fenetre' | null {
  if (a.unit === b.unit && sameWindow(a, b)) return a.value === b.value ? null : 'valeur';
  // A small number comes twice by chance; and nought of everything contradicts nothing.
  if (a.value === b.value && a.value >= 100) return a.unit === b.unit ? 'fenetre' : 'unite';
  return a.unit === b.unit && (exceeds(a, b) || exceeds(b, a)) ? 'valeur' : null;
}

/** A window inside another one cannot hold more than it. */
const exceeds = (part: ResultRow, whole: ResultRow): boolean =>
  part.from >= whole.from && part.to <= whole.to && part.value > whole.value;
