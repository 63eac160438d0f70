import { type RawBuilder, sql } from 'kysely';
import { toParisDay } from '../base/dates.ts';
import { searched } from '../base/search-words.ts';
import type { Level, Public } from '../base/words.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { LACKS, type Lack, OPENED } from './completeness.ts';
import type { MemberCtx, ResourceKind } from './schema.ts';

export const INVENTORY_STATES = ['jamais', 'diffusee', 'revoir', 'incomplete', 'retiree'] as const;
export type InventoryState = (typeof INVENTORY_STATES)[number];

/** Slugs of the resources that something carried, or is to carry: newsletters today, kits with them. */
export type Carried = { sent: readonly string[]; planned: readonly string[] };

export type InventoryFilters = {
  kind?: ResourceKind | undefined;
  /** Slug of the organisation that holds it. */
  owner?: string | undefined;
  level?: Level | undefined;
  public?: Public | undefined;
  state?: InventoryState | undefined;
  search?: string | undefined;
};

export type Diffusion = 'jamais' | 'prevue' | 'diffusee' | 'retiree';
const DIFFUSIONS = ['jamais', 'prevue', 'diffusee', 'retiree'] as const satisfies readonly Diffusion[];

export type InventoryLine = {
  slug: string;
  title: string;
  kind: ResourceKind;
  years: string;
  axis: string;
  owner: string;
  diffusion: Diffusion;
  reviewOn: string | null;
  /** Its review date has come. */
  due: boolean;
  listed: boolean;
  lacks: Lack[];
};

/** Of the whole inventory, whatever the filters; `all` leaves out what is retired. */
export type InventoryCounts = {
  all: number;
  complete: number;
  never: number;
  /** Of those never sent, what a push is to carry. */
  planned: number;
  due: number;
  retired: number;
};

export type Inventory = {
  lines: InventoryLine[];
  counts: InventoryCounts;
  /** How many answer to the filters. */
  found: number;
  page: number;
  pages: number;
  owners: { slug: string; name: string }[];
};

export const PER_PAGE = 50;

/** The inventory of a campaign, what was never diffused first; empty for a stranger (row-level security). `page` from 1. */
export function readInventory(
  ctx: MemberCtx,
  campaignId: number,
  asked: { filters: InventoryFilters; carried: Carried; page: number },
): Promise<Inventory> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const lines = linesOf(campaignId, asked.carried, toParisDay(ctx.now()));
    const chosen = matching(asked.filters, asked.filters.search ? await searchTerm(trx, asked.filters.search) : null);
    const { rows } = await sql<InventoryCounts & { found: number; owners: Inventory['owners'] }>`
      select count(*) filter (where rank < 3) as all,
        count(*) filter (where rank < 3 and lacks = '{}') as complete,
        count(*) filter (where rank < 2) as never, count(*) filter (where rank = 1) as planned,
        count(*) filter (where rank < 3 and due) as due,
        count(*) filter (where rank = 3) as retired,
        count(*) filter (where ${chosen}) as found,
        coalesce((select json_agg(x order by x.name) from (select distinct o.slug, o.name from resources r
          join organisations o on o.id = r.organisation_id where r.campaign_id = ${campaignId}) x), '[]') as owners
      from (${lines}) line`.execute(trx);
    const { owners, found, ...counts } = rows[0]!;
    const pages = Math.max(Math.ceil(found / PER_PAGE), 1);
    const page = Math.min(asked.page, pages);
    const listed = await sql<Omit<InventoryLine, 'diffusion'> & { rank: number }>`
      select slug, title, kind, years, axis, owner, "reviewOn", due, listed, lacks, rank
      from (${lines}) line where ${chosen}
      order by rank, title, id limit ${PER_PAGE} offset ${(page - 1) * PER_PAGE}`.execute(trx);
    return {
      lines: listed.rows.map(({ rank, ...line }) => ({ ...line, diffusion: DIFFUSIONS[rank] ?? 'jamais' })),
      counts,
      found,
      page,
      pages,
      owners,
    };
  });
}

/** One line per resource; `rank` puts what nothing ever carried first. */
const linesOf = (campaignId: number, { sent, planned }: Carried, today: string): RawBuilder<unknown> => sql`
  select r.id, r.slug, r.title, r.kind, r.years, r.axis, o.slug as "ownerSlug", o.name as owner,
    r.review_on as "reviewOn", coalesce(r.review_on <= ${today}::date, false) as due, r.listed, r.search,
    r.uses, r.level_uses, ${LACKS} as lacks,
    case when r.retired_on <= ${today}::date then 3
      when r.slug = any(${sent}::text[]) then 2
      when r.slug = any(${planned}::text[]) then 1 else 0 end as rank
  from resources r join organisations o on o.id = r.organisation_id ${OPENED}
  where r.campaign_id = ${campaignId}`;

const STATES: Record<InventoryState, RawBuilder<unknown>> = {
  jamais: sql`rank < 2`,
  diffusee: sql`rank = 2`,
  revoir: sql`rank < 3 and due`,
  incomplete: sql`rank < 3 and lacks <> '{}'`,
  retiree: sql`rank = 3`,
};

function matching(f: InventoryFilters, term: RawBuilder<unknown> | null): RawBuilder<unknown> {
  const conditions = [
    f.state ? STATES[f.state] : sql`rank < 3`,
    ...(f.kind ? [sql`kind = ${f.kind}`] : []),
    ...(f.owner ? [sql`"ownerSlug" = ${f.owner}`] : []),
    ...(f.level ? [sql`level_uses ? ${f.level}`] : []),
    ...(f.public ? [sql`uses ? ${f.public}`] : []),
    ...(term ? [sql`search @@ ${term}`] : []),
  ];
  return sql.join(conditions, sql` and `);
}

/** Null when the words say nothing (« de la »): a list is better than an empty page. */
export async function searchTerm(trx: Trx, typed: string): Promise<RawBuilder<unknown> | null> {
  const words = searched(typed);
  const { rows } = await sql<{ nodes: number }>`select numnode(fr_query(${words})) as nodes`.execute(trx);
  return rows[0]?.nodes ? sql`fr_query(${words})` : null;
}
