import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { analyseImport } from './analyse-import.ts';
import { forecastColumns } from './keep-import.ts';
import { keptImport } from './kept-imports.ts';
import { type ImportOptions, importOptionsSchema, type OwnCtx } from './schema.ts';

/**
 * Changes how a kept file is read: which column is which, level and public for the rows that do not say theirs.
 * Throws the refusals of `readContacts` (a column given twice, no address column, no level), and changes nothing then.
 */
export async function reviseImport(
  ctx: OwnCtx,
  importId: number,
  change: Pick<ImportOptions, 'level' | 'public' | 'mapping'>,
): Promise<void> {
  allow(ctx.actor, 'contacts.import');
  const { organisationId } = ctx.actor;
  const kept = await withOrganisation(ctx.db, organisationId, (trx) => keptImport(trx, organisationId, importId));
  const { fileName, ...options } = importOptionsSchema.parse({ ...kept.options, ...change });
  const { lines: _, ...forecast } = (await analyseImport(ctx, { file: kept.file, options: { fileName, ...options } }))
    .report;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    await trx
      .updateTable('imports')
      .set({ options: JSON.stringify(options), ...forecastColumns(forecast) })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', importId)
      .where('state', '=', 'analysed')
      .execute();
    await recordAudit(trx, ctx, { action: 'contacts.revise-import', subject: `import:${importId}` });
  });
}
