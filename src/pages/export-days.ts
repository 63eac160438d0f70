import { isDay, monthOf, plainText } from '../attendance/moments.ts';
import type { DateOrder } from '../attendance/schema.ts';

const TIME = String.raw`(?:[ t]0{1,2}:00(?::00)?(?:\.0+)?z?)?`;
const ISO = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${TIME}$`, 'i');
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const NUMERIC = new RegExp(String.raw`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})${TIME}$`, 'i');
const DAY_NAMED = /^(?:\p{L}+\.?,? )?(\d{1,2})(?:er)?[ -](\p{L}+)\.?,?[ -](\d{4})$/iu;
const MONTH_NAMED = /^(?:\p{L}+\.?,? )?(\p{L}+)\.? (\d{1,2}),? (\d{4})$/iu;
/** No day is longer. */
const LONGEST = 40;

/** A day as tools write it: `2023-11-01`, `20231101`, `01/11/2023`, `mer. 1 nov. 2023`, `Wed, Nov 1, 2023`. Null: none. */
export function dayOf(raw: string, order: DateOrder): string | null {
  const text = plainText(raw);
  if (text.length > LONGEST) return null;
  const whole = ISO.exec(text) ?? COMPACT.exec(text);
  if (whole) return written(Number(whole[1]), Number(whole[2]), Number(whole[3]));
  const numeric = NUMERIC.exec(text);
  if (numeric) {
    const [first, second] = [Number(numeric[1]), Number(numeric[2])];
    const [day, month] = order === 'jour' ? [first, second] : [second, first];
    return written(Number(numeric[3]?.padStart(4, '20')), month, day);
  }
  const named = DAY_NAMED.exec(text);
  if (named) return written(Number(named[3]), monthOf(named[2] ?? ''), Number(named[1]));
  const american = MONTH_NAMED.exec(text);
  return american ? written(Number(american[3]), monthOf(american[1] ?? ''), Number(american[2])) : null;
}

const two = (n: number): string => String(n).padStart(2, '0');
const written = (year: number, month: number, day: number): string | null =>
  isDay(year, month, day) ? `${year}-${two(month)}-${two(day)}` : null;

/** Whether either reading makes it a day. */
export const couldBeDay = (raw: string): boolean => dayOf(raw, 'jour') !== null || dayOf(raw, 'mois') !== null;

/** A week, a month, a year, a range: several days, which nobody can share out among them. */
export const isPeriod = (raw: string): boolean => {
  const text = plainText(raw);
  return (
    /^\d{4}([-/]\d{1,2})?$/.test(text) ||
    /^(semaine|week)\b/i.test(text) ||
    /^\p{L}+\.? \d{4}$/u.test(text) ||
    /\d{4}-\d{2}-\d{2}\s*(,|–|-|to|au|à)\s*\d{4}-\d{2}-\d{2}/i.test(text)
  );
};

/**
 * Which of the two readings the days of a file have: a 13th settles it, and nothing else does. Null: somebody must say; the
 * example is a day that has two readings.
 */
export function orderOf(days: Iterable<string>): { order: DateOrder } | { example: string } {
  let [first, second] = [0, 0];
  let example = '';
  for (const day of days) {
    const m = NUMERIC.exec(plainText(day));
    if (!m) continue;
    first = Math.max(first, Number(m[1]));
    second = Math.max(second, Number(m[2]));
    if (!example && m[1] !== m[2]) example = day;
  }
  if (example === '' || (first > 12 && second <= 12)) return { order: 'jour' };
  if (second > 12 && first <= 12) return { order: 'mois' };
  return { example };
}

const GROUPED = /^\d{1,3}(?:[ \u00a0\u202f.,’']\d{3})+$/;

/** A count as tools write it: `1234`, `1 234`, `1,234`, `1234.0`. Null: no whole number. */
export function countOf(raw: string): number | null {
  const text = raw.trim();
  const digits = GROUPED.test(text) ? text.replace(/\D/g, '') : text.replace(/[.,]0+$/, '');
  // As much as a statement may say: sums of days stay exact.
  return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}

/** A line of sums under, or above, the days. */
export const isTotal = (cells: readonly string[]): boolean =>
  cells.some((cell) => /^(grand |sous-)?(total|totaux|totals|somme|sum|moyenne|average|ensemble)\b/i.test(cell.trim()));
