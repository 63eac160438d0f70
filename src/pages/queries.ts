import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { ImportReport } from './import-report.ts';
import type { Measure, StatementInput, Tool, Unit, WatchedPageInput } from './schema.ts';

export type Owner = { slug: string; name: string };

export type WatchedPage = WatchedPageInput & {
  id: number;
  campaignId: number;
  /** Who watches it, and alone changes what is said of it here. */
  organisationId: number;
  organisation: Owner;
};

export type Statement = StatementInput & {
  id: number;
  pageId: number;
  /** Who wrote it down, which is not who said it. */
  organisationId: number;
  organisation: Owner;
  fileName: string | null;
  /** SHA-256, in hexadecimal. */
  fileHash: string | null;
  declaredAt: Date;
  withdrawnAt: Date | null;
};

const pages = (trx: Trx, campaignId: number) =>
  trx
    .selectFrom('watched_pages as p')
    .innerJoin('organisations as o', 'o.id', 'p.organisation_id')
    .selectAll('p')
    .select(['o.slug as owner_slug', 'o.name as owner_name'])
    .where('p.campaign_id', '=', campaignId)
    .where('p.removed_at', 'is', null);

/** What was written down until an instant: for whoever left a campaign, and does not read what came after. */
type Until = { until?: Date | undefined };

/** The pages of others that a campaign watches, the oldest first. */
export async function pagesOfCampaign(trx: Trx, campaignId: number, { until }: Until = {}): Promise<WatchedPage[]> {
  const rows = await pages(trx, campaignId)
    .$if(until !== undefined, (q) => q.where('p.created_at', '<=', until ?? null))
    .orderBy('p.id')
    .execute();
  return rows.map(toPage);
}

export async function findPage(trx: Trx, campaignId: number, slug: string): Promise<WatchedPage | null> {
  const row = await pages(trx, campaignId).where('p.slug', '=', slug).executeTakeFirst();
  return row ? toPage(row) : null;
}

export async function getPage(trx: Trx, campaignId: number, slug: string): Promise<WatchedPage> {
  const page = await findPage(trx, campaignId, slug);
  if (!page) throw notFound('Cette page');
  return page;
}

/** A page in the shape in which it is given. */
export const pageInput = (p: WatchedPage): WatchedPageInput => ({
  slug: p.slug,
  name: p.name,
  url: p.url,
  owner: p.owner,
  baselineFrom: p.baselineFrom,
  baselineTo: p.baselineTo,
  windowFrom: p.windowFrom,
  windowTo: p.windowTo,
});

/** Everything that was stated of the pages of a campaign, or of one of them; withdrawn ones too, the oldest first. */
export async function statementsOf(
  trx: Trx,
  { campaignId, pageId, until }: { campaignId: number; pageId?: number } & Until,
): Promise<Statement[]> {
  const rows = await trx
    .selectFrom('page_statements as s')
    .innerJoin('organisations as o', 'o.id', 's.organisation_id')
    .selectAll('s')
    .select(['o.slug as owner_slug', 'o.name as owner_name'])
    .where('s.campaign_id', '=', campaignId)
    .$if(pageId !== undefined, (q) => q.where('s.page_id', '=', pageId ?? 0))
    .$if(until !== undefined, (q) => q.where('s.declared_at', '<=', until ?? null))
    .orderBy('s.id')
    .execute();
  return rows.map((s) => ({
    id: s.id,
    pageId: s.page_id,
    organisationId: s.organisation_id,
    organisation: { slug: s.owner_slug, name: s.owner_name },
    value: s.value,
    atLeast: s.at_least,
    unit: s.unit as Unit,
    from: s.window_from,
    to: s.window_to,
    windowSaid: s.window_said,
    saidBy: s.said_by,
    source: s.source,
    quote: s.quote,
    saidOn: s.said_on,
    note: s.note,
    fileName: s.file_name,
    fileHash: s.file_hash?.toString('hex') ?? null,
    declaredAt: s.declared_at,
    withdrawnAt: s.withdrawn_at,
  }));
}

