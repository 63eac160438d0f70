import { sql } from 'kysely';
import { ZONE } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { type HitClass, RETAINED } from '../tracking/classify.ts';
import type { Scope } from './figure.ts';

export type ClickRow = {
  organisation: number;
  /** Of the group whose links were followed; null: several, or a link that belongs to no group. */
  level: string | null;
  region: string | null;
  link: number;
  /** In Paris. */
  day: string;
  class: HitClass;
  n: number;
};

/**
 * The hourly totals of a campaign's letters, added up by all that a table can show. Hours never straddle two days in Paris.
 * What relays, posters and declared actions bring (push 0) is counted for each of them, and never among what letters brought.
 */
export async function clickCounts(trx: Trx, scope: Scope): Promise<ClickRow[]> {
  const { rows } = await sql<ClickRow>`
    select r.organisation_id as organisation, c.level, c.region, r.link_id as link,
      (r.hour at time zone ${ZONE})::date::text as day, r.class, sum(r.hits)::bigint as n
    from hit_rollups r
    left join cells c on c.id = r.cell_id
    where r.campaign_id = ${scope.campaignId} and r.push_id <> 0 and r.hour >= ${scope.period.start} and r.hour < ${scope.period.end}
      and (${scope.pushId ?? null}::bigint is null or r.push_id = ${scope.pushId ?? null})
    group by 1, 2, 3, 4, 5, 6`.execute(trx);
  return rows;
}

/** Why hits were classed as they were: from the hits themselves, for totals by the hour do not keep the rule. */
export async function clicksByRule(trx: Trx, scope: Scope): Promise<{ rule: string; class: HitClass; n: number }[]> {
  return trx
    .selectFrom('hits')
    .where('campaign_id', '=', scope.campaignId)
    .where('push_id', '<>', 0)
    .where('at', '>=', scope.period.start)
    .where('at', '<', scope.period.end)
    .$if(scope.pushId !== undefined, (q) => q.where('push_id', '=', scope.pushId ?? 0))
    .select((eb) => ['reason as rule', sql<HitClass>`class`.as('class'), eb.fn.countAll<number>().as('n')])
    .groupBy(['reason', 'class'])
    .orderBy('n', 'desc')
    .execute();
}

export type LinkRow = { id: number; label: string; url: string; push: string };

export async function linksOf(trx: Trx, scope: Scope): Promise<LinkRow[]> {
  return trx
    .selectFrom('links as l')
    .innerJoin('pushes as p', 'p.id', 'l.push_id')
    .where('l.campaign_id', '=', scope.campaignId)
    .$if(scope.pushId !== undefined, (q) => q.where('l.push_id', '=', scope.pushId ?? 0))
    .select(['l.id', 'l.label', 'l.url', 'p.title as push'])
    .orderBy('l.push_id')
    .orderBy('l.id')
    .execute();
}

export type ClickSums = { robots: number; doubtful: number; retained: number };

/** Raw = robots + doubtful + retained, whatever is added up. */
export function sumClicks(rows: readonly { class: HitClass; n: number }[]): ClickSums {
  const sums: ClickSums = { robots: 0, doubtful: 0, retained: 0 };
  for (const row of rows) {
    if (row.class === 'scanner') sums.robots += row.n;
    else if (row.class === 'suspect') sums.doubtful += row.n;
    else if (RETAINED.includes(row.class)) sums.retained += row.n;
  }
  return sums;
}
