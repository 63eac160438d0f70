import { fromParis, parseParis } from '../base/dates.ts';
import { nextOccurrence } from './next-occurrence.ts';
import type { DayRange } from './plan-calendar.ts';
import type { PlannedPush } from './planned-pushes.ts';

/** A series sends once a day at most: more than two years of them are no plan. */
const MOST = 800;

/** The issues to come of every series on these days: those that are not written yet. */
export function occurrencesOf(
  pushes: readonly PlannedPush[],
  range: DayRange,
  now: Date,
): { model: PlannedPush; at: Date }[] {
  const written = new Set(pushes.flatMap((p) => (p.occurrence ? [`${p.modelId} ${p.occurrence.getTime()}`] : [])));
  const from = parseParis(range.from) ?? now;
  const to = endOf(range.to);
  return pushes.flatMap((model) => {
    if (model.state !== 'modele' || !model.recurrence) return [];
    const found: { model: PlannedPush; at: Date }[] = [];
    const last = model.deadlineAt && model.deadlineAt < to ? model.deadlineAt : to;
    // What names the first instant of the range itself belongs to it.
    let at = nextOccurrence(model.recurrence, new Date(Math.max(from.getTime() - 1, now.getTime())));
    for (let n = 0; at && at <= last && n < MOST; n++) {
      if (!written.has(`${model.id} ${at.getTime()}`)) found.push({ model, at });
      at = nextOccurrence(model.recurrence, at);
    }
    return found;
  });
}

/** The last millisecond of a day in Paris, of 23 or 25 hours too. */
function endOf(day: string): Date {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(fromParis(year, month, date + 1).getTime() - 1);
}
