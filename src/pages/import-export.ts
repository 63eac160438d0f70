import { z } from 'zod';
import { DATE_ORDERS } from '../attendance/schema.ts';
import { actorLabel } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import { conflict, forbidden, invalid, notFound } from '../base/errors.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { rememberedMapping, rememberMapping } from '../contacts/import-mappings.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { EXPORT_FIELDS, type ExportMapping } from './export-columns.ts';
import { type FileSource, factsOf } from './file-source.ts';
import type { ImportReport, Overlap } from './import-report.ts';
import { exportedDays, getPage, importsOf, type PageImport, type WatchedPage } from './queries.ts';
import { type ExportDay, type ReadExport, readExport } from './read-export.ts';
import type { MemberCtx } from './schema.ts';
import { insertDays } from './write-days.ts';

export const exportOptionsSchema = z.strictObject({
  /** How 03/12 is read, where the file does not settle it. */
  dates: z.enum(DATE_ORDERS).optional(),
  mapping: z.partialRecord(z.enum(EXPORT_FIELDS), z.string().max(200)).optional(),
  only: z.string().max(200).optional(),
  /** Its days take the place of those that another file gave otherwise. */
  replace: z.boolean().default(false),
});
export type ExportOptions = z.input<typeof exportOptionsSchema>;

export type ExportAnalysis =
  | { kind: 'file'; report: ImportReport; header: string[] }
  | { kind: 'known'; report: ImportReport; fileName: string }
  | Exclude<ReadExport, { kind: 'file' }>;

/** What a file would bring: read whole with the import's own code, and nothing is kept. */
export async function analyseExport(
  ctx: MemberCtx,
  campaignSlug: string,
  pageSlug: string,
  source: FileSource,
  options: ExportOptions = {},
): Promise<ExportAnalysis> {
  allow(ctx.actor, 'campaign.write');
  const found = await readFor(ctx, campaignSlug, pageSlug, source, exportOptionsSchema.parse(options));
  if ('known' in found) return { kind: 'known', report: found.known.report, fileName: found.known.fileName };
  if (found.read.kind !== 'file') return found.read;
  const { file } = found.read;
  const { overlap } = await inPage(ctx, campaignSlug, pageSlug, (trx, page) => overlapOf(trx, page, file.days));
  return { kind: 'file', header: file.header, report: { ...file.report, overlap } };
}

/**
 * Keeps what a page's owner exported, day by day, beside our own figures and never added to them. The same bytes again
 * change nothing. Throws `dates_a_dire`, `colonnes_a_dire`, `page_a_dire` where somebody must say, and `jours_deja_donnes`
 * where another file gave the same days otherwise and nobody asked to replace them.
 */
export async function importExport(
  ctx: MemberCtx,
  campaignSlug: string,
  pageSlug: string,
  source: FileSource,
  options: ExportOptions = {},
): Promise<{ outcome: 'imported' | 'unchanged'; importId: number; report: ImportReport }> {
  allow(ctx.actor, 'campaign.write');
  const said = exportOptionsSchema.parse(options);
  const found = await readFor(ctx, campaignSlug, pageSlug, source, said);
  if ('known' in found) return { outcome: 'unchanged', importId: found.known.id, report: found.known.report };
  const { read, hash } = found;
  if (read.kind !== 'file') throw toSay(read);
  const { file } = read;
  return inPage(ctx, campaignSlug, pageSlug, async (trx, page) => {
    const { overlap, replaced } = await overlapOf(trx, page, file.days);
    if (overlap.different > 0 && !said.replace) throw alreadyGiven(overlap);
    mayReplace(ctx, page, replaced);
    const report: ImportReport = { ...file.report, overlap };
    const row = await trx
      .insertInto('page_imports')
      .values({
        organisation_id: ctx.actor.organisationId,
        campaign_id: page.campaignId,
        page_id: page.id,
        file_name: source.name,
        file_hash: hash,
        tool: report.tool,
        report: JSON.stringify(report),
        imported_by: actorLabel(ctx.actor),
        imported_at: ctx.now(),
      })
      // Two people, one file, the same second: the one who comes second finds it done.
      .onConflict((c) => c.columns(['page_id', 'file_hash']).where('withdrawn_at', 'is', null).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!row) {
      const known = await knownAs(trx, page, hash);
      if (!known) throw conflict('import_en_cours', 'Ce fichier est en cours d’import : rechargez la page.');
      return { outcome: 'unchanged', importId: known.id, report: known.report };
    }
    await insertDays(trx, { page, organisationId: ctx.actor.organisationId, importId: row.id, days: file.days });
    if (said.mapping)
      await rememberMapping(trx, ctx.actor.organisationId, remembered(file.header), said.mapping, ctx.now());
    const { rows, rejected, days } = report;
    await recordAudit(trx, ctx, {
      action: 'page.import',
      subject: `page:${page.id}`,
      detail: { importId: row.id, tool: report.tool, rows, rejected, days, replaced: overlap.different },
    });
    return { outcome: 'imported', importId: row.id, report };
  });
}

