import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { ResourceFormat, ResourceInput, ResourceKind } from './schema.ts';

export type ResourceRow = ResourceInput & { id: number; organisationId: number; campaignId: number | null };

/** The inventory of a campaign, in the order in which it was written. */
export async function resourcesOfCampaign(trx: Trx, campaignId: number): Promise<ResourceRow[]> {
  const rows = await trx
    .selectFrom('resources')
    .selectAll()
    .where('campaign_id', '=', campaignId)
    .orderBy('id')
    .execute();
  return rows.map(toRow);
}

export async function getResource(trx: Trx, campaignId: number, slug: string): Promise<ResourceRow> {
  const row = await trx
    .selectFrom('resources')
    .selectAll()
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (!row) throw notFound(`La ressource « ${slug} »`);
  return toRow(row);
}

type Stored = {
  id: number;
  organisation_id: number;
  campaign_id: number | null;
  slug: string;
  title: string;
  summary: string;
  kind: string;
  carried_by: string;
  years: string;
  url: string | null;
  uses: unknown;
  formats: string[];
};

const toRow = (r: Stored): ResourceRow => ({
  id: r.id,
  organisationId: r.organisation_id,
  campaignId: r.campaign_id,
  slug: r.slug,
  title: r.title,
  summary: r.summary,
  kind: r.kind as ResourceKind,
  carriedBy: r.carried_by,
  years: r.years,
  url: r.url,
  uses: r.uses as ResourceInput['uses'],
  formats: r.formats as ResourceFormat[],
});
