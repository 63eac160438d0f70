import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Dimension } from '../deliveries/select.ts';
import type { LedgerSums } from '../deliveries/sums.ts';
import { type HitClass, RETAINED } from '../tracking/classify.ts';
import type { Scope } from './figure.ts';

type Counted = { class: HitClass; n: number };

/** What a group’s links brought. A value is null where the group holds several, or where a link belongs to no group. */
export type GroupClicks = Counted & { push: number; organisation: number; rule: string } & Record<
    Dimension,
    string | null
  >;
/** What came to one level in one day (Paris). */
export type DayClicks = Counted & { level: string | null; day: string };
/** What one link brought, to whomever. */
export type LinkClicks = Counted & { link: number };

export type Clicks = { groups: GroupClicks[]; days: DayClicks[]; links: LinkClicks[] };

/**
 * The daily totals of a campaign’s letters (days of Paris), added up by group and rule, by level and day, by link. What
 * relays, posters and declared actions bring (push 0) is counted for each of them, and never among what letters brought.
 * `cells`: what the groups of links are.
 */
export async function clickCounts(trx: Trx, scope: Scope, cells: LedgerSums['cells']): Promise<Clicks> {
  const within = sql`t.campaign_id = ${scope.campaignId} and t.push_id <> 0
    and t.day >= ${scope.period.from}::date and t.day <= ${scope.period.to}::date
    and (${scope.pushId ?? null}::bigint is null or t.push_id = ${scope.pushId ?? null})`;
  const { rows: read } = await sql<{ groups: GroupSum[]; days: DaySum[]; links: LinkSum[] }>`
    with sums as materialized (
      select t.push_id, t.organisation_id, t.cell_id, t.rule, c.level, t.day, t.class, grouping(t.day) = 1 as grouped, sum(t.hits) as n
      from group_days t left join cells c on c.id = t.cell_id where ${within}
      -- A rule that every hit has left keeps totals of nought.
      group by grouping sets ((t.push_id, t.organisation_id, t.cell_id, t.rule, t.class), (c.level, t.day, t.class)) having sum(t.hits) <> 0
    ), links as (
      select t.link_id, t.class, sum(t.hits) as n from link_days t where ${within} group by 1, 2 having sum(t.hits) <> 0
    )
    select
      (select coalesce(json_agg(json_build_array(push_id, organisation_id, cell_id, rule, class, n)), '[]') from sums where grouped) as groups,
      (select coalesce(json_agg(json_build_array(level, day, class, n)), '[]') from sums where not grouped) as days,
      (select coalesce(json_agg(json_build_array(link_id, class, n)), '[]') from links) as links`.execute(trx);
  const { groups, days, links } = read[0] ?? { groups: [], days: [], links: [] };
  return {
    groups: groups.map(([push, organisation, cell, rule, of, n]) => {
      const [level = null, region = null, size_class = null, public_ = null, idcc = null] = cells[cell] ?? [];
      return { push, organisation, rule, class: of, n, level, region, size_class, public: public_, idcc };
    }),
    days: days.map(([level, day, of, n]) => ({ level, day, class: of, n })),
    links: links.map(([link, of, n]) => ({ link, class: of, n })),
  };
}

/** As values of one row: thousands of rows cost more to carry than to add up. */
type GroupSum = [push: number, organisation: number, cell: number, rule: string, verdict: HitClass, n: number];
type DaySum = [level: string | null, day: string, verdict: HitClass, n: number];
type LinkSum = [link: number, verdict: HitClass, n: number];

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
    .$if(scope.left !== undefined, (q) => q.where('p.created_at', '<=', scope.left ?? null))
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
