import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import type { Level, Public } from '../base/words.ts';
import { acrossOrganisations } from '../db/database.ts';
import { OPENED } from './completeness.ts';
import { searchTerm } from './read-inventory.ts';
import {
  RESOURCE_FORMATS,
  RESOURCE_KINDS,
  type ResourceFormat,
  type ResourceInput,
  type ResourceKind,
} from './schema.ts';

/** A resource (as `r`) that everybody may read: its holder lists it, and its day has come. */
export const SHOWN = (today: string): RawBuilder<unknown> =>
  sql`r.listed and (r.published_on is null or r.published_on <= ${today}::date)`;
/** Lists leave out what is retired or cannot be opened yet; needs `OPENED`. */
const LISTED = (today: string): RawBuilder<unknown> =>
  sql`${SHOWN(today)} and (r.retired_on is null or r.retired_on > ${today}::date) and (r.url is not null or s.opened is not null)`;

export type PublicFilters = {
  /** Slug. */
  campaign?: string | undefined;
  search?: string | undefined;
  profile?: Public | undefined;
  level?: Level | undefined;
  kind?: ResourceKind | undefined;
  axis?: string | undefined;
};

export type PublicLine = {
  id: number;
  organisationId: number;
  campaignId: number;
  campaign: { slug: string; name: string };
  slug: string;
  title: string;
  summary: string;
  kind: ResourceKind;
  axis: string;
  carriedBy: string;
  years: string;
  owner: string;
  uses: ResourceInput['uses'];
  levelUses: ResourceInput['levelUses'];
  /** Those it is said to exist in, and those that can be opened. */
  formats: ResourceFormat[];
  addedAt: Date;
  updatedAt: Date;
};

/** `tree` covers all that was found, `lines` one page of it, in the tree's order: axis, kind, title. */
export type PublicInventory = {
  lines: PublicLine[];
  found: number;
  page: number;
  pages: number;
  tree: { axis: string; kind: ResourceKind; n: number }[];
};

/** What anybody may read of the inventories of every campaign, or of one. `page` from 1; `today` in Paris. */
export function publicInventory(
  instance: Pick<Ctx, 'db'>,
  asked: { filters: PublicFilters; today: string; page: number; perPage: number },
): Promise<PublicInventory> {
  const { filters: f, today, perPage } = asked;
  return acrossOrganisations(instance.db, async (trx) => {
    const term = f.search ? await searchTerm(trx, f.search) : null;
    const where = sql.join(
      [
        LISTED(today),
        ...(f.campaign ? [sql`c.slug = ${f.campaign}`] : []),
        ...(f.profile ? [sql`r.uses ? ${f.profile}`] : []),
        ...(f.level ? [sql`r.level_uses ? ${f.level}`] : []),
        ...(f.kind ? [sql`r.kind = ${f.kind}`] : []),
        ...(f.axis !== undefined ? [sql`r.axis = ${f.axis}`] : []),
        ...(term ? [sql`r.search @@ ${term}`] : []),
      ],
      sql` and `,
    );
    const from = sql`from resources r join campaigns c on c.id = r.campaign_id
      join organisations o on o.id = r.organisation_id ${OPENED} where ${where}`;
    const tree = await sql<PublicInventory['tree'][number]>`
      select r.axis, r.kind, count(*) as n ${from} group by r.axis, r.kind order by ${ORDER}`.execute(trx);
    const found = tree.rows.reduce((sum, { n }) => sum + n, 0);
    const pages = Math.max(Math.ceil(found / perPage), 1);
    const page = Math.min(asked.page, pages);
    const { rows } = await sql<Omit<PublicLine, 'campaign'> & { campaignSlug: string; campaignName: string }>`
      select r.id, r.organisation_id as "organisationId", r.campaign_id as "campaignId", c.slug as "campaignSlug",
        c.name as "campaignName", r.slug, r.title, r.summary, r.kind, r.axis, r.carried_by as "carriedBy", r.years,
        o.name as owner, r.uses, r.level_uses as "levelUses", ${FORMATS} as formats,
        greatest(r.created_at, r.published_on::timestamp at time zone 'Europe/Paris') as "addedAt", r.updated_at as "updatedAt"
      ${from} order by ${ORDER}, r.title, r.id limit ${perPage} offset ${(page - 1) * perPage}`.execute(trx);
    return {
      lines: rows.map(({ campaignSlug, campaignName, ...r }) => ({
        ...r,
        campaign: { slug: campaignSlug, name: campaignName },
      })),
      found,
      page,
      pages,
      tree: tree.rows,
    };
  });
}

/** What belongs to no axis comes last; kinds in the order of their list. */
const ORDER = sql`r.axis = '', r.axis, array_position(${sql.lit(`{${RESOURCE_KINDS.join(',')}}`)}::text[], r.kind)`;
/** Each once, from the longest to the shortest to read. */
const FORMATS = sql`array(select f from unnest(r.formats || coalesce(s.opened, '{}')) f
  group by f order by array_position(${sql.lit(`{${RESOURCE_FORMATS.join(',')}}`)}::text[], f))`;
