import type { Ctx } from '../base/context.ts';
import { openId } from '../base/tokens.ts';
import { acrossOrganisations } from '../db/database.ts';
import { KIT, kitState } from '../relays/kits.ts';

/** What public pages are made with. */
export type Instance = Pick<Ctx, 'db' | 'secrets' | 'now' | 'publicUrl'>;

/** An open kit: whose it is, and the lead whose campaign it is about. */
export type OpenKit = {
  token: string;
  kitId: number;
  relayId: number;
  relay: string;
  kind: string;
  campaignId: number;
  campaign: string;
  organisationId: number;
};

/**
 * The kit behind an address. Null for one that was guessed, revoked or has expired, and for a relay that stopped: who
 * tries addresses learns nothing from the answer.
 */
export async function openKit(instance: Instance, token: string): Promise<OpenKit | null> {
  const id = openId(instance.secrets.doors, KIT, token);
  if (id === null) return null;
  const row = await acrossOrganisations(instance.db, (trx) =>
    trx
      .selectFrom('kits as k')
      .innerJoin('relays as r', 'r.id', 'k.relay_id')
      .innerJoin('campaigns as c', 'c.id', 'k.campaign_id')
      .select([
        'k.id as kitId',
        'k.expires_at as expiresAt',
        'k.revoked_at as revokedAt',
        'r.id as relayId',
        'r.name as relay',
        'r.kind',
        'c.id as campaignId',
        'c.slug as campaign',
        'c.organisation_id as organisationId',
      ])
      .where('k.id', '=', id)
      .where('r.confirmed_at', 'is not', null)
      .where('r.declined_at', 'is', null)
      .where('r.stopped_at', 'is', null)
      .executeTakeFirst(),
  );
  if (!row) return null;
  const { expiresAt, revokedAt, ...kit } = row;
  return kitState({ expiresAt, revokedAt }, instance.now()) === 'ouvert' ? { token, ...kit } : null;
}
