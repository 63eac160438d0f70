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

/** The rows of these tokens; the unknown ones are simply absent. */
export async function tokenRows(trx: Trx, tokens: string[]): Promise<TokenRow[]> {
  return trx
    .selectFrom('tokens as t')
    .leftJoin('links as l', 'l.id', 't.link_id')
    .where(sql<boolean>`t.token = any(${tokens}::text[])`)
    .leftJoin('cells as c', 'c.id', 't.cell_id')
    .select(['t.token', 't.organisation_id', 't.campaign_id', 't.push_id', 't.cell_id', 't.link_id', 'l.source_id'])
    .select('c.recipients as people')
    .select(
      sql<number>`case when t.cell_id is not null then (select count(*) from tokens x where x.cell_id = t.cell_id)
        else (select count(*) from links x where x.source_id = l.source_id) end`.as('links'),
    )
    .execute();
}

export async function destinationOf(trx: Trx, token: string): Promise<{ url: string; pushId: number } | null> {
  const row = await trx
    .selectFrom('tokens')
    .where('token', '=', token)
    .select(['url', 'push_id as pushId'])
    .executeTakeFirst();
  return row ?? null;
}

/** The pushes frozen since a date: what a process keeps in memory, found through indexes and never by scanning tokens. */
export async function pushesFrozenSince(trx: Trx, since: Date): Promise<number[]> {
  const rows = await trx.selectFrom('freezes').where('at', '>=', since).select('push_id').orderBy('at').execute();
  return rows.map((r) => r.push_id);
}

export async function destinationsOf(trx: Trx, pushIds: number[]): Promise<{ token: string; url: string }[]> {
  return trx
    .selectFrom('cells as c')
    .innerJoin('tokens as t', 't.cell_id', 'c.id')
    .where('c.push_id', 'in', pushIds)
    .select(['t.token', 't.url'])
    .execute();
}
