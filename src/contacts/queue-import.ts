import { actorLabel } from '../base/context.ts';
import { invalid } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { insertQueued } from './import-records.ts';
import { MAX_FILE_BYTES } from './read-table.ts';
import { type ImportOptions, importOptionsSchema, type OwnCtx } from './schema.ts';

/**
 * Keeps a file for `runImport` and answers the id of its import. `enqueue` puts the job in the caller's queue, in the
 * same transaction: a file kept is a job owed.
 */
export async function queueImport(
  ctx: OwnCtx,
  input: { file: Buffer; options: ImportOptions },
  enqueue: (trx: Trx, importId: number) => Promise<void>,
): Promise<{ importId: number }> {
  allow(ctx.actor, 'contacts.import');
  const options = importOptionsSchema.parse(input.options);
  if (input.file.length > MAX_FILE_BYTES)
    throw invalid(
      'file_too_big',
      `Le fichier dépasse ${MAX_FILE_BYTES / 1024 / 1024} Mo : partagez-le en plusieurs fichiers.`,
    );
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const importId = await insertQueued(trx, {
      organisationId,
      options,
      file: input.file,
      createdBy: actorLabel(ctx.actor),
      now: ctx.now(),
    });
    await recordAudit(trx, ctx, {
      action: 'contacts.queue-import',
      subject: `import:${importId}`,
      detail: { fileName: options.fileName },
    });
    await enqueue(trx, importId);
    return { importId };
  });
}
