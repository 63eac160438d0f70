import { sql } from 'kysely';
import { notFound } from '../base/errors.ts';
import type { Level, Public } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { Reminder } from './reminders.ts';
import type { Platform, Speaker, WebinarInput, WebinarState } from './schema.ts';

export type WebinarRow = WebinarInput & {
  id: number;
  campaignId: number;
  /** Who runs it. */
  organisationId: number;
  organisation: { slug: string; name: string };
  /** `/webinaires/<address>` */
  address: string;
  uid: string;
  sequence: number;
  /** When start, end, place or cancellation last changed. */
  changedAt: Date;
  createdAt: Date;
  updatedAt: Date;
  purgedAt: Date | null;
  /** From its acts alone: `prepare | ouvert | ferme | tenu | annule`. What the clock adds is `stateOf`'s. */
  said: Exclude<WebinarState, 'passe'>;
};

/** Joined on its organisation, with what its acts say: an end is for good, of openings and closings the last one counts. */
const webinars = (trx: Trx) =>
  trx
    .selectFrom('webinars as w')
    .innerJoin('organisations as o', 'o.id', 'w.organisation_id')
    .selectAll('w')
    .select(['o.slug as owner_slug', 'o.name as owner_name'])
    .select(
      sql<WebinarRow['said']>`coalesce(
        (select a.what from webinar_acts a where a.webinar_id = w.id and a.what in ('annule', 'tenu') order by a.id limit 1),
        (select a.what from webinar_acts a where a.webinar_id = w.id and a.what in ('ouvert', 'ferme') order by a.id desc limit 1),
        'prepare')`.as('said'),
    );

/** The webinars of a campaign in the order in which they take place; cancelled ones too. */
export async function webinarsOfCampaign(trx: Trx, campaignId: number): Promise<WebinarRow[]> {
  const rows = await webinars(trx)
    .where('w.campaign_id', '=', campaignId)
    .orderBy('w.starts_at')
    .orderBy('w.id')
    .execute();
  return rows.map(toWebinar);
}

export async function findWebinar(trx: Trx, campaignId: number, slug: string): Promise<WebinarRow | null> {
  const row = await webinars(trx).where('w.campaign_id', '=', campaignId).where('w.slug', '=', slug).executeTakeFirst();
  return row ? toWebinar(row) : null;
}

export async function getWebinar(trx: Trx, campaignId: number, slug: string): Promise<WebinarRow> {
  const webinar = await findWebinar(trx, campaignId, slug);
  if (!webinar) throw notFound('Ce webinaire');
  return webinar;
}

export async function getWebinarById(trx: Trx, id: number): Promise<WebinarRow> {
  const row = await webinars(trx).where('w.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('Ce webinaire');
  return toWebinar(row);
}

/** By its public address. */
export async function webinarAt(trx: Trx, address: string): Promise<WebinarRow | null> {
  const row = await webinars(trx).where('w.address', '=', address).executeTakeFirst();
  return row ? toWebinar(row) : null;
}

/** Those of every campaign, or of one, that ended after `since`, in the order in which they take place. */
export async function webinarsSince(trx: Trx, since: Date, campaignId?: number): Promise<WebinarRow[]> {
  const rows = await webinars(trx)
    .where('w.ends_at', '>', since)
    .$if(campaignId !== undefined, (q) => q.where('w.campaign_id', '=', campaignId ?? 0))
    .orderBy('w.starts_at')
    .orderBy('w.id')
    .execute();
  return rows.map(toWebinar);
}

/** Nobody registers, moves up, leaves, or is written to meanwhile: whoever counts the places waits for its turn. */
export const lockWebinar = (trx: Trx, id: number) =>
  trx.selectFrom('webinars').select('id').where('id', '=', id).forUpdate().execute();

/** With the clock: one whose hour has passed is neither open nor closed. */
export const stateOf = (webinar: Pick<WebinarRow, 'said' | 'endsAt'>, now: Date): WebinarState =>
  webinar.said !== 'annule' && webinar.said !== 'tenu' && webinar.endsAt <= now ? 'passe' : webinar.said;

/** A webinar in the shape in which it is given. */
export const webinarInput = (w: WebinarRow): WebinarInput => ({
  slug: w.slug,
  title: w.title,
  summary: w.summary,
  description: w.description,
  startsAt: w.startsAt,
  endsAt: w.endsAt,
  levels: w.levels,
  publics: w.publics,
  resources: w.resources,
  organisers: w.organisers,
  speakers: w.speakers,
  capacity: w.capacity,
  platform: w.platform,
  joinUrl: w.joinUrl,
  joinNote: w.joinNote,
  replayUrl: w.replayUrl,
  reminders: w.reminders,
  keepDays: w.keepDays,
});

type Stored = Awaited<ReturnType<ReturnType<typeof webinars>['executeTakeFirstOrThrow']>>;

// What was checked when written is trusted when read.
const toWebinar = (r: Stored): WebinarRow => ({
  id: r.id,
  campaignId: r.campaign_id,
  organisationId: r.organisation_id,
  organisation: { slug: r.owner_slug, name: r.owner_name },
  slug: r.slug,
  address: r.address,
  title: r.title,
  summary: r.summary,
  description: r.description,
  startsAt: r.starts_at,
  endsAt: r.ends_at,
  levels: r.levels as Level[],
  publics: r.publics as Public[],
  resources: r.resources,
  organisers: r.organisers,
  speakers: r.speakers as Speaker[],
  capacity: r.capacity,
  platform: r.platform as Platform,
  joinUrl: r.join_url,
  joinNote: r.join_note,
  replayUrl: r.replay_url,
  reminders: r.reminders as Reminder[],
  keepDays: r.keep_days,
  uid: r.uid,
  sequence: r.sequence,
  changedAt: r.changed_at,
  createdAt: r.created_at,
  updatedAt: r.updated_at,
  purgedAt: r.purged_at,
  said: r.said,
});
