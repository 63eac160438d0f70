import type { WatchedPageInput } from './schema.ts';

/** Four whole weeks: as many Mondays as Sundays, and enough days for a quiet page. */
const DAYS_BEFORE = 28;
const DAY = 86_400_000;

type Baseline = Pick<WatchedPageInput, 'baselineFrom' | 'baselineTo'>;

/**
 * The baseline that is proposed when a campaign, or a page that it sends to, is made (VIS-03): the four weeks before people
 * are sent there, which nothing of the campaign has touched yet.
 */
export function baselineBefore(day: string): Baseline {
  const at = (days: number): string => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
  return { baselineFrom: at(-DAYS_BEFORE), baselineTo: at(-1) };
}
