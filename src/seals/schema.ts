import { z } from 'zod';
import { fromParis, parisFields, toParisDay } from '../base/dates.ts';
import { daySchema } from '../campaigns/schema.ts';

/** A quarter of the civil year, as it is asked for: `2026-T3`. */
export type Quarter = { name: string; label: string; from: string; to: string; end: Date };

const NAME = /^(\d{4})-T([1-4])$/;

/** The quarter of that name, days in Paris; null: it is none. */
export function quarterOf(name: string): Quarter | null {
  const found = NAME.exec(name.trim().toUpperCase());
  if (!found) return null;
  const [year, n] = [Number(found[1]), Number(found[2])];
  const end = fromParis(year, 3 * n + 1, 1);
  return {
    name: `${year}-T${n}`,
    label: `${n === 1 ? '1er' : `${n}e`} trimestre ${year}`,
    from: toParisDay(fromParis(year, 3 * n - 2, 1)),
    to: toParisDay(new Date(end.getTime() - 1)),
    end,
  };
}

/** The last clicks of a quarter are still judged, and brought to the database, for a while after it. */
const SETTLED_MS = 3_600_000;

export const isClosed = (quarter: Quarter, now: Date): boolean => now.getTime() >= quarter.end.getTime() + SETTLED_MS;

/** The closed quarters since a day of Paris, the last one first. */
export function closedQuarters(since: string, now: Date): Quarter[] {
  const [year = 0, month = 1] = since.split('-').map(Number);
  const today = parisFields(now).year;
  const quarters: Quarter[] = [];
  for (let y = year; y <= today; y++)
    for (let n = 1; n <= 4; n++) {
      const quarter = quarterOf(`${y}-T${n}`);
      if (quarter && (y > year || n >= Math.ceil(month / 3)) && isClosed(quarter, now)) quarters.push(quarter);
    }
  return quarters.toReversed();
}

export const MOST_DAYS = 366;

/** For whom a report is shared, and until when: that whole day, in Paris. */
export const shareSchema = z.strictObject({
  label: z
    .string()
    .trim()
    .min(1, 'Dites pour qui est cette adresse : vous saurez laquelle fermer.')
    .max(120, '120 caractères au plus.'),
  until: daySchema,
});
