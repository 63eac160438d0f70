import { known, toTen } from '../deliveries/told.ts';
import type { Scope } from './figure.ts';
import type { StaySums } from './webinar-counts.ts';

/** What a reader is told of people of several organisations: pure, so that it can be recounted by hand. */

type Reader = Pick<Scope, 'reader' | 'k'>;
type Whose = { organisation: number };

export const isOwn = (row: Whose, { reader }: Pick<Scope, 'reader'>): boolean =>
  reader === null || row.organisation === reader;

export type Split = { own: number; others: number };

export function split<R extends Whose>(rows: readonly R[], of: (row: R) => number, scope: Reader): Split {
  const sums: Split = { own: 0, others: 0 };
  for (const row of rows) sums[isOwn(row, scope) ? 'own' : 'others'] += of(row);
  return sums;
}

/** One's own, and those of partners from k up: what a register says. Under k, none and few are alike. */
export const toldExactly = ({ own, others }: Split, k: number): number => own + (others < k ? 0 : others);

/** One's own, and those of partners to the nearest ten: what a file says that one of them holds (no oracle). */
export const toldRoughly = ({ own, others }: Split, k: number): number => own + known(others, k);

/** Of partners only what a whole group has in common is told: to five minutes. */
const STEP = 5;
const rounded = (minutes: number): number => Math.round(minutes / STEP) * STEP;

/**
 * Minutes in all. The partners' part is their rounded number times their rounded mean, in which nobody stayed longer than the
 * webinar lasted: one more name in a file must not move it by that person's minutes.
 */
export function toldMinutes(
  rows: readonly (Whose & { minutes: number; timed: number; capped: number })[],
  scope: Reader,
): number {
  const own = split(rows, (r) => r.minutes, scope).own;
  const timed = split(rows, (r) => r.timed, scope).others;
  const theirs = timed < scope.k ? 0 : toTen(timed) * rounded(split(rows, (r) => r.capped, scope).others / timed);
  return own + theirs;
}

/** The stays that a median may be taken of, and whether partners' are among them. */
export function toldStays(
  stays: readonly StaySums[],
  lasted: number,
  scope: Reader,
): { stays: StaySums[]; rough: boolean } {
  const own = stays.filter((s) => isOwn(s, scope));
  const theirs = stays.filter((s) => !isOwn(s, scope)).map((s) => ({ ...s, minutes: Math.min(s.minutes, lasted) }));
  const told = count(theirs) >= scope.k;
  return { stays: told ? [...own, ...theirs] : own, rough: told };
}

/** To five minutes where partners' people are among them. */
export function medianOfStays(told: readonly { stays: StaySums[]; rough: boolean }[]): number | null {
  const median = medianOf(told.flatMap((t) => t.stays));
  return median !== null && told.some((t) => t.rough) ? rounded(median) : median;
}

const count = (stays: readonly { n: number }[]): number => stays.reduce((total, s) => total + s.n, 0);
/** The stay such that half of them lasted as long or longer. */
export function medianOf(stays: readonly { minutes: number; n: number }[]): number | null {
  const half = count(stays) / 2;
  let longer = 0;
  for (const { minutes, n } of stays.toSorted((a, b) => b.minutes - a.minutes)) {
    longer += n;
    if (longer >= half) return minutes;
  }
  return null;
}
