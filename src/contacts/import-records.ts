import { sql } from 'kysely';
import { sha256 } from '../base/tokens.ts';
import type { Trx } from '../db/database.ts';
import type { ImportLine, ImportOptions, ImportReport, ImportSummary } from './schema.ts';

type NewImport = { organisationId: number; options: ImportOptions; file: Buffer; createdBy: string; now: Date };

/** A row of `imports` that waits for its job, with the file. Returns its id. */
export async function insertQueued(
  trx: Trx,
  { organisationId, options, file, createdBy, now }: NewImport,
): Promise<number> {
  const { id } = await trx
    .insertInto('imports')
    .values({
      ...described(organisationId, options, file),
      file,
      state: 'queued',
      created_by: createdBy,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A row of `imports` for what was just done, without the file. */
export async function insertDone(
  trx: Trx,
  { organisationId, options, file, createdBy, now }: NewImport,
  report: ImportReport,
): Promise<number> {
  const { id } = await trx
    .insertInto('imports')
    .values({
      ...described(organisationId, options, file),
      ...outcome(report, now),
      created_by: createdBy,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertLines(trx, id, organisationId, report.lines);
  return id;
}

/** Closes a queued import with its report; the file goes (PRV: nothing is kept that is not needed). */
export async function markDone(
  trx: Trx,
  id: number,
  organisationId: number,
  report: ImportReport,
  now: Date,
): Promise<void> {
  await trx
    .updateTable('imports')
    .set({ ...outcome(report, now), file: null })
    .where('id', '=', id)
    .where('organisation_id', '=', organisationId)
    .execute();
  await insertLines(trx, id, organisationId, report.lines);
}

const described = (organisationId: number, { fileName, ...options }: ImportOptions, file: Buffer) => ({
  organisation_id: organisationId,
  file_name: fileName,
  file_hash: sha256(file),
  options: JSON.stringify(options),
});

const outcome = (report: ImportReport, now: Date) => {
  const { lines: _, ...summary } = report satisfies ImportSummary;
  return {
    state: 'done',
    report: JSON.stringify(summary),
    rows_total: report.rows,
    rows_done: report.rows,
    finished_at: now,
  };
};

const insertLines = (trx: Trx, importId: number, organisationId: number, lines: ImportLine[]) =>
  sql`insert into import_lines (import_id, organisation_id, line, severity, code, column_name, message)
    select ${importId}::bigint, ${organisationId}::bigint, line, severity, code, "column", message
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as l(line int, severity text, code text, "column" text, message text)`.execute(
    trx,
  );
