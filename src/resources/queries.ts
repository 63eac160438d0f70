import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { ResourceFormat, ResourceInput, ResourceKind, SupportInput } from './schema.ts';

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

export type StoredResource = {
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
  axis: string;
  uses: unknown;
  level_uses: unknown;
  formats: string[];
  contact: string;
  published_on: string | null;
  review_on: string | null;
  listed: boolean;
  related: string[];
  retired_on: string | null;
};

export const toRow = (r: StoredResource): ResourceRow => ({
  id: r.id,
  organisationId: r.organisation_id,
  campaignId: r.campaign_id,
  slug: r.slug,
  title: r.title,
  summary: r.summary,
  kind: r.kind as ResourceKind,
  axis: r.axis,
  carriedBy: r.carried_by,
  years: r.years,
  url: r.url,
  uses: r.uses as ResourceInput['uses'],
  levelUses: r.level_uses as ResourceInput['levelUses'],
  formats: r.formats as ResourceFormat[],
  contact: r.contact,
  publishedOn: r.published_on,
  reviewOn: r.review_on,
  listed: r.listed,
  related: r.related,
  retiredOn: r.retired_on,
});

type StoredSupport = {
  format: string;
  title: string;
  url: string | null;
  name: string | null;
  type: string | null;
  size: number | null;
  sha256: Buffer | null;
};

export const toSupport = (f: StoredSupport): SupportInput => {
  const said = { format: f.format as ResourceFormat, title: f.title };
  return f.url === null
    ? { ...said, name: f.name ?? '', type: f.type ?? '', size: f.size ?? 0, sha256: f.sha256?.toString('hex') ?? '' }
    : { ...said, url: f.url };
};

/** What can be opened of a campaign's resources, in the shape in which it was given; `resource` by its slug. */
export async function supportsOfCampaign(
  trx: Trx,
  campaignId: number,
): Promise<{ resource: string; support: SupportInput }[]> {
  const rows = await trx
    .selectFrom('resource_files as f')
    .innerJoin('resources as r', 'r.id', 'f.resource_id')
    .selectAll('f')
    .select('r.slug as resource')
    .where('f.campaign_id', '=', campaignId)
    .where('f.removed_at', 'is', null)
    .orderBy('f.id')
    .execute();
  return rows.map((row) => ({ resource: row.resource, support: toSupport(row) }));
}
