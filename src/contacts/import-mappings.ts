import type { Trx } from '../db/database.ts';
import { headersHash, type Mapping } from './headers.ts';

/** The mapping this organisation corrected for a file with the same titles, or null; `M` as it was remembered. */
export async function rememberedMapping<M = Mapping>(
  trx: Trx,
  organisationId: number,
  header: readonly string[],
): Promise<M | null> {
  const row = await trx
    .selectFrom('import_mappings')
    .select('mapping')
    .where('organisation_id', '=', organisationId)
    .where('headers_hash', '=', headersHash(header))
    .executeTakeFirst();
  return row ? (row.mapping as M) : null;
}

export async function rememberMapping(
  trx: Trx,
  organisationId: number,
  header: readonly string[],
  mapping: Partial<Record<string, string>>,
  now: Date,
): Promise<void> {
  const row = { mapping: JSON.stringify(mapping), updated_at: now };
  await trx
    .insertInto('import_mappings')
    .values({ organisation_id: organisationId, headers_hash: headersHash(header), ...row })
    .onConflict((oc) => oc.columns(['organisation_id', 'headers_hash']).doUpdateSet(row))
    .execute();
}
