import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { SHOWN } from './public-inventory.ts';
import { type StoredResource, toRow, toSupport } from './queries.ts';
import type { ResourceInput, SupportInput } from './schema.ts';

export type PublicResource = ResourceInput & {
  id: number;
  organisationId: number;
  campaignId: number;
  campaign: { slug: string; name: string };
  owner: { slug: string; name: string };
  updatedAt: Date;
  supports: SupportInput[];
  /** What it names, then what its partners carry on the same axis. */
  seeAlso: Neighbour[];
};
export type Neighbour = { slug: string; title: string; owner: string; campaign: string };

/** What anybody may read of one resource; null where there is none to be read: unlisted and unknown are the same. */
export function publicResource(
  instance: Pick<Ctx, 'db'>,
  campaign: string,
  slug: string,
  today: string,
): Promise<PublicResource | null> {
  return acrossOrganisations(instance.db, async (trx) => {
    const row = await trx
      .selectFrom('resources as r')
      .innerJoin('campaigns as c', 'c.id', 'r.campaign_id')
      .innerJoin('organisations as o', 'o.id', 'r.organisation_id')
      .selectAll('r')
      .select(['c.slug as campaign_slug', 'c.name as campaign_name', 'o.slug as owner_slug', 'o.name as owner_name'])
      .where('c.slug', '=', campaign)
      .where('r.slug', '=', slug)
      .where(sql<boolean>`${SHOWN(today)}`)
      .executeTakeFirst();
    if (!row) return null;
    const supports = await trx
      .selectFrom('resource_files')
      .selectAll()
      .where('resource_id', '=', row.id)
      .where('removed_at', 'is', null)
      .orderBy('id')
      .execute();
    if (row.url === null && supports.length === 0) return null;
    const { organisationId, ...resource } = toRow(row as StoredResource);
    return {
      ...resource,
      campaignId: row.campaign_id ?? 0,
      organisationId,
      campaign: { slug: row.campaign_slug, name: row.campaign_name },
      owner: { slug: row.owner_slug, name: row.owner_name },
      updatedAt: row.updated_at,
      supports: supports.map(toSupport),
      seeAlso: await neighbours(trx, { ...resource, campaignId: row.campaign_id ?? 0 }, campaign, today),
    };
  });
}

const NEAREST = 6;

async function neighbours(
  trx: Trx,
  of: { id: number; campaignId: number; related: readonly string[]; axis: string; kind: string },
  campaign: string,
  today: string,
): Promise<Neighbour[]> {
  const { rows } = await sql<Omit<Neighbour, 'campaign'>>`
    select r.slug, r.title, o.name as owner
    from resources r join organisations o on o.id = r.organisation_id
    where r.campaign_id = ${of.campaignId} and r.id <> ${of.id} and ${SHOWN(today)}
      and (r.retired_on is null or r.retired_on > ${today}::date)
      and (r.url is not null or exists (select 1 from resource_files f where f.resource_id = r.id and f.removed_at is null))
      and (r.slug = any(${of.related}::text[]) or r.axis = ${of.axis} and r.axis <> '')
    order by array_position(${of.related}::text[], r.slug), r.kind = ${of.kind} desc, r.title
    limit ${NEAREST + of.related.length}`.execute(trx);
  return rows.map((r) => ({ ...r, campaign }));
}
