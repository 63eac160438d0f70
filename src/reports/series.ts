import { RETAINED } from '../tracking/classify.ts';
import type { DayClicks } from './click-counts.ts';
import type { Line } from './lines.ts';

/** One line of the drawn chart. Every series has the same days, from the first to the last on which something happened. */
export type Series = { key: string; label: string; points: { day: string; distribues: number; clics: number }[] };

type Daily = { day: string; level: string | null; n: number };

/** Per line of the table by level, so that the chart and the table beside it say the same. */
export function seriesByLevel(
  lines: readonly Line[],
  delivered: readonly Daily[],
  clicks: readonly DayClicks[],
): Series[] {
  const retained = clicks.filter((r) => RETAINED.includes(r.class));
  const days = daysBetween([...delivered, ...retained].map((r) => r.day));
  return lines.map(({ key, label, members }) => {
    const sent = perDay(delivered.filter((r) => members.includes(r.level)));
    const clicked = perDay(retained.filter((r) => members.includes(r.level)));
    return {
      key,
      label,
      points: days.map((day) => ({ day, distribues: sent.get(day) ?? 0, clics: clicked.get(day) ?? 0 })),
    };
  });
}

function perDay(rows: readonly { day: string; n: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { day, n } of rows) sums.set(day, (sums.get(day) ?? 0) + n);
  return sums;
}

/** Calendar days, counted in UTC where all of them have 24 hours. */
function daysBetween(days: readonly string[]): string[] {
  const sorted = days.toSorted();
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return [];
  const all: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += 86_400_000)
    all.push(new Date(at).toISOString().slice(0, 10));
  return all;
}