/** A statement in the shape in which it is given. */
export const statementInput = (s: Statement): StatementInput => ({
  value: s.value,
  atLeast: s.atLeast,
  unit: s.unit,
  from: s.from,
  to: s.to,
  windowSaid: s.windowSaid,
  saidBy: s.saidBy,
  source: s.source,
  quote: s.quote,
  saidOn: s.saidOn,
  note: s.note,
});

export type PageImport = {
  id: number;
  pageId: number;
  organisationId: number;
  organisation: Owner;
  fileName: string;
  fileHash: Buffer;
  tool: Tool;
  report: ImportReport;
  importedAt: Date;
};

/** The exports of the owner's tool that stand, the oldest first. */
export async function importsOf(
  trx: Trx,
  { campaignId, pageId, until }: { campaignId: number; pageId?: number } & Until,
): Promise<PageImport[]> {
  const rows = await trx
    .selectFrom('page_imports as i')
    .innerJoin('organisations as o', 'o.id', 'i.organisation_id')
    .selectAll('i')
    .select(['o.slug as owner_slug', 'o.name as owner_name'])
    .where('i.campaign_id', '=', campaignId)
    .where('i.withdrawn_at', 'is', null)
    .$if(pageId !== undefined, (q) => q.where('i.page_id', '=', pageId ?? 0))
    .$if(until !== undefined, (q) => q.where('i.imported_at', '<=', until ?? null))
    .orderBy('i.id')
    .execute();
  return rows.map((i) => ({
    id: i.id,
    pageId: i.page_id,
    organisationId: i.organisation_id,
    organisation: { slug: i.owner_slug, name: i.owner_name },
    fileName: i.file_name,
    fileHash: i.file_hash,
    tool: i.tool as Tool,
    report: i.report as unknown as ImportReport,
    importedAt: i.imported_at,
  }));
}

export type ExportedDay = { pageId: number; importId: number; day: string; measure: Measure; n: number };

/**
 * What the owners' exports say, day by day: of several that give the same day, the one imported last, so that replacing
 * is importing, and taking the later one back restores the earlier.
 */
export async function exportedDays(trx: Trx, campaignId: number, { until }: Until = {}): Promise<ExportedDay[]> {
  const rows = await trx
    .selectFrom('page_days as d')
    .innerJoin('page_imports as i', 'i.id', 'd.import_id')
    .distinctOn(['d.page_id', 'd.measure', 'd.day'])
    .select(['d.page_id as pageId', 'd.import_id as importId', 'd.day', 'd.measure', 'd.n'])
    .where('d.campaign_id', '=', campaignId)
    .where('i.withdrawn_at', 'is', null)
    .$if(until !== undefined, (q) => q.where('i.imported_at', '<=', until ?? null))
    .orderBy('d.page_id')
    .orderBy('d.measure')
    .orderBy('d.day')
    .orderBy('d.import_id', 'desc')
    .execute();
  return rows.map((r) => ({ ...r, measure: r.measure as Measure }));
}

type StoredPage = {
  id: number;
  campaign_id: number;
  organisation_id: number;
  owner_slug: string;
  owner_name: string;
  slug: string;
  name: string;
  url: string;
  owner: string;
  baseline_from: string | null;
  baseline_to: string | null;
  window_from: string | null;
  window_to: string | null;
};

const toPage = (p: StoredPage): WatchedPage => ({
  id: p.id,
  campaignId: p.campaign_id,
  organisationId: p.organisation_id,
  organisation: { slug: p.owner_slug, name: p.owner_name },
  slug: p.slug,
  name: p.name,
  url: p.url,
  owner: p.owner,
  baselineFrom: p.baseline_from,
  baselineTo: p.baseline_to,
  windowFrom: p.window_from,
  windowTo: p.window_to,
});
