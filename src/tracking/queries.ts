import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';

/** What a token stands for; everything a hit is counted under. */
export type TokenRow = {
  token: string;
  organisation_id: number;
  campaign_id: number;
  push_id: number;
  cell_id: number | null;
  link_id: number;
  /** Who or what hands the link on; null: a newsletter's own link. */
  source_id: number | null;
  /** How many links stand together with it. */
  links: number;
  /** How many people received it; null: nobody knows. */
  people: number | null;
};

/** The rows of these tokens, and of these groups' links; the unknown ones are simply absent. */
export async function tokenRows(
  trx: Trx,
  tokens: readonly string[],
  groups: readonly { cell: number; link: number }[] = [],
): Promise<TokenRow[]> {
  const stored = sql<boolean>`t.token = any(${tokens}::text[])`;
  const shared = sql<boolean>`(t.cell_id, t.link_id) in (select * from unnest(
    ${groups.map((g) => g.cell)}::bigint[], ${groups.map((g) => g.link)}::bigint[]))`;
  return trx
    .selectFrom('tokens as t')
    .leftJoin('links as l', 'l.id', 't.link_id')
    .where(groups.length === 0 ? stored : sql<boolean>`(${stored} or ${shared})`)
    .leftJoin('cells as c', 'c.id', 't.cell_id')
    .select(['t.token', 't.organisation_id', 't.campaign_id', 't.push_id', 't.cell_id', 't.link_id', 'l.source_id'])
    .select('c.recipients as people')
    .select(
      sql<number>`case when t.cell_id is not null then (select count(*) from tokens x where x.cell_id = t.cell_id)
        else (select count(*) from links x where x.source_id = l.source_id) end`.as('links'),
    )
    .execute();
}

/** Where a token leads, or the link of a group (`groupLink`). */
export async function destinationOf(trx: Trx, key: string): Promise<{ url: string; pushId: number } | null> {
  const [cell, link] = key.split('/').map(Number);
  const row = await trx
    .selectFrom('tokens')
    .$if(link === undefined, (q) => q.where('token', '=', key))
    .$if(link !== undefined, (q) => q.where('cell_id', '=', cell ?? 0).where('link_id', '=', link ?? 0))
    .select(['url', 'push_id as pushId'])
    .executeTakeFirst();
  return row ?? null;
}

/** The pushes frozen since a date: what a process keeps in memory, found through indexes and never by scanning tokens. */
export async function pushesFrozenSince(trx: Trx, since: Date): Promise<number[]> {
  const rows = await trx.selectFrom('freezes').where('at', '>=', since).select('push_id').orderBy('at').execute();
  return rows.map((r) => r.push_id);
}

/** `individual`: of people with links of their own, which are led where this one leads. */
export type Destination = { token: string; url: string; cell: number; link: number; individual: boolean };

export async function destinationsOf(trx: Trx, pushIds: number[]): Promise<Destination[]> {
  return trx
    .selectFrom('cells as c')
    .innerJoin('tokens as t', 't.cell_id', 'c.id')
    .where('c.push_id', 'in', pushIds)
    .select(['t.token', 't.url', 'c.id as cell', 't.link_id as link', 'c.individual'])
    .execute();
}

/** The links that relays, posters, posts and actions hand on, made since a date: few beside those of newsletters. */
export async function handedOnSince(trx: Trx, since: Date): Promise<{ token: string; url: string }[]> {
  return trx
    .selectFrom('tokens')
    .where('cell_id', 'is', null)
    .where('created_at', '>=', since)
    .select(['token', 'url'])
    .execute();
}
