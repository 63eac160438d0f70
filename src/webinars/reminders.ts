import { fromParis, parisFields } from '../base/dates.ts';

/** Days on the calendar of Paris, at the hour of the webinar; hours on a watch. */
export const REMINDERS = ['J-14', 'J-7', 'J-3', 'J-2', 'J-1', 'H-4', 'H-2', 'H-1'] as const;
export type Reminder = (typeof REMINDERS)[number];

/**
 * When a reminder is due. « J-7 » of a meeting at 14 h is at 14 h, even when the clocks change in between; « H-1 » is an
 * hour of waiting, whatever the clocks do.
 */
export function dueAt(start: Date, reminder: Reminder): Date {
  const n = Number(reminder.slice(2));
  if (reminder.startsWith('H')) return new Date(start.getTime() - n * 3_600_000);
  const { year, month, day, hour, minute } = parisFields(start);
  return fromParis(year, month, day - n, hour, minute);
}

export const reminderName = (reminder: Reminder): string => {
  const n = Number(reminder.slice(2));
  if (reminder.startsWith('H')) return n === 1 ? 'une heure avant' : `${n} heures avant`;
  return n === 1 ? 'la veille' : `${n} jours avant`;
};
