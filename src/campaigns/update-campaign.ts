import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { MemberCtx } from './create-campaign.ts';
import { type CampaignRow, campaignInput, getCampaign } from './queries.ts';
import type { CampaignInput } from './schema.ts';
import { checkedCampaign, columnsOf, writePartnersAndTargets } from './write.ts';

/**
 * Changes some fields of a campaign (the others stay), by its lead only. Answers the names of the fields that really
 * changed; none is not an error and writes nothing.
 */
export async function updateCampaign(
  ctx: MemberCtx,
  slug: string,
  changes: Partial<CampaignInput>,
): Promise<{ id: number; changed: string[] }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, slug);
    const before = await campaignInput(trx, campaign);
    return changeCampaign(trx, ctx, campaign, checkedCampaign({ ...before, ...changes, slug }));
  });
}

/** The same inside the caller's transaction: makes the campaign what `input` says, whole. */
export async function changeCampaign(
  trx: Trx,
  ctx: MemberCtx,
  campaign: CampaignRow,
  input: CampaignInput,
): Promise<{ id: number; changed: string[] }> {
  mustLead(ctx, campaign);
  const before = await campaignInput(trx, campaign);
  const fields = Object.keys(input) as (keyof CampaignInput)[];
  const changed = fields.filter((f) => !isDeepStrictEqual(before[f], input[f]));
  if (!changed.length) return { id: campaign.id, changed };
  await trx.updateTable('campaigns').set(columnsOf(input, ctx)).where('id', '=', campaign.id).execute();
  await writePartnersAndTargets(trx, { id: campaign.id, leadId: campaign.organisationId }, input);
  await recordAudit(trx, ctx, { action: 'campaign.update', subject: `campaign:${campaign.id}`, detail: { changed } });
  return { id: campaign.id, changed };
}

/** Partners read a joint campaign; only its lead changes it. */
export function mustLead(ctx: MemberCtx, campaign: CampaignRow): void {
  if (campaign.organisationId !== ctx.actor.organisationId)
    throw forbidden(`La campagne « ${campaign.name} » n’est modifiée que par son pilote : demandez-le-lui.`);
}
