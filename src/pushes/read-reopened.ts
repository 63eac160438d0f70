import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';

/** Pushes that are submitted or approved and have not ended: those a change of the campaign would ask for again. */
export function readSubmittedPushes(ctx: MemberCtx, campaignId: number): Promise<{ slug: string; title: string }[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    trx
      .selectFrom('pushes')
      .select(['slug', 'title'])
      .where('campaign_id', '=', campaignId)
      .where('current_proof_id', 'is not', null)
      .where('finished_at', 'is', null)
      .where('cancelled_at', 'is', null)
      .orderBy('id')
      .execute(),
  );
}
