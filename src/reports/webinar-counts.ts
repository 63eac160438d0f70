import { sql } from 'kysely';
import type { Level, Public } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { OriginChannel } from '../webinars/schema.ts';
import type { Period, Scope } from './figure.ts';

/**
 * The registrations of a campaign's webinars, added up by all that a table can show. `n` and what follows is whatever the
 * window; `…Within` in it. A person who came has an attendance that is sure, or that somebody said yes to.
 */
export type RegistrationSums = {
  webinar: number;
  organisation: number;
  /** Empty: not known. */
  level: Level | '';
  public: Public;
  region: string;
  n: number;
  registeredWithin: number;
  placedWithin: number;
  waitingWithin: number;
  cancelledWithin: number;
  present: number;
  /** Maybe present, and not for sure. */
  doubtful: number;
  /** Of those present, and how many of them stayed for a time that is known. */
  minutes: number;
  timed: number;
  /** The same minutes, nobody's longer than the webinar lasted. */
  capped: number;
};

export async function registrationSums(
  trx: Trx,
  { campaignId, period: { start, end } }: Scope,
): Promise<RegistrationSums[]> {
  const { rows } = await sql<RegistrationSums>`
    select r.webinar_id as webinar, r.organisation_id as organisation, coalesce(r.level, '') as level, r.public,
      coalesce(r.region, '') as region, count(*) as n,
      count(*) filter (where w.yes) as "registeredWithin",
      count(*) filter (where w.yes and r.cancelled_at is null and r.place = 'inscrit') as "placedWithin",
      count(*) filter (where w.yes and r.cancelled_at is null and r.place = 'attente') as "waitingWithin",
      count(*) filter (where r.cancelled_at >= ${start} and r.cancelled_at < ${end}) as "cancelledWithin",
      count(*) filter (where a.came) as present,
      count(*) filter (where a.maybe and not a.came) as doubtful,
      coalesce(sum(a.minutes) filter (where a.came), 0)::bigint as minutes,
      count(*) filter (where a.came and a.minutes > 0) as timed,
      coalesce(sum(least(a.minutes, extract(epoch from v.ends_at - v.starts_at) / 60)) filter (where a.came), 0)::float8 as capped
    from registrations r
    join webinars v on v.id = r.webinar_id
    cross join lateral (select r.registered_at >= ${start} and r.registered_at < ${end} as yes) w
    left join (${ATTENDED} where campaign_id = ${campaignId} group by registration_id) a on a.registration_id = r.id
    where r.campaign_id = ${campaignId}
    group by 1, 2, 3, 4, 5`.execute(trx);
  return rows;
}

const ATTENDED = sql`
  select registration_id, bool_or(state in ('sur', 'oui')) as came, bool_or(state = 'douteux') as maybe,
    coalesce(sum(minutes) filter (where state in ('sur', 'oui')), 0) as minutes
  from attendances`;

/** How many of an organisation's people stayed so many minutes; those of whom no file says how long are not there. */
export type StaySums = { webinar: number; organisation: number; minutes: number; n: number };

export async function staySums(trx: Trx, campaignId: number): Promise<StaySums[]> {
  const { rows } = await sql<StaySums>`
    select webinar, organisation, minutes, count(*) as n from (
      select webinar_id as webinar, organisation_id as organisation, registration_id, sum(minutes)::bigint as minutes
      from attendances where campaign_id = ${campaignId} and state in ('sur', 'oui') group by 1, 2, 3
    ) stays where minutes > 0 group by 1, 2, 3`.execute(trx);
  return rows;
}

/** Through what people came: nothing says who, or when. */
export type OriginSums = {
  webinar: number;
  organisation: number;
  channel: OriginChannel;
  relayKind: string;
  n: number;
};

export async function originSums(trx: Trx, campaignId: number): Promise<OriginSums[]> {
  const { rows } = await sql<OriginSums>`
    select webinar_id as webinar, organisation_id as organisation, channel, relay_kind as "relayKind", sum(n)::bigint as n
    from registration_origins where campaign_id = ${campaignId} group by 1, 2, 3, 4`.execute(trx);
  return rows;
}

/** `files`: those of who came, as far as they stand; `unmatched`: names in them that are no registrant’s, nor maybe one’s. */
export type FileSums = { webinar: number; files: number; unmatched: number };

export async function fileSums(trx: Trx, campaignId: number): Promise<FileSums[]> {
  const { rows } = await sql<FileSums>`
    select i.webinar_id as webinar, count(distinct i.id) as files,
      count(distinct l.person) filter (where not exists (
        select from attendances a where a.webinar_id = l.webinar_id and a.person = l.person and a.state <> 'non')) as unmatched
    from attendance_imports i
    left join attendance_lines l on l.import_id = i.id
    where i.campaign_id = ${campaignId} and i.withdrawn_at is null
    group by 1`.execute(trx);
  return rows;
}

/** How often the page of a webinar, and its recording, were opened in the window. */
export type PageSums = { webinar: number; what: 'page' | 'replay'; robots: number; opened: number };

/** What `page_counts` calls them. */
export const pageOf = (webinarId: number): string => `webinaire:${webinarId}`;
export const replayOf = (webinarId: number): string => `replay:${webinarId}`;

export async function pageSums(trx: Trx, webinarIds: readonly number[], { start, end }: Period): Promise<PageSums[]> {
  const { rows } = await sql<PageSums>`
    select n.webinar, n.what, coalesce(sum(c.n) filter (where c.class = 'scanner'), 0)::bigint as robots,
      coalesce(sum(c.n) filter (where c.class <> 'scanner'), 0)::bigint as opened
    from unnest(${[...webinarIds, ...webinarIds]}::bigint[], ${[
      ...webinarIds.map(pageOf),
      ...webinarIds.map(replayOf),
    ]}::text[], ${[...webinarIds.map(() => 'page'), ...webinarIds.map(() => 'replay')]}::text[]) as n (webinar, page, what)
    join page_counts c on c.page = n.page and c.hour >= ${start} and c.hour < ${end}
    group by 1, 2`.execute(trx);
  return rows;
}

/** The pushes that invite to each webinar, by its slug. */
export async function invitationsOf(trx: Trx, campaignId: number): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ id: number; webinar: string }>`
    select id, content->>'webinar' as webinar from pushes
    where campaign_id = ${campaignId} and channel = 'webinaire' and content->>'webinar' <> ''`.execute(trx);
  return new Map(
    [...Map.groupBy(rows, (r) => r.webinar)].map(([webinar, pushes]) => [webinar, pushes.map((p) => p.id)]),
  );
}
