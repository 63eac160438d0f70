import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { ImportOptions } from './schema.ts';

export type KeptImport = { id: number; file: Buffer; options: ImportOptions };

/** A file that waits for its person's word. Done, under way or another organisation's: it does not exist here. */
export async function keptImport(trx: Trx, organisationId: number, id: number): Promise<KeptImport> {
  const row = await trx
    .selectFrom('imports')
    .select(['id', 'file', 'file_name', 'options'])
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('state', '=', 'analysed')
    .executeTakeFirst();
  if (!row?.file) throw notFound('Cet import');
  return {
    id: row.id,
    file: row.file,
    options: { ...(row.options as Omit<ImportOptions, 'fileName'>), fileName: row.file_name },
  };
}
