import { conflict } from '../base/errors.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { revokeKits } from './kits.ts';
import { getRelay, type RelayRow } from './queries.ts';
import type { MemberCtx } from './schema.ts';

/** The relay relays no longer: its kit closes, nobody writes to it again; what it did stays counted. */
export function stopRelay(ctx: MemberCtx, campaignSlug: string, relayId: number): Promise<{ name: string }> {
  return changeRelay(ctx, campaignSlug, relayId, async (trx, relay) => {
    if (relay.stoppedAt) throw conflict('relais_arrete', `« ${relay.name} » ne relaie déjà plus.`);
    await writeStopped(trx, relay.id, ctx.now());
    await recordAudit(trx, ctx, { action: 'relay.stop', subject: `relay:${relay.id}` });
  });
}

/** The same inside the caller's transaction, which has checked who asks: the lead, or the relay from its own kit. */
export async function writeStopped(trx: Trx, relayId: number, now: Date): Promise<void> {
  await trx.updateTable('relays').set({ stopped_at: now, updated_at: now }).where('id', '=', relayId).execute();
  await revokeKits(trx, [relayId], now);
}

/** A request that the lead does not follow: who asked is not told, and may ask again. */
export function declineRelay(ctx: MemberCtx, campaignSlug: string, relayId: number): Promise<{ name: string }> {
  return changeRelay(ctx, campaignSlug, relayId, async (trx, relay) => {
    if (relay.confirmedAt)
      throw conflict('relais_confirme', `« ${relay.name} » est déjà confirmé : arrêtez-le plutôt.`);
    const now = ctx.now();
    await trx.updateTable('relays').set({ declined_at: now, updated_at: now }).where('id', '=', relay.id).execute();
    await recordAudit(trx, ctx, { action: 'relay.decline', subject: `relay:${relay.id}` });
  });
}

/** What only the lead of the campaign does to one of its relays, in one transaction. Answers the relay's name. */
async function changeRelay(
  ctx: MemberCtx,
  campaignSlug: string,
  relayId: number,
  change: (trx: Trx, relay: RelayRow) => Promise<void>,
): Promise<{ name: string }> {
  allow(ctx.actor, 'relay.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    mustLead(ctx, campaign);
    const relay = await getRelay(trx, campaign.id, relayId);
    await change(trx, relay);
    return { name: relay.name };
  });
}
