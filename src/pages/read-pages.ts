import { notFound } from '../base/errors.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import {
  getPage,
  importsOf,
  type PageImport,
  pagesOfCampaign,
  type Statement,
  statementsOf,
  type WatchedPage,
} from './queries.ts';
import type { MemberCtx } from './schema.ts';
import { getSite, type SiteRow, sitesOf } from './sites.ts';

/** Everything a campaign watches outside this service; `mayWrite`: the reader may add to it. */
export type PagesList = { campaign: CampaignRow; pages: WatchedPage[]; sites: SiteRow[]; mayWrite: boolean };

export type PageSheet = {
  campaign: CampaignRow;
  page: WatchedPage;
  /** The oldest first, withdrawn ones too; `own`: the reader may withdraw it. */
  statements: (Statement & { own: boolean })[];
  imports: (PageImport & { own: boolean })[];
  /** The reader may state figures and import files; `own`: change the page itself. */
  mayWrite: boolean;
  own: boolean;
};

const reading = <T>(ctx: MemberCtx, campaignSlug: string, run: (trx: Trx, campaign: CampaignRow) => Promise<T>) => {
  allow(ctx.actor, 'report.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    run(trx, await getCampaign(trx, campaignSlug)),
  );
};

/** `introuvable` for whoever takes no part in the campaign. */
export const readPages = (ctx: MemberCtx, campaignSlug: string): Promise<PagesList> =>
  reading(ctx, campaignSlug, async (trx, campaign) => ({
    campaign,
    pages: await pagesOfCampaign(trx, campaign.id),
    sites: await sitesOf(trx, campaign.id),
    mayWrite: may(ctx.actor, 'campaign.write'),
  }));

export const readPage = (ctx: MemberCtx, campaignSlug: string, slug: string): Promise<PageSheet> =>
  reading(ctx, campaignSlug, async (trx, campaign) => {
    const page = await getPage(trx, campaign.id, slug);
    const of = { campaignId: campaign.id, pageId: page.id };
    const mayWrite = may(ctx.actor, 'campaign.write');
    const own = (line: { organisationId: number }): boolean =>
      mayWrite && line.organisationId === ctx.actor.organisationId;
    return {
      campaign,
      page,
      statements: (await statementsOf(trx, of)).map((s) => ({ ...s, own: own(s) })),
      imports: (await importsOf(trx, of)).map((i) => ({ ...i, own: own(i) })),
      mayWrite,
      own: own(page),
    };
  });

/** One imported file with what became of each of its lines; `introuvable` once withdrawn. */
export async function readPageImport(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  importId: number,
): Promise<PageSheet & { file: PageSheet['imports'][number] }> {
  const sheet = await readPage(ctx, campaignSlug, slug);
  const file = sheet.imports.find((i) => i.id === importId);
  if (!file) throw notFound('Ce fichier');
  return { ...sheet, file };
}

/** A measured site, with the key that its pages carry. */
export const readSite = (
  ctx: MemberCtx,
  campaignSlug: string,
  siteId: number,
): Promise<{ campaign: CampaignRow; site: SiteRow; own: boolean }> =>
  reading(ctx, campaignSlug, async (trx, campaign) => {
    const site = await getSite(trx, campaign.id, siteId);
    return {
      campaign,
      site,
      own: may(ctx.actor, 'campaign.write') && site.organisationId === ctx.actor.organisationId,
    };
  });
