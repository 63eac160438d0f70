import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type TermRow, termsOfCampaign } from './glossary-queries.ts';

/** The glossary of a campaign; empty for a stranger (row-level security). */
export function readGlossary(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>, campaignId: number): Promise<TermRow[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => termsOfCampaign(trx, campaignId));
}
