import { fromParis, parisFields } from '../base/dates.ts';
import { holidayOf, weekdayOf } from '../base/holidays.ts';

/** When nobody should be written to for work. */

const MORNING = 7;
const EVENING = 20;

/** Why this hour is a bad one to write to people at work, in Paris; null when it is not. */
export function badHour(at: Date): string | null {
  const { year, month, day, hour } = parisFields(at);
  const holiday = holidayOf(year, month, day);
  if (holiday) return `un jour férié (${holiday})`;
  if (weekdayOf(year, month, day) === 0) return 'un dimanche';
  if (hour < MORNING || hour >= EVENING) return `la nuit, à ${hour} h`;
  return null;
}

/** The last moment of a day in Paris: an event of that day is not over before. */
export const endOfDay = (year: number, month: number, day: number): Date =>
  new Date(fromParis(year, month, day + 1).getTime() - 1);
