import { sql } from 'kysely';
import { actorLabel } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { lockCascade } from '../relays/cascade.ts';
import { giveKit } from '../relays/kits.ts';
import { getRelay, type RelayRow } from '../relays/queries.ts';
import type { MemberCtx } from '../relays/schema.ts';
import { type Addressee, writeLetters } from './letters.ts';
import { mailable } from './mailable.ts';
import { type Reminder, toInvite, toRemind } from './to-write.ts';

/** `apart`: who may not be written to now, having refused messages or received enough of them; nothing says which. */
export type Written = { sent: number; apart: number };

/** Writes to one relay, or to every one that was never invited. Twice at the same second, each is written to once. */
export const inviteRelays = (ctx: MemberCtx, campaignSlug: string, relayId?: number): Promise<Written> =>
  asLead(ctx, campaignSlug, async (trx, campaign) => {
    const relays = relayId === undefined ? await toInvite(trx, campaign.id) : [await oneOf(trx, campaign.id, relayId)];
    return write(trx, ctx, campaign, relays, 'invite');
  });

/**
 * Reminds relays: those who never opened their kit, or took nothing from it, a week at least after the last mail, and
 * twice at most; or one of them, chosen.
 */
export const remindRelays = (ctx: MemberCtx, campaignSlug: string, whom: Reminder | number): Promise<Written> =>
  asLead(ctx, campaignSlug, async (trx, campaign) => {
    if (typeof whom === 'string')
      return write(trx, ctx, campaign, await toRemind(trx, campaign.id, whom, ctx.now()), 'rappel');
    const may = (await toRemind(trx, campaign.id, 'tous', ctx.now())).filter((r) => r.id === whom);
    const relay = await getRelay(trx, campaign.id, whom);
    if (may.length === 0)
      throw conflict(
        'rappel_trop_tot',
        `« ${relay.name} » n’est pas relancé : on attend une semaine après le dernier message, et deux rappels suffisent.`,
      );
    return write(trx, ctx, campaign, may, 'rappel');
  });

/** The lead says yes to a request: the relay gets its kit, and the mail with its address. It asked: no cap holds it. */
export const confirmRelay = (
  ctx: MemberCtx,
  campaignSlug: string,
  relayId: number,
): Promise<Written & { name: string }> =>
  asLead(ctx, campaignSlug, async (trx, campaign) => {
    const relay = await getRelay(trx, campaign.id, relayId);
    if (relay.confirmedAt) throw conflict('relais_confirme', `« ${relay.name} » est déjà confirmé.`);
    const now = ctx.now();
    await trx
      .updateTable('relays')
      .set({ confirmed_at: now, confirmed_by: actorLabel(ctx.actor), updated_at: now })
      .where('id', '=', relay.id)
      .execute();
    await giveKit(trx, ctx, campaign, [relay.id]);
    await recordAudit(trx, ctx, { action: 'relay.confirm', subject: `relay:${relay.id}` });
    const written = await write(trx, ctx, campaign, relay.address ? [addressee(relay)] : [], 'invite', false);
    return { ...written, name: relay.name };
  });

async function oneOf(trx: Trx, campaignId: number, relayId: number): Promise<Addressee> {
  const relay = await getRelay(trx, campaignId, relayId);
  if (!relay.confirmedAt || relay.stoppedAt)
    throw conflict('relais_arrete', `« ${relay.name} » ne relaie pas : il n’est pas écrit à ce relais.`);
  if (!relay.address)
    throw conflict('relais_sans_adresse', `« ${relay.name} » n’a pas d’adresse : remettez-lui le lien de son kit.`);
  return addressee(relay);
}

const addressee = (r: RelayRow): Addressee => ({
  id: r.id,
  name: r.name,
  contactName: r.contactName,
  address: r.address ?? '',
  addressHash: r.addressHash ?? Buffer.alloc(0),
});

async function write(
  trx: Trx,
  ctx: MemberCtx,
  campaign: CampaignRow,
  relays: readonly Addressee[],
  letter: 'invite' | 'rappel',
  capped = true,
): Promise<Written> {
  const free = await mailable(
    trx,
    ctx,
    campaign,
    relays.map((r) => r.id),
    { capped },
  );
  const chosen = relays.filter((r) => free.has(r.id));
  await writeLetters(trx, ctx, campaign, chosen, letter);
  const written = { sent: chosen.length, apart: relays.length - chosen.length };
  await recordAudit(trx, ctx, { action: `relay.${letter}`, subject: `campaign:${campaign.id}`, detail: written });
  return written;
}

/** What only the lead does, one after the other: the same act asked twice at once finds, the second time, that it was done. */
async function asLead<T>(
  ctx: MemberCtx,
  campaignSlug: string,
  run: (trx: Trx, campaign: CampaignRow) => Promise<T>,
): Promise<T> {
  allow(ctx.actor, 'relay.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    mustLead(ctx, campaign);
    await lockCascade(trx, campaign.id);
    const { rows } = await sql<{
      left: boolean;
    }>`select is_withdrawn(${campaign.id}, ${campaign.organisationId}) as left`.execute(trx);
    if (rows[0]?.left) throw conflict('campagne_quittee', 'Votre organisation s’est retirée de cette campagne.');
    return run(trx, campaign);
  });
}
