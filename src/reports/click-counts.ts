import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Dimension } from '../deliveries/select.ts';
import { type HitClass, RETAINED } from '../tracking/classify.ts';
import type { Scope } from './figure.ts';

type Counted = { class: HitClass; n: number };

/** What a group’s links brought. A value is null where the group holds several, or where a link belongs to no group. */
export type GroupClicks = Counted & { push: number; organisation: number; rule: string } & Record<
    Dimension,
    string | null
  >;
/** What one link brought to one level in one day (Paris). */
export type LinkClicks = Counted & { link: number; level: string | null; day: string };

export type Clicks = { groups: GroupClicks[]; links: LinkClicks[] };

/**
 * The daily totals of a campaign’s letters (days of Paris), read once and added up in two ways: by group and rule, by link
 * and day. What relays, posters and declared actions bring (push 0) is counted for each of them, and never among what
 * letters brought.
 */
export async function clickCounts(trx: Trx, scope: Scope): Promise<Clicks> {
  const { rows } = await sql<GroupClicks & LinkClicks & { grouped: boolean }>`
    with added as materialized (
      select d.push_id, d.organisation_id, d.cell_id, d.rule, d.class, d.link_id, c.level, d.day,
        grouping(d.link_id) = 1 as grouped, sum(d.hits)::bigint as n
      from hit_days d left join cells c on c.id = d.cell_id
      where d.campaign_id = ${scope.campaignId} and d.push_id <> 0
        and d.day >= ${scope.period.from}::date and d.day <= ${scope.period.to}::date
        and (${scope.pushId ?? null}::bigint is null or d.push_id = ${scope.pushId ?? null})
      group by grouping sets ((d.push_id, d.organisation_id, d.cell_id, d.rule, d.class), (d.link_id, c.level, d.day, d.class))
    )
    select a.grouped, a.push_id as push, a.organisation_id as organisation, case when a.grouped then c.level else a.level end as level,
      c.region, c.size_class, c.public, c.idcc, a.rule, a.link_id as link, a.day::text as day, a.class, a.n
    from added a left join cells c on c.id = a.cell_id`.execute(trx);
  // A rule that every hit has left keeps totals of nought.
  const some = rows.filter((r) => r.n !== 0);
  return { groups: some.filter((r) => r.grouped), links: some.filter((r) => !r.grouped) };
}

/** Why hits were classed as they were: the rules, those of most hits first. */
export function clicksByRule(groups: readonly GroupClicks[]): { rule: string; class: HitClass; n: number }[] {
  return [...Map.groupBy(groups, (g) => `${g.rule}\0${g.class}`).values()]
    .map((of) => ({ rule: of[0]!.rule, class: of[0]!.class, n: of.reduce((sum, g) => sum + g.n, 0) }))
    .filter((line) => line.n > 0)
    .toSorted((a, b) => b.n - a.n || (a.rule < b.rule ? -1 : 1));
}

/** `partlyDirect`: fewer than k people of some group receive it, and are led straight to its page. */
export type LinkRow = {
  id: number;
  label: string;
  url: string;
  pushId: number;
  push: string;
  partlyDirect: boolean;
};

export async function linksOf(trx: Trx, scope: Scope): Promise<LinkRow[]> {
  return trx
    .selectFrom('links as l')
    .innerJoin('pushes as p', 'p.id', 'l.push_id')
    .where('l.campaign_id', '=', scope.campaignId)
    .$if(scope.pushId !== undefined, (q) => q.where('l.push_id', '=', scope.pushId ?? 0))
    .select(['l.id', 'l.label', 'l.url', 'p.id as pushId', 'p.title as push', 'l.partly_direct as partlyDirect'])
    .orderBy('l.push_id')
    .orderBy('l.id')
    .execute();
}

export type ClickSums = { robots: number; doubtful: number; retained: number };

/** Raw = robots + doubtful + retained, whatever is added up. */
export function sumClicks(rows: readonly Counted[]): ClickSums {
  const sums: ClickSums = { robots: 0, doubtful: 0, retained: 0 };
  for (const row of rows) {
    if (row.class === 'scanner') sums.robots += row.n;
    else if (row.class === 'suspect') sums.doubtful += row.n;
    else if (RETAINED.includes(row.class)) sums.retained += row.n;
  }
  return sums;
}
