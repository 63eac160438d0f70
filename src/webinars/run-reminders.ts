import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { lockPressure } from '../pressure/crowded.ts';
import { recordMails } from '../pressure/mails.ts';
import { keyOf, writeLetters } from './letters.ts';
import { getWebinarById, lockWebinar, type WebinarRow } from './queries.ts';
import { livingRegistrations } from './registrations.ts';
import { dueAt, REMINDERS, type Reminder } from './reminders.ts';

/** The longest notice there is, and the day that a change of hour may add to it. */
const AHEAD_MS =
  (Math.max(...REMINDERS.filter((r) => r.startsWith('J')).map((r) => Number(r.slice(2)))) + 1) * 86_400_000;

/**
 * Writes the reminders that are due, at each tick of the clock; answers how many. Of each webinar the latest due only, so
 * that a clock that stood still does not ring twice, and none once it has begun. They are not capped, and counted (CAL-07).
 */
export async function runReminders(ctx: Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>): Promise<number> {
  const now = ctx.now();
  const near = await acrossOrganisations(ctx.db, (trx) =>
    trx
      .selectFrom('webinars')
      .select('id')
      .where('starts_at', '>', now)
      .where('starts_at', '<', new Date(now.getTime() + AHEAD_MS))
      .where(sql<boolean>`cardinality(reminders) > 0`)
      .orderBy('id')
      .execute(),
  );
  let written = 0;
  for (const { id } of near)
    try {
      if (await isOwed(ctx, id)) written += await acrossOrganisations(ctx.db, (trx) => remind(trx, ctx, id));
    } catch (error) {
      // One that cannot be written about must not keep the others waiting, nor the rest of the tick.
      log.error({ webinarId: id, error: (error as Error).message }, 'rappels impossibles à écrire');
    }
  if (written > 0) log.info({ written }, 'rappels de webinaires écrits');
  return written;
}

/** Without the lock that registering waits for: at most ticks there is nothing to write. */
const isOwed = (ctx: Pick<Ctx, 'db' | 'now'>, id: number): Promise<boolean> =>
  acrossOrganisations(ctx.db, async (trx) => {
    const webinar = await getWebinarById(trx, id);
    const due = dueReminder(webinar, ctx.now());
    return due !== null && (await toRemind(trx, webinar, due).limit(1).executeTakeFirst()) !== undefined;
  });

async function remind(trx: Trx, ctx: Pick<Ctx, 'secrets' | 'publicUrl' | 'now'>, id: number): Promise<number> {
  await lockWebinar(trx, id);
  // Moved or cancelled while we waited, another reminder is due, or none.
  const webinar = await getWebinarById(trx, id);
  const due = dueReminder(webinar, ctx.now());
  if (!due) return 0;
  await lockPressure(trx);
  const owed = new Set((await toRemind(trx, webinar, due).execute()).map((r) => r.id));
  const people = (await livingRegistrations(trx, { webinarId: id, place: 'inscrit' })).filter((r) => owed.has(r.id));
  const written = await writeLetters(trx, ctx, webinar, people, { kind: 'rappel', reminder: due.reminder });
  for (const [organisationId, of] of Map.groupBy(people, (p) => p.organisationId))
    await recordMails(
      trx,
      { organisationId, campaignId: webinar.campaignId, now: ctx.now() },
      of.flatMap((p) => p.addressHash ?? []),
    );
  return written;
}

type Due = { reminder: Reminder; at: Date };

/** What registered people should have been reminded of last; null: nothing yet, or the webinar has begun or will not. */
export function dueReminder(
  webinar: Pick<WebinarRow, 'startsAt' | 'reminders' | 'said' | 'changedAt'>,
  now: Date,
): Due | null {
  if (webinar.said === 'annule' || webinar.said === 'tenu' || webinar.startsAt <= now) return null;
  const due = webinar.reminders
    .map((reminder) => ({ reminder, at: dueAt(webinar.startsAt, reminder) }))
    // The letter about a change of hour or link said all that an earlier reminder would.
    .filter(({ at }) => at <= now && at > webinar.changedAt)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return due.at(-1) ?? null;
}

/** Whoever had a place when it was due, and was not reminded of this hour by it. */
const toRemind = (trx: Trx, webinar: WebinarRow, { reminder, at }: Due) =>
  trx
    .selectFrom('registrations as r')
    .select('r.id')
    .where('r.webinar_id', '=', webinar.id)
    .where('r.place', '=', 'inscrit')
    .where('r.cancelled_at', 'is', null)
    .where('r.address', 'is not', null)
    .where('r.placed_at', '<=', at)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('webinar_letters as l')
            .select('l.registration_id')
            .whereRef('l.registration_id', '=', 'r.id')
            .where('l.kind', '=', 'rappel')
            .where('l.key', '=', keyOf({ kind: 'rappel', reminder }, webinar, { sequence: 0 })),
        ),
      ),
    )
    .orderBy('r.id');
