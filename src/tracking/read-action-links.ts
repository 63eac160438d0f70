import { sql } from 'kysely';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { RETAINED } from './classify.ts';
import { SIMULATED_RULE } from './simulated.ts';

export type ActionLink = {
  actionId: number;
  /** Where it leads. */
  url: string;
  token: string;
  since: Date;
  /** Requests received since then, by what they were taken for. */
  clicks: { retained: number; doubtful: number; robots: number };
};

/**
 * The tracked links of a campaign's actions, or of one of them, the newest first, with what each brought: for every
 * partner that reads the campaign. Sums of one link, about nobody.
 */
export async function readActionLinks(
  ctx: MemberCtx,
  scope: { campaignId: number; actionId?: number },
): Promise<ActionLink[]> {
  allow(ctx.actor, 'campaign.read');
  const ids = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => visibleActions(trx, scope));
  return ids.length === 0 ? [] : acrossOrganisations(ctx.db, (trx) => actionLinks(trx, ids));
}

async function visibleActions(trx: Trx, scope: { campaignId: number; actionId?: number }): Promise<number[]> {
  const rows = await trx
    .selectFrom('actions')
    .select('id')
    .where('campaign_id', '=', scope.campaignId)
    .$if(scope.actionId !== undefined, (q) => q.where('id', '=', scope.actionId ?? 0))
    .execute();
  return rows.map((r) => r.id);
}

/** The same for these actions, inside a transaction over all organisations: tokens are no organisation's to read. */
async function actionLinks(trx: Trx, actionIds: readonly number[]): Promise<ActionLink[]> {
  type Row = { actionId: number; url: string; token: string; since: Date } & ActionLink['clicks'];
  // Push 0 and cell 0: the totals of a link that no message carries.
  const { rows } = await sql<Row>`
    select s.action_id as "actionId", l.url, t.token, t.created_at as since, c.retained, c.doubtful, c.robots
    from link_sources s
    join links l on l.source_id = s.id
    join tokens t on t.link_id = l.id and t.cell_id is null
    cross join lateral (select
      coalesce(sum(r.hits) filter (where r.class = any(${[...RETAINED]}::text[])), 0)::bigint as retained,
      coalesce(sum(r.hits) filter (where r.class = 'suspect'), 0)::bigint as doubtful,
      coalesce(sum(r.hits) filter (where r.class = 'scanner'), 0)::bigint as robots
      from hit_rollups r where r.push_id = 0 and r.cell_id = 0 and r.link_id = l.id and r.rule <> ${SIMULATED_RULE}) c
    where s.kind = 'action' and s.action_id = any(${[...actionIds]}::bigint[])
    order by t.created_at desc, l.id desc`.execute(trx);
  return rows.map(({ retained, doubtful, robots, ...link }) => ({ ...link, clicks: { retained, doubtful, robots } }));
}
