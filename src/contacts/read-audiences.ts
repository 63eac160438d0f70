import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type Audience, listAudiences } from './audience-queries.ts';

/** The audiences of a campaign, by name; empty for a stranger (row-level security). */
export function readCampaignAudiences(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  campaignId: number,
): Promise<Audience[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => listAudiences(trx, { campaignId }));
}
