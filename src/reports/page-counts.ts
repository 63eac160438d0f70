import { sql } from 'kysely';
import { ZONE } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { isPage } from '../pages/same-page.ts';
import type { VisitChannel } from '../pages/schema.ts';
import { type HitClass, RETAINED } from '../tracking/classify.ts';
import { SIMULATED_RULE } from '../tracking/simulated.ts';
import type { Period } from './figure.ts';

/** Requests on the links of a campaign that lead to one address, in one day of Paris. */
type DepartureRow = { link: number; day: string; class: HitClass; simulated: boolean; n: number };

export type Departures = { day: string; retained: number; doubtful: number; robots: number; simulated: number }[];

/** What left for a page, day by day; `linkedSince`: the day of the first tracked link to it, null without any. */
export type LeftFor = { departures: Departures; linkedSince: string | null };

/**
 * Everything that left for these pages by a tracked link, whoever handed it on: letters, relays, posters, declared actions.
 * What it gives counts some of them: a link that leads to two of those counts once. Across organisations.
 */
export async function departures(
  trx: Trx,
  campaignId: number,
  pages: readonly { url: string }[],
): Promise<(pages: readonly { url: string }[]) => LeftFor> {
  if (pages.length === 0) return () => ({ departures: [], linkedSince: null });
  const all = await trx.selectFrom('links').select(['id', 'url']).where('campaign_id', '=', campaignId).execute();
  const urls = [...new Set(all.map((l) => l.url))];
  const pageUrls = new Map(pages.map((p) => [p.url, new Set(urls.filter((url) => isPage(url, p.url)))]));
  // A campaign leads to many more pages than are watched: their days are not read.
  const links = all.filter((l) => [...pageUrls.values()].some((own) => own.has(l.url)));
  const ids = links.map((l) => l.id);
  const { rows } = await sql<DepartureRow>`
    select link_id as link, day::text as day, class, rule = ${SIMULATED_RULE} as simulated, sum(hits)::bigint as n
    from link_days where campaign_id = ${campaignId} and link_id = any(${ids}::bigint[])
    group by 1, 2, 3, 4 having sum(hits) <> 0 order by 2`.execute(trx);
  const since = await trackedSince(trx, ids);
  return (asked) => {
    const own = new Set(links.filter((l) => asked.some(({ url }) => pageUrls.get(url)?.has(l.url))).map((l) => l.id));
    return {
      departures: byDay(rows.filter((r) => own.has(r.link))),
      linkedSince: since.find((l) => own.has(l.link))?.day ?? null,
    };
  };
}

const byDay = (rows: readonly DepartureRow[]): Departures =>
  [...Map.groupBy(rows, (r) => r.day)].map(([day, of]) => {
    const sum = (keep: (r: DepartureRow) => boolean): number => of.filter(keep).reduce((n, r) => n + r.n, 0);
    return {
      day,
      retained: sum((r) => !r.simulated && RETAINED.includes(r.class)),
      doubtful: sum((r) => !r.simulated && r.class === 'suspect'),
      robots: sum((r) => !r.simulated && r.class === 'scanner'),
      simulated: sum((r) => r.simulated && RETAINED.includes(r.class)),
    };
  });

/** The day in Paris since when each of these links has been in somebody's hands, oldest first. */
async function trackedSince(trx: Trx, links: readonly number[]): Promise<{ link: number; day: string }[]> {
  const { rows } = await sql<{ link: number; day: string }>`
    select l.id as link, (min(t.at) at time zone ${ZONE})::date::text as day
    from links l cross join lateral (
      select s.created_at as at from tokens s where s.link_id = l.id and s.cell_id is null
      union all
      -- A letter's are made when its list is drawn: one of them is enough to know that there are some.
      select f.at from freezes f where f.push_id = l.push_id and exists (
        select from cells g join tokens c on c.cell_id = g.id and c.link_id = l.id where g.push_id = l.push_id)) t
    where l.id = any(${[...links]}::bigint[])
    group by 1 order by 2`.execute(trx);
  return rows;
}

export type VisitRow = { siteId: number; channel: VisitChannel; visits: number; pages: number; robots: number };

/** Visits in a window, by site (0: our own public pages) and by what they began by. Hours never straddle two days in Paris. */
export async function visitRows(trx: Trx, campaignId: number, { start, end }: Period): Promise<VisitRow[]> {
  const { rows } = await sql<VisitRow>`
    select site_id as "siteId", channel, sum(visits)::bigint as visits, sum(pages)::bigint as pages, sum(robots)::bigint as robots
    from visit_counts
    where campaign_id = ${campaignId} and hour >= ${start} and hour < ${end}
    group by 1, 2 order by 1, 2`.execute(trx);
  return rows;
}
