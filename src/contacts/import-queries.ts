import type { Trx } from '../db/database.ts';
import type { Page } from './queries.ts';
import type { ImportLine, ImportSummary } from './schema.ts';

export type ImportRow = {
  id: number;
  fileName: string;
  state: 'analysed' | 'queued' | 'running' | 'done' | 'failed';
  report: ImportSummary | null;
  rowsTotal: number;
  rowsDone: number;
  error: string | null;
  createdBy: string;
  createdAt: Date;
  finishedAt: Date | null;
};

const imports = (trx: Trx, organisationId: number) =>
  trx
    .selectFrom('imports')
    .select([
      'id',
      'file_name as fileName',
      'state',
      'report',
      'rows_total as rowsTotal',
      'rows_done as rowsDone',
      'error',
      'created_by as createdBy',
      'created_at as createdAt',
      'finished_at as finishedAt',
    ])
    .where('organisation_id', '=', organisationId)
    .$castTo<ImportRow>();

/** The last imports, newest first. */
export const listImports = (trx: Trx, organisationId: number, limit = 20): Promise<ImportRow[]> =>
  imports(trx, organisationId).orderBy('id', 'desc').limit(limit).execute();

export const importById = (trx: Trx, organisationId: number, id: number): Promise<ImportRow | undefined> =>
  imports(trx, organisationId).where('id', '=', id).executeTakeFirst();

const PAGE = 200;

/** Refused and warned lines of one import, in the order of the file; `after` counts the lines already seen. */
export async function importLines(
  trx: Trx,
  organisationId: number,
  importId: number,
  filter: { severity?: ImportLine['severity'] } = {},
  after: number | null = null,
): Promise<Page<ImportLine>> {
  const start = after ?? 0;
  const rows = await trx
    .selectFrom('import_lines')
    .select(['line', 'severity', 'code', 'column_name as column', 'message'])
    .where('organisation_id', '=', organisationId)
    .where('import_id', '=', importId)
    .$if(filter.severity !== undefined, (q) => q.where('severity', '=', filter.severity!))
    .orderBy('line')
    .orderBy('code')
    .offset(start)
    .limit(PAGE + 1)
    .$castTo<ImportLine>()
    .execute();
  return { rows: rows.slice(0, PAGE), next: rows.length > PAGE ? start + PAGE : null };
}
