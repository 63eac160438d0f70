import { sql } from 'kysely';
import { acrossOrganisations, type Database } from '../db/database.ts';
import type { Origin } from './visit-sessions.ts';

/** `siteId` 0: the public pages of this service, whose openings are counted elsewhere (tracking/count-page.ts). */
export type CountedSite = { siteId: number; organisationId: number; campaignId: number };
export type VisitCount = CountedSite & {
  page: string;
  origin: Origin;
  at: Date;
  visits: number;
  pages: number;
  robots: number;
};

/** Adds to the hour's totals of a page: nothing about who, and no minute (PRV-13, PRV-20). */
export async function countVisit(db: Database, v: VisitCount): Promise<void> {
  await acrossOrganisations(db, (trx) =>
    sql`
      insert into visit_counts as c (organisation_id, campaign_id, site_id, page, channel, relay_id, hour, visits, pages, robots)
      values (${v.organisationId}, ${v.campaignId}, ${v.siteId}, ${v.page}, ${v.origin.channel}, ${v.origin.relayId},
        date_trunc('hour', ${v.at}::timestamptz), ${v.visits}, ${v.pages}, ${v.robots})
      on conflict (site_id, page, channel, relay_id, hour) do update
        set visits = c.visits + excluded.visits, pages = c.pages + excluded.pages, robots = c.robots + excluded.robots`.execute(
      trx,
    ),
  );
}
