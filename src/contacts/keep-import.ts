import { actorLabel } from '../base/context.ts';
import { Refusal } from '../base/errors.ts';
import { sha256 } from '../base/tokens.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { analyseImport } from './analyse-import.ts';
import { readTable } from './read-table.ts';
import { type ImportOptions, type ImportSummary, importOptionsSchema, type OwnCtx } from './schema.ts';

/**
 * Keeps a file until its person has read what it would do (`readAnalysis`) and says yes (`startImport`). A file that
 * cannot be read at all is refused; one whose columns were not understood is kept, for the mapping to be corrected.
 */
export async function keepImport(
  ctx: OwnCtx,
  input: { file: Buffer; options: ImportOptions },
): Promise<{ importId: number }> {
  allow(ctx.actor, 'contacts.import');
  const { fileName, ...options } = importOptionsSchema.parse(input.options);
  await readTable(input.file, options.encoding);
  const forecast = await forecastOf(ctx, input);
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const { id } = await trx
      .insertInto('imports')
      .values({
        organisation_id: organisationId,
        file_name: fileName,
        file_hash: sha256(input.file),
        file: input.file,
        options: JSON.stringify(options),
        state: 'analysed',
        ...forecastColumns(forecast),
        created_by: actorLabel(ctx.actor),
        created_at: ctx.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, { action: 'contacts.keep-import', subject: `import:${id}`, detail: { fileName } });
    return { importId: id };
  });
}

/** The counts of a dry run, or null where columns or level are still to be said. */
export async function forecastOf(
  ctx: OwnCtx,
  input: { file: Buffer; options: ImportOptions },
): Promise<ImportSummary | null> {
  try {
    const { lines: _, ...summary } = (await analyseImport(ctx, input)).report;
    return summary;
  } catch (error) {
    if (error instanceof Refusal && isToBeSaid(error)) return null;
    throw error;
  }
}

/** Refusals that the person lifts by saying which column is which, or one level for the whole file. */
export const isToBeSaid = (refusal: Refusal): boolean =>
  ['column_email', 'column_unknown', 'level_missing'].includes(refusal.code);

export const forecastColumns = (forecast: ImportSummary | null) => ({
  report: forecast && JSON.stringify(forecast),
  rows_total: forecast?.rows ?? 0,
});
