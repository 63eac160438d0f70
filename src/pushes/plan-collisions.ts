import { toParisDay } from '../base/dates.ts';
import { holidayOf, weekdayOf } from '../base/holidays.ts';
import { LEVELS, type Level } from '../base/words.ts';
import type { Caps } from '../pressure/schema.ts';
import { firstDay, lastDay, mayOverlap, type PlanEntry } from './plan-calendar.ts';

/** What should be looked at again in a plan, while there is time. */
export type Collision =
  /** Two partners speak to the same people on the same days, each on its own side. */
  | { kind: 'partenaires'; a: PlanEntry; b: PlanEntry; levels: Level[] }
  /** More pushes in the caps' days than one person may receive: those over it wait. `free`: from that day, none would. */
  | { kind: 'sollicitation'; entry: PlanEntry; levels: Level[]; pushes: number; free: string }
  /** It leaves on a day when nobody is at work. `next`: the first working day after. */
  | { kind: 'jour'; entry: PlanEntry; why: string; next: string };

const DAY = 86_400_000;
/** On the same day or the next one. */
const NEAR = 1;
/** An action that lasts longer is news on its first day only: or a poster of two months would collide with everything. */
const LONG = 7;

/** Of what is still to come; `entries` reach at least the caps' days before what is judged. */
export function collisionsOf(entries: readonly PlanEntry[], caps: Caps, now: Date): Collision[] {
  const today = toParisDay(now);
  const alive = entries.filter((e) => !e.cancelled && (e.kind === 'envoi' || e.kind === 'action'));
  const pushes = alive.filter((e) => e.kind === 'envoi');
  const coming = (e: PlanEntry): boolean =>
    firstDay(e) >= today && e.push?.state !== 'termine' && e.push?.state !== 'en_cours';
  return [
    ...partners(alive).filter(({ a, b }) => coming(a) || coming(b)),
    ...pushes.filter(coming).flatMap((push) => solicited(push, pushes, caps)),
    ...pushes.filter(coming).flatMap(onDayOff),
  ].toSorted((x, y) => dayOf(x).localeCompare(dayOf(y)));
}

const dayOf = (c: Collision): string => firstDay(c.kind === 'partenaires' ? c.b : c.entry);

const dayNumber = (day: string): number => Date.parse(day) / DAY;
const dayText = (n: number): string => new Date(n * DAY).toISOString().slice(0, 10);

/** The days on which an entry is heard of. */
function span(e: PlanEntry): { first: number; last: number } {
  const [first, last] = [dayNumber(firstDay(e)), dayNumber(lastDay(e))];
  return { first, last: last - first >= LONG ? first : last };
}

/** No level said is all of them. */
const spokenTo = (e: PlanEntry): readonly Level[] => (e.levels.length ? e.levels : LEVELS);
const shared = (a: PlanEntry, b: PlanEntry): Level[] => spokenTo(a).filter((l) => spokenTo(b).includes(l));

/** Pairs in which nobody is on both sides: who does both knows of both. */
function partners(entries: readonly PlanEntry[]): Extract<Collision, { kind: 'partenaires' }>[] {
  const placed = entries.map((entry) => ({ entry, ...span(entry) })).toSorted((a, b) => a.first - b.first);
  return placed.flatMap((a, i) => {
    const found: Extract<Collision, { kind: 'partenaires' }>[] = [];
    for (const b of placed.slice(i + 1)) {
      if (b.first - NEAR > a.last) break;
      const levels = shared(a.entry, b.entry);
      const both = a.entry.organisations.some((o) => b.entry.organisations.some((other) => other.id === o.id));
      const known = a.entry.organisations.length > 0 && b.entry.organisations.length > 0;
      if (levels.length && known && !both) found.push({ kind: 'partenaires', a: a.entry, b: b.entry, levels });
    }
    return found;
  });
}

/** An upper bound that names nobody: pushes that may share a recipient are counted as if they did. */
function solicited(push: PlanEntry, pushes: readonly PlanEntry[], caps: Caps): Collision[] {
  const at = timeOf(push);
  const before = pushes.filter((other) => {
    const gap = at - timeOf(other);
    return other !== push && gap >= 0 && gap < caps.days * DAY && sharesPeople(push, other);
  });
  if (before.length < caps.perPerson) return [];
  // Once enough of the earlier ones are older than the caps' days, this one fits.
  const mustAge = before.toSorted((a, b) => timeOf(a) - timeOf(b))[before.length - caps.perPerson];
  if (!mustAge) return [];
  const levels = spokenTo(push).filter((l) => before.some((other) => spokenTo(other).includes(l)));
  const free = workingDay(dayNumber(firstDay(mustAge)) + caps.days);
  return [{ kind: 'sollicitation', entry: push, levels, pushes: before.length + 1, free }];
}

const timeOf = (e: PlanEntry): number => (typeof e.start === 'string' ? Date.parse(e.start) : e.start.getTime());

/** By a level, by one organisation's list, and by what their audiences ask for. */
const sharesPeople = (a: PlanEntry, b: PlanEntry): boolean =>
  shared(a, b).length > 0 &&
  a.organisations.some((o) => b.organisations.some((other) => other.id === o.id)) &&
  mayOverlap(a.push?.rule ?? {}, b.push?.rule ?? {});

function onDayOff(entry: PlanEntry): Collision[] {
  const why = dayOff(firstDay(entry));
  return why ? [{ kind: 'jour', entry, why, next: workingDay(dayNumber(firstDay(entry)) + 1) }] : [];
}

export function holidayOn(day: string): string | null {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return holidayOf(year, month, date);
}

/** « un samedi », « un jour férié (Noël) »; null for a working day. */
export function dayOff(day: string): string | null {
  const holiday = holidayOn(day);
  if (holiday) return `un jour férié (${holiday})`;
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const weekday = weekdayOf(year, month, date);
  return weekday === 0 ? 'un dimanche' : weekday === 6 ? 'un samedi' : null;
}

/** That day, or the first one after on which people are at work. */
function workingDay(n: number): string {
  for (let day = n; day < n + 10; day++) if (!dayOff(dayText(day))) return dayText(day);
  return dayText(n);
}