/** Taken back by whoever imported it: its days count no more, and those it had replaced count again. */
export function withdrawExport(
  ctx: MemberCtx,
  campaignSlug: string,
  pageSlug: string,
  importId: number,
): Promise<{ fileName: string }> {
  allow(ctx.actor, 'campaign.write');
  return inPage(ctx, campaignSlug, pageSlug, async (trx, page) => {
    const found = (await importsOf(trx, { campaignId: page.campaignId, pageId: page.id })).find(
      (i) => i.id === importId,
    );
    if (!found) throw notFound('Ce fichier');
    mustOwnLine(ctx, found);
    await trx.updateTable('page_imports').set({ withdrawn_at: ctx.now() }).where('id', '=', importId).execute();
    await recordAudit(trx, ctx, { action: 'page.withdraw-import', subject: `page:${page.id}`, detail: { importId } });
    return { fileName: found.fileName };
  });
}

type Found = { known: PageImport } | { read: ReadExport; hash: Buffer };

/** The file is read outside any transaction: a long one would hold back whatever else runs on the database. */
async function readFor(
  ctx: MemberCtx,
  campaignSlug: string,
  pageSlug: string,
  source: FileSource,
  said: z.output<typeof exportOptionsSchema>,
): Promise<Found> {
  // Nothing is read for whom may not write here.
  const page = await inPage(ctx, campaignSlug, pageSlug, async (_, own) => own);
  const facts = await factsOf(source);
  const known = await inPage(ctx, campaignSlug, pageSlug, (trx, own) => knownAs(trx, own, facts.hash));
  if (known) return { known };
  const of = { url: page.url, today: toParisDay(ctx.now()) };
  const read = await readExport(source, facts, of, said, (header) =>
    withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
      rememberedMapping<ExportMapping>(trx, ctx.actor.organisationId, remembered(header)),
    ),
  );
  return { read, hash: facts.hash };
}

const inPage = <T>(
  ctx: MemberCtx,
  campaignSlug: string,
  pageSlug: string,
  run: (trx: Trx, page: WatchedPage) => Promise<T>,
): Promise<T> =>
  withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, id);
    return run(trx, await getPage(trx, id, pageSlug));
  });

const knownAs = async (trx: Trx, page: WatchedPage, hash: Buffer): Promise<PageImport | undefined> =>
  (await importsOf(trx, { campaignId: page.campaignId, pageId: page.id })).find((i) => i.fileHash.equals(hash));

/** Apart from contact files and attendance lists with the same titles. */
const remembered = (header: readonly string[]): string[] => ['mesure', ...header];

/** `replaced`: the files whose numbers this one gives otherwise. */
async function overlapOf(
  trx: Trx,
  page: WatchedPage,
  days: readonly ExportDay[],
): Promise<{ overlap: Overlap; replaced: PageImport[] }> {
  const imports = await importsOf(trx, { campaignId: page.campaignId, pageId: page.id });
  const names = new Map(imports.map((i) => [i.id, i.fileName]));
  const replaced = new Set<number>();
  const there = new Map(
    (await exportedDays(trx, page.campaignId))
      .filter((d) => d.pageId === page.id)
      .map((d) => [`${d.measure} ${d.day}`, d]),
  );
  const overlap: Overlap = { same: 0, different: 0, example: '', files: [] };
  const files = new Set<string>();
  for (const { day, measure, n } of days) {
    const before = there.get(`${measure} ${day}`);
    if (!before) continue;
    files.add(names.get(before.importId) ?? '');
    if (before.n === n) overlap.same += 1;
    else {
      overlap.different += 1;
      replaced.add(before.importId);
      overlap.example ||= `${day} : ${before.n} puis ${n}`;
    }
  }
  return { overlap: { ...overlap, files: [...files] }, replaced: imports.filter((i) => replaced.has(i.id)) };
}

/** Who follows a page has the last word on its days; of the others, nobody takes the place of what another gave. */
function mayReplace({ actor }: MemberCtx, page: WatchedPage, replaced: readonly PageImport[]): void {
  if (page.organisationId === actor.organisationId) return;
  const theirs = replaced.find((i) => i.organisationId !== actor.organisationId);
  if (theirs)
    throw forbidden(
      `${theirs.organisation.name} a donné ces jours autrement : elle seule les remplace, ou ${page.organisation.name}, qui suit la page. Demandez-le, ou retirez ces jours de votre fichier.`,
    );
}

const alreadyGiven = ({ different, example, files }: Overlap) =>
  conflict(
    'jours_deja_donnes',
    `${different} nombres de ce fichier sont déjà donnés autrement par ${files.map((f) => `« ${f} »`).join(', ')} (${example}). Rien n’est changé : demandez à les remplacer, ou gardez le premier fichier.`,
  );

function toSay(read: Exclude<ReadExport, { kind: 'file' }>) {
  switch (read.kind) {
    case 'dates':
      return invalid(
        'dates_a_dire',
        `Les jours de ce fichier se lisent de deux façons (« ${read.example} ») : dites si le jour vient en premier (jour) ou le mois (mois).`,
        [{ field: 'dates', message: 'Choisissez comment les jours sont écrits.' }],
      );
    case 'columns':
      return invalid(
        'colonnes_a_dire',
        `Dites quelle colonne est laquelle. Colonnes lues : ${read.table.header.filter(Boolean).join(', ') || 'aucune'}.`,
        [{ field: 'colonne-0', message: 'Dites au moins où sont le jour et un nombre.' }],
      );
    case 'pages':
      return invalid(
        'page_a_dire',
        `Aucune ligne n’a l’adresse de la page suivie : dites laquelle est la sienne. Lignes lues : ${read.names.slice(0, 10).join(', ')}.`,
        [{ field: 'only', message: 'Choisissez la ligne de la page.' }],
      );
  }
}
