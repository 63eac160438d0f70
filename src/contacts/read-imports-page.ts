import { notFound, Refusal } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type Analysis, analyseImport } from './analyse-import.ts';
import { type Mapping, suggestMapping } from './headers.ts';
import { rememberedMapping } from './import-mappings.ts';
import { type ImportRow, importById, importLines, listImports } from './import-queries.ts';
import { isToBeSaid } from './keep-import.ts';
import { keptImport } from './kept-imports.ts';
import type { Page } from './queries.ts';
import { readTable } from './read-table.ts';
import type { ImportLine, ImportOptions, OwnCtx } from './schema.ts';

/** The last imports, newest first. */
export function readImports(ctx: OwnCtx): Promise<ImportRow[]> {
  allow(ctx.actor, 'contacts.import');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => listImports(trx, ctx.actor.organisationId));
}

export async function readImport(ctx: OwnCtx, id: number): Promise<ImportRow> {
  allow(ctx.actor, 'contacts.import');
  const row = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    importById(trx, ctx.actor.organisationId, id),
  );
  if (!row) throw notFound('Cet import');
  return row;
}

/** The first lines of a finished import that were refused, or warned; 200 at most. */
export function readImportLines(ctx: OwnCtx, id: number, severity: ImportLine['severity']): Promise<Page<ImportLine>> {
  allow(ctx.actor, 'contacts.import');
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, (trx) => importLines(trx, organisationId, id, { severity }));
}

/** All of them, for a file to download: of a finished import as recorded, of a kept one as it would be. */
export async function readAllLines(ctx: OwnCtx, id: number, severity: ImportLine['severity']): Promise<ImportLine[]> {
  const row = await readImport(ctx, id);
  if (row.state === 'analysed') {
    const { outcome } = await readAnalysis(ctx, id);
    return outcome.kind === 'analysis'
      ? outcome.analysis.report.lines.filter((line) => line.severity === severity)
      : [];
  }
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const lines: ImportLine[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: Page<ImportLine> = await importLines(trx, organisationId, id, { severity }, after);
      lines.push(...page.rows);
      after = page.next;
    }
    return lines;
  });
}

export type KeptAnalysis = {
  options: ImportOptions;
  /** Titles of the file, with what each became: a field, or nothing. */
  columns: { title: string; example: string }[];
  mapping: Mapping;
  /** What the import would do, or why that cannot be said yet. */
  outcome: { kind: 'analysis'; analysis: Analysis } | { kind: 'problem'; problem: Refusal };
};

/** A kept file read again against today's list, by the import's own code: nothing on the page is out of date. */
export async function readAnalysis(ctx: OwnCtx, id: number): Promise<KeptAnalysis> {
  allow(ctx.actor, 'contacts.import');
  const { organisationId } = ctx.actor;
  const { kept, columns, mapping } = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const kept = await keptImport(trx, organisationId, id);
    const table = await readTable(kept.file, kept.options.encoding);
    const first = table.rows[Symbol.iterator]().next();
    const cells = first.done ? [] : first.value.cells;
    const remembered = await rememberedMapping(trx, organisationId, table.header);
    return {
      kept,
      // Of two columns with one title, only the first can be read.
      columns: table.header
        .map((title, i) => ({ title, example: (cells[i] ?? '').trim() }))
        .filter(({ title }, i) => title !== '' && table.header.indexOf(title) === i),
      mapping: { ...suggestMapping(table.header), ...remembered, ...kept.options.mapping },
    };
  });
  const { file, options } = kept;
  try {
    return {
      options,
      columns,
      mapping,
      outcome: { kind: 'analysis', analysis: await analyseImport(ctx, { file, options }) },
    };
  } catch (error) {
    if (!(error instanceof Refusal) || !isToBeSaid(error)) throw error;
    return { options, columns, mapping, outcome: { kind: 'problem', problem: error } };
  }
}
