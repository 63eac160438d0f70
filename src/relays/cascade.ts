import { sql } from 'kysely';
import { invalid } from '../base/errors.ts';
import { addressHash, normaliseAddress } from '../contacts/addresses.ts';
import { titleKey } from '../contacts/headers.ts';
import type { Trx } from '../db/database.ts';
import type { MemberCtx } from './schema.ts';

/**
 * Who changes the cascade of a campaign goes one after the other: two parents set at the same second may each be right and
 * together make a circle. The campaign's row is the lock; what refers to it is not kept waiting.
 */
export async function lockCascade(trx: Trx, campaignId: number): Promise<void> {
  await trx.selectFrom('campaigns').select('id').where('id', '=', campaignId).forNoKeyUpdate().execute();
}

/** Refuses a parent that stands somewhere under the relay. The caller holds `lockCascade`. */
export async function refuseCircle(trx: Trx, relayId: number, parentId: number): Promise<void> {
  // `union` and not `union all`: even a circle somebody made by hand ends the walk.
  const { rows } = await sql<{ id: number }>`
    with recursive above as (
      select id, parent_id from relays where id = ${parentId}
      union
      select r.id, r.parent_id from relays r join above a on r.id = a.parent_id
    ) select id from above where id = ${relayId}`.execute(trx);
  if (rows.length > 0) throw circle();
}

export const circle = () => invalid('relais_en_boucle', CIRCLE, [{ field: 'parent', message: CIRCLE }]);
const CIRCLE = 'Ce relais tient déjà le premier sous lui : la chaîne tournerait en rond. Choisissez-en un autre.';

/** The id of the confirmed relay that a file or a form names by its address or its name. */
export async function parentNamed(trx: Trx, ctx: MemberCtx, campaignId: number, named: string): Promise<number> {
  const normal = normaliseAddress(named);
  const rows = await trx
    .selectFrom('relays')
    .select(['id', 'name', 'address_hash'])
    .where('campaign_id', '=', campaignId)
    .where('confirmed_at', 'is not', null)
    .where('declined_at', 'is', null)
    .where('stopped_at', 'is', null)
    .execute();
  const hash = 'address' in normal ? addressHash(ctx.secrets, normal.normalised) : null;
  const found = rows.filter((r) => (hash ? r.address_hash?.equals(hash) : titleKey(r.name) === titleKey(named)));
  const refuse = (message: string) => invalid('relais_parent', message, [{ field: 'parent', message }]);
  const [first, other] = found;
  if (!first) throw refuse(`Aucun relais ne répond à « ${named} » : ajoutez-le d’abord.`);
  if (other) throw refuse(`Plusieurs relais s’appellent « ${named} » : donnez son adresse électronique.`);
  return first.id;
}
