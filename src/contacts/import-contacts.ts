import { actorLabel } from '../base/context.ts';
import { withClient } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { executeImport } from './execute-import.ts';
import { insertDone } from './import-records.ts';
import { onClient } from './on-client.ts';
import { type ImportOptions, type ImportReport, importOptionsSchema, type OwnCtx } from './schema.ts';

/**
 * Imports a file at once and answers its report; all of it or, on an error, nothing. The page queues instead
 * (`queueImport`). `onRows` is told how many rows of the file are done.
 */
export async function importContacts(
  ctx: OwnCtx,
  input: { file: Buffer; options: ImportOptions },
  onRows?: (rows: number) => void,
): Promise<ImportReport & { importId: number }> {
  allow(ctx.actor, 'contacts.import');
  const options = importOptionsSchema.parse(input.options);
  const { organisationId } = ctx.actor;
  const createdBy = actorLabel(ctx.actor);
  const now = ctx.now();
  return withClient(ctx.db, { organisationId }, async (client) => {
    const job = {
      db: ctx.db,
      organisationId,
      file: input.file,
      options,
      secrets: ctx.secrets,
      now,
      actor: createdBy,
      dryRun: false,
    };
    const { report } = await executeImport(client, job, onRows);
    const trx = onClient(client);
    const importId = await insertDone(trx, { organisationId, options, file: input.file, createdBy, now }, report);
    const { lines: _, ...counts } = report;
    await recordAudit(trx, ctx, { action: 'contacts.import', subject: `import:${importId}`, detail: counts });
    return { ...report, importId };
  });
}
