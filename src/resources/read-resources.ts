import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type ResourceRow, resourcesOfCampaign } from './queries.ts';

/** The inventory of a campaign the actor's organisation takes part in; empty for a stranger (row-level security). */
export function readResources(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>, campaignId: number): Promise<ResourceRow[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => resourcesOfCampaign(trx, campaignId));
}
