import { parse, validate } from 'node-cron';
import { z } from 'zod';
import { fromParis, parisFields } from '../base/dates.ts';

const FIELD = String.raw`(?:\*|\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)(?:/\d+)?`;
// Minute and hour are single numbers: a letter leaves once a day at most, whatever the rest says.
const SHAPE = new RegExp(String.raw`^\d+ \d+ ${FIELD} ${FIELD} ${FIELD}$`);

/** A five-field cron expression, read in Europe/Paris: `0 9 1 * *` is the first of each month at nine. */
export const recurrenceSchema = z
  .string()
  .trim()
  .transform((t) => t.replace(/\s+/g, ' '))
  .refine(
    (t) => SHAPE.test(t) && validate(t),
    'Une récurrence s’écrit « minute heure jour mois jour-de-semaine », avec une minute et une heure précises : 0 9 1 * * (le 1er de chaque mois à 9 h).',
  );

/** Eight years and a leap day: the longest a valid expression (29 February) may wait, century years included. */
const HORIZON_DAYS = 8 * 366;

/**
 * The first instant strictly after `after` that the expression names; null when there is none (31 February).
 * Day of month and day of week must both match, as node-cron reads them: `0 9 1-7 * 2` is the first Tuesday.
 * In the hour that does not exist (March) the occurrence comes one hour later on the clock, the same day; in the one
 * that comes twice (October) it comes once, the first time.
 */
export function nextOccurrence(expression: string, after: Date): Date | null {
  const cron = parse(expression);
  const minute = cron.minute[0] ?? 0;
  const hour = cron.hour[0] ?? 0;
  const from = parisFields(after);
  for (let i = 0; i <= HORIZON_DAYS; i++) {
    // Days are counted in UTC, where each one has 24 hours; only the clock time is Parisian.
    const day = new Date(Date.UTC(from.year, from.month - 1, from.day + i));
    if (!cron.month.includes(day.getUTCMonth() + 1)) continue;
    if (!cron.dayOfMonth.includes(day.getUTCDate()) || !cron.dayOfWeek.includes(day.getUTCDay())) continue;
    const at = fromParis(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate(), hour, minute);
    if (at > after) return at;
  }
  return null;
}
