import type { Secrets } from '../base/context.ts';
import { Refusal } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Database, withClient, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { executeImport } from './execute-import.ts';
import { markDone } from './import-records.ts';
import { onClient } from './on-client.ts';
import type { ImportOptions } from './schema.ts';

type Claimed = { organisation_id: number; file: Buffer; file_name: string; options: unknown; created_by: string };

/**
 * Runs one queued import: all of it or nothing. Safe to run twice, at once or after a crash: the contacts and the
 * state `done` are one transaction, and whoever comes second finds nothing left to do. A file that cannot be read makes
 * the import `failed` with its sentence; any other error is thrown, for the queue to try again.
 */
export async function runImport(db: Database, secrets: Secrets, importId: number, now: Date): Promise<void> {
  const claimed = await claim(db, importId);
  if (!claimed) return;
  const { organisation_id: organisationId, file, created_by: actor } = claimed;
  const options = { ...(claimed.options as Omit<ImportOptions, 'fileName'>), fileName: claimed.file_name };
  let saving: Promise<unknown> = Promise.resolve();
  const saveProgress = (rows: number): void => {
    saving = saving.then(() => progress(db, organisationId, importId, rows));
  };
  try {
    await withClient(db, { organisationId }, async (client) => {
      const trx = onClient(client);
      const { report } = await executeImport(
        client,
        { db, organisationId, file, options, secrets, now, actor, dryRun: false },
        saveProgress,
      );
      await saving;
      // The list was locked by the import: a second run that waited there sees here that the first one is done.
      if (!(await stillToDo(trx, importId))) throw alreadyDone;
      await markDone(trx, importId, organisationId, report, now);
      const { lines: _, ...counts } = report;
      await recordAudit(
        trx,
        { actor: { kind: 'command', name: actor, organisationId }, now: () => now },
        { action: 'contacts.import', subject: `import:${importId}`, detail: counts },
      );
    });
  } catch (error) {
    await saving;
    if (error === alreadyDone) return;
    if (!(error instanceof Refusal)) throw error;
    await fail(db, organisationId, importId, error.message, now);
  }
}

/** Thrown to roll back a second run of the same import. */
const alreadyDone = new Error('import already done');

const claim = (db: Database, importId: number): Promise<Claimed | undefined> =>
  acrossOrganisations(db, (trx) =>
    trx
      .updateTable('imports')
      .set({ state: 'running' })
      .where('id', '=', importId)
      .where('state', 'in', ['queued', 'running'])
      .where('file', 'is not', null)
      .returning(['organisation_id', 'file', 'file_name', 'options', 'created_by'])
      .$narrowType<{ file: Buffer }>()
      .executeTakeFirst(),
  );

const stillToDo = async (trx: Parameters<typeof markDone>[0], importId: number): Promise<boolean> =>
  (await trx.selectFrom('imports').select('state').where('id', '=', importId).executeTakeFirst())?.state === 'running';

/** On a connection of its own, so that the page sees it while the import's transaction is still open. */
async function progress(db: Database, organisationId: number, importId: number, rows: number): Promise<void> {
  try {
    await withOrganisation(db, organisationId, (trx) =>
      trx
        .updateTable('imports')
        .set({ rows_done: rows })
        .where('id', '=', importId)
        .where('state', '=', 'running')
        .execute(),
    );
  } catch (error) {
    // An import is not lost for a progress bar.
    log.warn({ importId, error: (error as Error).message }, 'avancement de l’import non enregistré');
  }
}

const fail = (db: Database, organisationId: number, importId: number, error: string, now: Date) =>
  withOrganisation(db, organisationId, (trx) =>
    trx
      .updateTable('imports')
      .set({ state: 'failed', error, file: null, finished_at: now })
      .where('id', '=', importId)
      .where('state', '=', 'running')
      .execute(),
  );
