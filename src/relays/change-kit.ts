import { conflict } from '../base/errors.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { giveKit, revokeKits } from './kits.ts';
import { getRelay } from './queries.ts';
import type { MemberCtx } from './schema.ts';

/**
 * Closes the kit of a relay; `renew` opens another, at another address. Its tracked links and its posters, printed
 * perhaps, stay good: only the page of the kit is concerned. Answers the new kit's id.
 */
export async function changeKit(
  ctx: MemberCtx,
  campaignSlug: string,
  relayId: number,
  what: 'renew' | 'revoke',
): Promise<{ kitId: number | null }> {
  allow(ctx.actor, 'relay.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    mustLead(ctx, campaign);
    const relay = await getRelay(trx, campaign.id, relayId);
    if (!relay.confirmedAt || relay.stoppedAt)
      throw conflict('relais_sans_kit', `« ${relay.name} » ne relaie pas : il n’a pas de kit.`);
    const closed = await revokeKits(trx, [relay.id], ctx.now());
    const made = what === 'renew' ? await giveKit(trx, ctx, campaign, [relay.id]) : null;
    await recordAudit(trx, ctx, { action: `kit.${what}`, subject: `relay:${relay.id}`, detail: { closed } });
    return { kitId: made?.get(relay.id) ?? null };
  });
}
