import { fromParis, parisFields } from '../base/dates.ts';
import { type DayRange, firstDay, lastDay, type PlanEntry } from '../pushes/plan-calendar.ts';

/** A month as `2026-11`, its days, and what stands on each of them. */

const DAY = 86_400_000;
const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);
const name = new Intl.DateTimeFormat('fr-FR', { timeZone: 'UTC', month: 'long', year: 'numeric' });

/** « novembre 2026 » */
export const monthName = (month: string): string => name.format(new Date(`${month}-15T12:00:00Z`));

/** The month asked for, or else today's, brought inside the campaign's period. */
export function monthOf(asked: string | undefined, period: { startsOn: string; endsOn: string }, now: Date): string {
  if (asked && /^20\d{2}-(0[1-9]|1[0-2])$/.test(asked)) return asked;
  const { year, month } = parisFields(now);
  const today = `${year}-${String(month).padStart(2, '0')}`;
  const [first, last] = [period.startsOn.slice(0, 7), period.endsOn.slice(0, 7)];
  return today < first ? first : today > last ? last : today;
}

export function shiftMonth(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return dayText(Date.UTC(year, number - 1 + by, 15)).slice(0, 7);
}

/** Its own days. */
export function daysOfMonth(month: string): DayRange {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return { from: `${month}-01`, to: dayText(Date.UTC(year, number, 0)) };
}

/** The weeks a month lies in, from Monday to Sunday, whole. */
export function weeksOf(month: string): string[][] {
  const { from, to } = daysOfMonth(month);
  const start = Date.parse(from);
  const monday = start - ((new Date(start).getUTCDay() + 6) % 7) * DAY;
  const weeks: string[][] = [];
  for (let at = monday; at <= Date.parse(to); at += 7 * DAY)
    weeks.push(Array.from({ length: 7 }, (_, i) => dayText(at + i * DAY)));
  return weeks;
}

/** Longer than this, an entry stands on its first and its last day only. */
const LONG = 7;

/** What stands on each day. */
export function byDay(entries: readonly PlanEntry[], range: DayRange): Map<string, PlanEntry[]> {
  const days = new Map<string, PlanEntry[]>();
  const add = (day: string, entry: PlanEntry) => days.set(day, [...(days.get(day) ?? []), entry]);
  for (const entry of entries) {
    const [first, last] = [Date.parse(firstDay(entry)), Date.parse(lastDay(entry))];
    if (last - first >= LONG * DAY) {
      add(dayText(first), entry);
      add(dayText(last), entry);
    } else for (let at = first; at <= last; at += DAY) add(dayText(at), entry);
  }
  return new Map([...days].filter(([day]) => day >= range.from && day <= range.to));
}

/** `range` with some days more on both sides. */
export const wider = ({ from, to }: DayRange, before: number, after: number): DayRange => ({
  from: dayText(Date.parse(from) - before * DAY),
  to: dayText(Date.parse(to) + after * DAY),
});

/** Noon of a day in Paris, to name it whatever the hour. */
export const noonOf = (day: string): Date => {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return fromParis(year, month, date, 12);
};
