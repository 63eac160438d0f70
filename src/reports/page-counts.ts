import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { isPage } from '../pages/same-page.ts';
import type { VisitChannel } from '../pages/schema.ts';
import { type HitClass, RETAINED } from '../tracking/classify.ts';
import { SIMULATED_RULE } from '../tracking/simulated.ts';
import type { Period } from './figure.ts';

/** Requests on the links of a campaign that lead to one address, in one day of Paris. */
type DepartureRow = { url: string; day: string; class: HitClass; simulated: boolean; n: number };

export type Departures = { day: string; retained: number; doubtful: number; robots: number; simulated: number }[];

/** Everything that left by a tracked link, whoever handed it on: letters, relays, posters, declared actions. Across organisations. */
export async function departures(trx: Trx, campaignId: number): Promise<(page: { url: string }) => Departures> {
  const { rows } = await sql<DepartureRow>`
    select l.url, d.day::text as day, d.class, d.rule = ${SIMULATED_RULE} as simulated, sum(d.hits)::bigint as n
    from hit_days d join links l on l.id = d.link_id
    where d.campaign_id = ${campaignId}
    group by 1, 2, 3, 4 having sum(d.hits) <> 0 order by 2`.execute(trx);
  return (page) => {
    const own = rows.filter((r) => isPage(r.url, page.url));
    return [...Map.groupBy(own, (r) => r.day)].map(([day, of]) => {
      const sum = (keep: (r: DepartureRow) => boolean): number => of.filter(keep).reduce((n, r) => n + r.n, 0);
      return {
        day,
        retained: sum((r) => !r.simulated && RETAINED.includes(r.class)),
        doubtful: sum((r) => !r.simulated && r.class === 'suspect'),
        robots: sum((r) => !r.simulated && r.class === 'scanner'),
        simulated: sum((r) => r.simulated && RETAINED.includes(r.class)),
      };
    });
  };
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
