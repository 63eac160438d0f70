import { sql } from 'kysely';
import { toParisDay } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';

const DAY = 86_400_000;

/** What a campaign waits for, on one day. */
export type Waiting = {
  /** Submitted pushes, and the organisations whose yes is missing; `answerBy` null: no deadline was given. */
  approvals: { slug: string; title: string; missing: string[]; answerBy: Date | null; leavesAt: Date | null }[];
  /** Wordings put to the signatories. */
  wordings: { slug: string; topic: string; version: number; missing: string[] }[];
  /** Resources to read again within thirty days, or since. */
  reviews: { slug: string; title: string; organisation: string; on: string }[];
  /** Kits asked for by the public form; null for who does not lead the campaign, and does not see its relays. */
  relays: number | null;
};

/** What comes: pushes, declared actions and events of the sector, in order of dates. */
export type Coming = { kind: 'envoi' | 'action' | 'evenement'; title: string; slug: string; at: Date; place: string };

/** In the transaction of one organisation: row-level security keeps what it may not know. */
export async function waitingIn(
  trx: Trx,
  campaign: { id: number; organisationId: number },
  reader: number,
  now: Date,
): Promise<Waiting> {
  const approvals = await sql<Waiting['approvals'][number]>`
    select p.slug, p.title, p.answer_by as "answerBy", p.scheduled_at as "leavesAt",
      (select array_agg(o.name order by o.name) from missing_approvals(p.id) m (id) join organisations o on o.id = m.id) as missing
    from pushes p
    where p.campaign_id = ${campaign.id} and p.current_proof_id is not null and p.cancelled_at is null
      and p.finished_at is null and p.recurrence is null
      and exists (select 1 from missing_approvals(p.id))
    order by coalesce(p.answer_by, p.scheduled_at) nulls last, p.id`.execute(trx);
  const wordings = await sql<Waiting['wordings'][number]>`
    select m.slug, m.topic, v.version,
      (select array_agg(o.name order by o.name) from missing_wording_approvals(v.id) x (id) join organisations o on o.id = x.id) as missing
    from wording_requests r
    join key_message_versions v on v.id = r.version_id
    join key_messages m on m.id = v.key_message_id
    where r.campaign_id = ${campaign.id} and exists (select 1 from missing_wording_approvals(v.id))
      and not exists (select 1 from key_message_versions later where later.key_message_id = m.id and later.version > v.version)
    order by m.topic`.execute(trx);
  const reviews = await trx
    .selectFrom('resources as r')
    .innerJoin('organisations as o', 'o.id', 'r.organisation_id')
    .select(['r.slug', 'r.title', 'o.name as organisation'])
    .select((eb) => eb.ref('r.review_on').$notNull().as('on'))
    .where('r.campaign_id', '=', campaign.id)
    .where('r.retired_on', 'is', null)
    .where('r.review_on', '<=', toParisDay(new Date(now.getTime() + 30 * DAY)))
    .orderBy('r.review_on')
    .orderBy('r.title')
    .execute();
  return {
    approvals: approvals.rows,
    wordings: wordings.rows,
    reviews,
    relays: campaign.organisationId === reader ? await relaysToConfirm(trx, campaign.id) : null,
  };
}

async function relaysToConfirm(trx: Trx, campaignId: number): Promise<number> {
  const { n } = await trx
    .selectFrom('relays')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('campaign_id', '=', campaignId)
    .where('confirmed_at', 'is', null)
    .where('declined_at', 'is', null)
    .where('stopped_at', 'is', null)
    .executeTakeFirstOrThrow();
  return n;
}

/** What comes in the next `days` days of a campaign, at most 100. */
export async function comingIn(trx: Trx, campaignId: number, now: Date, days: number): Promise<Coming[]> {
  const until = new Date(now.getTime() + days * DAY);
  const { rows } = await sql<Coming>`
    select 'envoi' as kind, title, slug, scheduled_at as at, '' as place from pushes
      where campaign_id = ${campaignId} and cancelled_at is null and finished_at is null and recurrence is null
        and scheduled_at >= ${now} and scheduled_at < ${until}
    union all
    select 'action', title, slug, starts_at, place from actions
      where campaign_id = ${campaignId} and cancelled_at is null and starts_at >= ${now} and starts_at < ${until}
    union all
    select 'evenement', title, slug, (starts_on + time '08:00') at time zone 'Europe/Paris', place from sector_events
      where campaign_id = ${campaignId} and cancelled_at is null
        and ends_on >= ${toParisDay(now)}::date and starts_on <= ${toParisDay(until)}::date
    order by at, title limit 100`.execute(trx);
  return rows;
}
