import { sql } from 'kysely';
import { acrossOrganisations, type Database } from '../db/database.ts';
import { type Features, isRobot } from './features.ts';

export type PageEvent = {
  /** Whose page it is; 0: the whole service's. */
  organisationId: number;
  /** 0: of no campaign. */
  campaignId: number;
  /** 'ressources', 'ressource:12', 'fichier:9', 'kit:5': a kind and an id, never a person. */
  page: string;
  what: 'visite' | 'telechargement' | 'copie';
};

/**
 * Adds one to the hour's count of a public page (PRV-20: by page, campaign and hour; no cookie, nothing about who). What
 * declares itself a robot, only looks ahead (prefetch) or does not ask for the page is kept apart.
 */
export async function countPage(db: Database, event: PageEvent, features: Features, now: Date): Promise<void> {
  const robot = isRobot(features) || features.method === 'HEAD';
  const { organisationId, campaignId, page, what } = event;
  await acrossOrganisations(db, (trx) =>
    sql`
      insert into page_counts as c (organisation_id, campaign_id, page, what, class, hour, n)
      values (${organisationId}, ${campaignId}, ${page}, ${what}, ${robot ? 'scanner' : 'inconnu'}, date_trunc('hour', ${now}::timestamptz), 1)
      on conflict (page, what, class, hour, organisation_id, campaign_id) do update set n = c.n + 1`.execute(trx),
  );
}
