import { invalid, notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { addressHash, normaliseAddress } from './addresses.ts';
import type { OwnCtx } from './schema.ts';

/** The id of the organisation's contact who has this address. */
export async function locateContact(ctx: OwnCtx, address: string): Promise<number> {
  const normal = normaliseAddress(address);
  if ('code' in normal) throw invalid(normal.code, `L’adresse « ${address} » n’est pas valable : vérifiez-la.`);
  const { organisationId } = ctx.actor;
  const row = await withOrganisation(ctx.db, organisationId, (trx) =>
    trx
      .selectFrom('contacts')
      .select('id')
      .where('organisation_id', '=', organisationId)
      .where('address_hash', '=', addressHash(ctx.secrets, normal.normalised))
      .executeTakeFirst(),
  );
  if (!row) throw notFound('Contact');
  return row.id;
}
