import type { Trx } from '../db/database.ts';
import { headersHash, type Mapping } from './headers.ts';

/** The mapping this organisation corrected for a file with the same titles, or null. */
export async function rememberedMapping(trx: Trx, organisationId: number, header: string[]): Promise<Mapping | null> {
  const row = await trx
    .selectFrom('import_mappings')
    .select('mapping')
    .where('organisation_id', '=', organisationId)
    .where('headers_hash', '=', headersHash(header))
    .executeTakeFirst();
  return row ? (row.mapping as Mapping) : null;
}

export async function rememberMapping(
  trx: Trx,
  organisationId: number,
  header: string[],
  mapping: Mapping,
  now: Date,
): Promise<void> {
  const row = { mapping: JSON.stringify(mapping), updated_at: now };
  await trx
    .insertInto('import_mappings')
    .values({ organisation_id: organisationId, headers_hash: headersHash(header), ...row })
    .onConflict((oc) => oc.columns(['organisation_id', 'headers_hash']).doUpdateSet(row))
    .execute();
}
