import { toParisDay } from '../base/dates.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';
import { pushesToDrain } from './queries.ts';

export type PendingWork = { pushes: number[]; imports: number[]; outbox: boolean; models: RecurringPush[] };
/** A series with occurrences to come: the first and the last day of its campaign bound them (`YYYY-MM-DD`, Paris). */
export type RecurringPush = { id: number; recurrence: string; firstDay: string; lastDay: string };

/** All that some worker should be doing at this instant, read in one transaction for the clock. */
export function pendingWork(db: Database, now: Date): Promise<PendingWork> {
  return acrossOrganisations(db, async (trx) => {
    const imports = await trx
      .selectFrom('imports')
      .select('id')
      .where('state', 'in', ['queued', 'running'])
      .orderBy('id')
      .execute();
    const owed = await trx
      .selectFrom('outbox')
      .select('id')
      .where('sent_at', 'is', null)
      .where('failed_at', 'is', null)
      .where('unknown_at', 'is', null)
      .where('next_at', '<=', now)
      .limit(1)
      .execute();
    const models = await trx
      .selectFrom('pushes as p')
      .innerJoin('campaigns as c', 'c.id', 'p.campaign_id')
      .select(['p.id', 'p.recurrence', 'c.starts_on', 'c.ends_on'])
      .where('p.recurrence', 'is not', null)
      .where('p.cancelled_at', 'is', null)
      .where((eb) => eb.or([eb('p.deadline_at', 'is', null), eb('p.deadline_at', '>', now)]))
      .where('c.ends_on', '>=', toParisDay(now))
      .execute();
    return {
      pushes: await pushesToDrain(trx, now),
      imports: imports.map((i) => i.id),
      outbox: owed.length > 0,
      models: models.map((m) => ({ id: m.id, recurrence: m.recurrence!, firstDay: m.starts_on, lastDay: m.ends_on })),
    };
  });
}
