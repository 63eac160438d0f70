import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';

export type JournalRow = {
  id: number;
  at: Date;
  actor: string;
  userId: number | null;
  action: string;
  /** `push:42` */
  subject: string;
  /** The subject's name today; null when it has none, or is gone. Never an address. */
  name: string | null;
  /** Where the subject has a page of its own. */
  campaign: string | null;
  slug: string | null;
  detail: Record<string, unknown>;
};

export type JournalFilter = {
  userId?: number | undefined;
  /** Acts of the service itself. */
  service?: boolean;
  kind?: string | undefined;
  subject?: string | undefined;
  from?: Date | undefined;
  /** Left out itself. */
  until?: Date | undefined;
};

/** One organisation's rows, the latest first, before the row `before` where it is given. */
export async function journalRows(
  trx: Trx,
  organisationId: number,
  filter: JournalFilter,
  page: { before: number | null; limit: number },
): Promise<JournalRow[]> {
  const where = [
    sql`a.organisation_id = ${organisationId}`,
    ...(page.before === null ? [] : [sql`a.id < ${page.before}`]),
    ...(filter.userId === undefined
      ? []
      : [sql`(a.user_id = ${filter.userId} or a.actor = ${`user:${filter.userId}`})`]),
    ...(filter.service ? [sql`a.user_id is null and a.actor not like 'user:%'`] : []),
    ...(filter.kind === undefined ? [] : [sql`split_part(a.subject, ':', 1) = ${filter.kind}`]),
    ...(filter.subject === undefined ? [] : [sql`a.subject = ${filter.subject}`]),
    ...(filter.from === undefined ? [] : [sql`a.at >= ${filter.from}`]),
    ...(filter.until === undefined ? [] : [sql`a.at < ${filter.until}`]),
  ];
  // The names are looked up for the rows of one page only. A person is named by whoever may read persons.
  const { rows } = await sql<JournalRow>`
    with page as (
      select a.*, split_part(a.subject, ':', 1) as kind, substring(a.subject from ':([0-9]{1,15})$')::bigint as subject_id
      from audit_log a where ${sql.join(where, sql` and `)} order by a.id desc limit ${page.limit})
    select a.id, a.at, a.actor, a.user_id as "userId", a.action, a.subject, a.detail, n.name, n.campaign, n.slug
    from page a left join lateral (
      select p.title as name, c.slug as campaign, p.slug from pushes p join campaigns c on c.id = p.campaign_id
        where a.kind = 'push' and p.id = a.subject_id
      union all select name, slug, null from campaigns where a.kind = 'campaign' and id = a.subject_id
      union all select name, null, null from audiences where a.kind = 'audience' and id = a.subject_id
      union all select file_name, null, null from imports where a.kind = 'import' and id = a.subject_id
      union all select r.title, c.slug, null from resources r left join campaigns c on c.id = r.campaign_id
        where a.kind = 'resource' and r.id = a.subject_id
      union all select m.topic, c.slug, null from key_messages m join campaigns c on c.id = m.campaign_id
        where a.kind = 'key-message' and m.id = a.subject_id
      union all select m.topic, c.slug, null from key_message_versions v join key_messages m on m.id = v.key_message_id
        join campaigns c on c.id = m.campaign_id where a.kind = 'edl' and v.id = a.subject_id
      union all select term, null, null from glossary_terms where a.kind = 'glossary' and id = a.subject_id
      union all select title, null, null from actions where a.kind = 'action' and id = a.subject_id
      union all select title, null, null from webinars where a.kind = 'webinar' and id = a.subject_id
      union all select name, null, null from watched_pages where a.kind = 'page' and id = a.subject_id
      union all select name, null, null from measured_sites where a.kind = 'site' and id = a.subject_id
      union all select title, null, null from sector_events where a.kind = 'event' and id = a.subject_id
      union all select name, null, null from relays where a.kind = 'relay' and id = a.subject_id
      union all select subject, null, null from decisions where a.kind = 'decision' and id = a.subject_id
      union all select title, null, null from watch_notes where a.kind = 'watch-note' and id = a.subject_id
      union all select label, null, null from declared_solicitations where a.kind = 'solicitation' and id = a.subject_id
      union all select name, null, null from organisations where a.kind = 'organisation' and id = a.subject_id
      union all select label, null, null from api_keys where a.kind = 'key' and id = a.subject_id
      union all select host, null, null from transports where a.kind = 'transport' and organisation_id = a.subject_id
      union all select domain, null, null from sender_domains where a.kind = 'sender-domain' and id = a.subject_id
    ) n on true
    order by a.id desc`.execute(trx);
  return rows;
}

/** Ids of everybody who ever acted here. */
export async function journalPeople(trx: Trx, organisationId: number): Promise<number[]> {
  const rows = await trx
    .selectFrom('audit_log')
    .select((eb) => eb.ref('user_id').$notNull().as('id'))
    .distinct()
    .where('organisation_id', '=', organisationId)
    .where('user_id', 'is not', null)
    .execute();
  return rows.map((r) => r.id);
}
