import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { type RawBuilder, sql } from 'kysely';
import { CSV_BOM, csvLine } from '../base/csv.ts';
import { LEVEL_NAMES, PUBLIC_NAMES } from '../base/words.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { compileAudience } from './audience-sql.ts';
import { type ContactCard, contactCards } from './queries.ts';
import type { OwnCtx } from './schema.ts';

const PAGE = 2000;

/** Titles are those the import recognises, so that a file that went out can come back in. */
const COLUMNS: { title: string; value: (contact: ContactCard) => string | number | null }[] = [
  { title: 'Adresse électronique', value: (c) => c.address },
  { title: 'Civilité', value: (c) => c.civility },
  { title: 'Prénom', value: (c) => c.firstName },
  { title: 'Nom', value: (c) => c.lastName },
  { title: 'Entreprise', value: (c) => c.company },
  { title: 'SIRET', value: (c) => c.siret },
  { title: 'Code NAF', value: (c) => c.naf },
  { title: 'IDCC', value: (c) => c.idcc },
  { title: 'Effectif', value: (c) => c.headcount },
  { title: 'Code postal', value: (c) => c.postalCode },
  { title: 'Département', value: (c) => c.departement },
  { title: 'Région', value: (c) => c.region },
  { title: 'Fonction', value: (c) => c.job },
  { title: 'Niveau', value: (c) => LEVEL_NAMES[c.level] },
  { title: 'Public', value: (c) => PUBLIC_NAMES[c.public] },
  { title: 'Étiquettes', value: (c) => c.tags.join(', ') || null },
  { title: 'Commentaire', value: (c) => c.note },
  { title: 'Date de collecte', value: (c) => c.collectedOn },
  { title: 'Source', value: (c) => c.source },
];

export type ExportFormat = 'csv' | 'xlsx';

/**
 * The organisation's contacts, or those an audience rule selects, as a file that is written while it is read: memory
 * holds one page. Every identifier is text; a cell that begins like a formula stays text in both formats (FR-03).
 */
export async function exportContacts(
  ctx: OwnCtx,
  input: { format: ExportFormat; rule?: unknown },
): Promise<{ fileName: string; type: string; body: Readable }> {
  allow(ctx.actor, 'contacts.export');
  const where = compileAudience(input.rule ?? {});
  await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    recordAudit(trx, ctx, {
      action: 'contacts.export',
      subject: `organisation:${ctx.actor.organisationId}`,
      detail: { format: input.format, rule: input.rule ?? null },
    }),
  );
  const body = new PassThrough();
  const write = input.format === 'csv' ? writeCsv : writeXlsx;
  write(pages(ctx, where), body).catch((error: Error) => body.destroy(error));
  const type =
    input.format === 'csv'
      ? 'text/csv; charset=utf-8'
      : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  return { fileName: `contacts.${input.format}`, type, body };
}

/** One short transaction per page, by key: a slow reader holds no snapshot open. */
async function* pages(ctx: OwnCtx, where: RawBuilder<unknown>): AsyncGenerator<ContactCard[]> {
  const { organisationId } = ctx.actor;
  for (let after = 0; ; ) {
    const page = await withOrganisation(ctx.db, organisationId, (trx) =>
      contactCards(
        trx,
        sql`c.organisation_id = ${organisationId} and c.id > ${after} and ${where} order by c.id limit ${PAGE}`,
      ),
    );
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

type Pages = AsyncIterable<ContactCard[]>;

async function writeCsv(contacts: Pages, into: PassThrough): Promise<void> {
  into.write(CSV_BOM + csvLine(COLUMNS.map((c) => c.title)));
  for await (const page of contacts) {
    const text = page.map((contact) => csvLine(COLUMNS.map((c) => c.value(contact)))).join('');
    if (!into.write(text)) await once(into, 'drain');
  }
  into.end();
}

async function writeXlsx(contacts: Pages, into: PassThrough): Promise<void> {
  // Four hundred modules, which only a workbook needs.
  const { default: excel } = await import('exceljs');
  const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: into, useStyles: true });
  const sheet = workbook.addWorksheet('Contacts', { views: [{ state: 'frozen', ySplit: 1 }] });
  // '@' is Excel's text format: a SIRET keeps its digits and `=…` is never computed, even when the cell is edited.
  sheet.columns = COLUMNS.map(({ title }) => ({ header: title, width: 22, style: { numFmt: '@' } }));
  for await (const page of contacts) {
    for (const contact of page) sheet.addRow(COLUMNS.map((c) => c.value(contact))).commit();
    if (into.writableNeedDrain) await once(into, 'drain');
  }
  sheet.commit();
  await workbook.commit();
}
