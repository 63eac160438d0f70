import { actorLabel } from '../base/context.ts';
import { withClient } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { executeImport } from './execute-import.ts';
import type { Mapping } from './headers.ts';
import { type ContactRow, type ImportOptions, type ImportReport, importOptionsSchema, type OwnCtx } from './schema.ts';

export type Analysis = {
  /** What the import would answer. */
  report: ImportReport;
  header: string[];
  /** What each column was taken for: the person corrects it and sends it back in the options. */
  mapping: Mapping;
  /** Columns nothing was found for. */
  ignored: string[];
  /** The first 20 contacts, as they would be stored. */
  sample: ContactRow[];
  /** Contacts at a personal mailbox provider: rarely right for a message to companies (PRV-31). */
  personal: number;
};

/** The dry run: the whole file is read and compared with the list by the import's own code, and nothing is written. */
export async function analyseImport(ctx: OwnCtx, input: { file: Buffer; options: ImportOptions }): Promise<Analysis> {
  allow(ctx.actor, 'contacts.import');
  const options = importOptionsSchema.parse(input.options);
  const { organisationId } = ctx.actor;
  return withClient(ctx.db, { organisationId }, async (client) => {
    const job = {
      db: ctx.db,
      organisationId,
      file: input.file,
      options,
      secrets: ctx.secrets,
      now: ctx.now(),
      actor: actorLabel(ctx.actor),
      dryRun: true,
    };
    const { report, file, sample, personal } = await executeImport(client, job);
    return { report, header: file.header, mapping: file.mapping, ignored: file.ignored, sample, personal };
  });
}
