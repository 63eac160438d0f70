import { actorLabel } from '../base/context.ts';
import { fromParis } from '../base/dates.ts';
import { sealId } from '../base/tokens.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import type { MemberCtx } from './schema.ts';

export const KIT = 'kit';

export type KitRow = { id: number; relayId: number; createdAt: Date; expiresAt: Date | null; revokedAt: Date | null };
export type KitState = 'ouvert' | 'expire' | 'retire';

export const kitState = (kit: Pick<KitRow, 'expiresAt' | 'revokedAt'>, now: Date): KitState =>
  kit.revokedAt ? 'retire' : kit.expiresAt && kit.expiresAt <= now ? 'expire' : 'ouvert';

/** Where a relay opens its kit: the address is the secret, sealed from the row's id, and stored nowhere. */
export const kitUrl = (ctx: Pick<MemberCtx, 'secrets' | 'publicUrl'>, kitId: number): string =>
  `${ctx.publicUrl}/kit/${sealId(ctx.secrets.doors, KIT, kitId)}`;

const MONTHS_AFTER = 3;

/** Posters stay up after a campaign, and figures are read then; a link lost in a mailbox does not open for ever. */
function expiryOf(campaign: Pick<CampaignRow, 'endsOn'>, now: Date): Date {
  const [year = 0, month = 0, day = 0] = campaign.endsOn.split('-').map(Number);
  const last = fromParis(year, month + MONTHS_AFTER, day + 1);
  return last > now ? last : new Date(now.getTime() + 90 * 86_400_000);
}

/** A new kit for each of these relays of one campaign; those they had are not touched. Answers relay → kit. */
export async function giveKit(
  trx: Trx,
  ctx: Pick<MemberCtx, 'actor' | 'now'>,
  campaign: Pick<CampaignRow, 'id' | 'organisationId' | 'endsOn'>,
  relayIds: readonly number[],
): Promise<Map<number, number>> {
  if (relayIds.length === 0) return new Map();
  const now = ctx.now();
  const made = await trx
    .insertInto('kits')
    .values(
      relayIds.map((relayId) => ({
        organisation_id: campaign.organisationId,
        campaign_id: campaign.id,
        relay_id: relayId,
        created_at: now,
        created_by: actorLabel(ctx.actor),
        expires_at: expiryOf(campaign, now),
      })),
    )
    .returning(['id', 'relay_id'])
    .execute();
  return new Map(made.map((k) => [k.relay_id, k.id]));
}

/** The last kit each of these relays was given. */
export async function lastKits(trx: Trx, relayIds: readonly number[]): Promise<Map<number, KitRow>> {
  const rows = await trx
    .selectFrom('kits')
    .distinctOn('relay_id')
    .select([
      'id',
      'relay_id as relayId',
      'created_at as createdAt',
      'expires_at as expiresAt',
      'revoked_at as revokedAt',
    ])
    .where('relay_id', 'in', [...relayIds])
    .orderBy('relay_id')
    .orderBy('id', 'desc')
    .execute();
  return new Map(rows.map((k) => [k.relayId, k]));
}

/** Every kit of these relays opens nothing any more. Answers how many did until now. */
export async function revokeKits(trx: Trx, relayIds: readonly number[], now: Date): Promise<number> {
  const done = await trx
    .updateTable('kits')
    .set({ revoked_at: now })
    .where('relay_id', 'in', [...relayIds])
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}
