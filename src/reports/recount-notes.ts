import { sql } from 'kysely';
import { longDate, toParisDay } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { recountableSince } from '../tracking/purge.ts';
import { SIMULATED_RULE } from '../tracking/simulated.ts';
import type { Scope } from './figure.ts';

/** Since when hits are kept one by one, for who reads figures of earlier days; nothing when the window has none of these. */
export async function recountNotes(trx: Trx, { campaignId, period }: Scope, now: Date): Promise<string[]> {
  const since = recountableSince(now);
  if (period.from >= toParisDay(since)) return [];
  const { rows } = await sql<{ some: boolean }>`
    select exists (select from hit_days where campaign_id = ${campaignId} and day >= ${period.from} and day <= ${period.to}
      and day < ${toParisDay(since)} and rule <> ${SIMULATED_RULE}) as some`.execute(trx);
  return rows[0]?.some
    ? [
        `Les requêtes ne sont plus gardées une à une avant le ${longDate(since)} : les clics d’avant viennent des totaux, et ne peuvent plus être recomptés ni reclassés.`,
      ]
    : [];
}
