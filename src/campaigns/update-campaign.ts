import { isDeepStrictEqual } from 'node:util';
import { forbidden, invalid } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import type { MemberCtx } from './create-campaign.ts';
import { type CampaignRow, campaignInput } from './queries.ts';
import type { CampaignInput } from './schema.ts';
import { columnsOf, organisationIds, writePartnersAndTargets } from './write.ts';

/**
 * Makes the campaign what `input` says, whole, in the caller's transaction. Answers the names of the fields that really
 * changed; none is not an error and writes nothing. What has been approved with it is for the caller to reopen.
 */
export async function changeCampaign(
  trx: Trx,
  ctx: MemberCtx,
  campaign: CampaignRow,
  input: CampaignInput,
): Promise<{ id: number; changed: string[] }> {
  mustLead(ctx, campaign);
  const lead = input.partners.find((p) => p.role === 'pilote')?.organisation ?? '';
  if ((await organisationIds(trx, [lead])).get(lead) !== campaign.organisationId)
    throw invalid('pilote', 'Une campagne garde son pilote : redonnez-lui ce rôle.', [
      { field: 'partners', message: 'Une campagne garde son pilote : redonnez-lui ce rôle.' },
    ]);
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
