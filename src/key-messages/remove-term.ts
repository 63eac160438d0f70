import type { Actor, Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { mustLead } from './add-version.ts';

/** Takes a word out of the campaign's glossary; answers which one. */
export async function removeTerm(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  campaignId: number,
  id: number,
): Promise<{ term: string }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    await mustLead(trx, ctx, campaignId);
    const removed = await trx
      .deleteFrom('glossary_terms')
      .where('id', '=', id)
      .where('campaign_id', '=', campaignId)
      .returning('term')
      .executeTakeFirst();
    if (!removed) throw notFound('Ce terme');
    await recordAudit(trx, ctx, { action: 'glossary.remove', subject: `glossary:${id}`, detail: removed });
    return removed;
  });
}
