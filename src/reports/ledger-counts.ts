import { sql } from 'kysely';
import { ZONE } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import type { Reason, State } from '../deliveries/schema.ts';
import type { Scope } from './figure.ts';

/**
 * The ledger of a campaign, added up. `measured`: its links are followed (the row is in a group of k or more).
 * `level` and `region` are those of the group: null where it holds several, so that every sum is one of whole groups.
 */
export type LedgerRow = {
  organisation: number;
  level: string | null;
  region: string | null;
  measured: boolean;
  state: State;
  reason: Reason | null;
  /** Rows of pushes whose list was drawn in the window. */
  selected: number;
  /** Rows handed over in the window. */
  handed: number;
};

/** `d` = deliveries, `c` = cells, `f` = freezes: what is shared by all the readings of the ledger below. */
const ledger = (scope: Scope) => sql`
  from deliveries d
  join freezes f on f.push_id = d.push_id
  left join cells c on c.id = d.cell_id
  where d.campaign_id = ${scope.campaignId}
    and (${scope.pushId ?? null}::bigint is null or d.push_id = ${scope.pushId ?? null})`;

const level = sql`case when c.id is null then d.level else c.level end`;
/** A message that came back is not handed any more; its hand-over is what dates it, for a retry comes hours later. */
const delivered = (scope: Scope) => sql`d.state in ('accepted', 'complained')
  and coalesce(d.handed_at, d.settled_at) >= ${scope.period.start} and coalesce(d.handed_at, d.settled_at) < ${scope.period.end}`;

export async function ledgerCounts(trx: Trx, scope: Scope): Promise<LedgerRow[]> {
  const { start, end } = scope.period;
  const { rows } = await sql<LedgerRow>`
    select d.organisation_id as organisation, ${level} as level, c.region, c.id is not null as measured, d.state,
      case when d.state in ('set_apart', 'cancelled') then d.reason end as reason,
      count(*) filter (where f.at >= ${start} and f.at < ${end}) as selected,
      count(*) filter (where ${delivered(scope)}) as handed
    ${ledger(scope)}
    group by 1, 2, 3, 4, 5, 6`.execute(trx);
  return rows;
}

/** Messages delivered per day in Paris and level. */
export async function deliveredByDay(trx: Trx, scope: Scope): Promise<{ day: string; level: string | null; n: number }[]> {
  const { rows } = await sql<{ day: string; level: string | null; n: number }>`
    select (coalesce(d.handed_at, d.settled_at) at time zone ${ZONE})::date::text as day, ${level} as level, count(*) as n
    ${ledger(scope)} and ${delivered(scope)}
    group by 1, 2 order by 1, 2`.execute(trx);
  return rows;
}

/**
 * Distinct addresses reached: in all (`row` null), and per row of a table by level, `rowOf` saying which levels are
 * shown together. Distinct addresses are counted in the database: they cannot be added up.
 */
export async function touchedAddresses(trx: Trx, scope: Scope, rowOf: Map<string | null, string>): Promise<Map<string | null, number>> {
  const { rows } = await sql<{ row: string | null; n: number }>`
    with reached as (
      select d.address_hash, m.shown
      from (select d.address_hash, ${level} as level ${ledger(scope)} and ${delivered(scope)}) d
      left join unnest(${[...rowOf.keys()]}::text[], ${[...rowOf.values()]}::text[]) as m (level, shown) on m.level is not distinct from d.level
    )
    select null as row, count(distinct address_hash) as n from reached
    union all
    select shown, count(distinct address_hash) from reached where shown is not null group by shown`.execute(trx);
  return new Map(rows.map((r) => [r.row, r.n]));
}

/** How many pushes had their list drawn in the window. */
export async function frozenPushes(trx: Trx, scope: Scope): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from freezes where campaign_id = ${scope.campaignId}
      and (${scope.pushId ?? null}::bigint is null or push_id = ${scope.pushId ?? null})
      and at >= ${scope.period.start} and at < ${scope.period.end}`.execute(trx);
  return rows[0]?.n ?? 0;
}

export type Population = { by: 'level' | 'region' | 'organisation'; key: string | null; people: number };

/**
 * How many people stand behind each line a table could show: the largest of its pushes, since two pushes to the same
 * twelve people are still about twelve people. Whatever the window: a group is published whole or not at all.
 */
export async function populations(trx: Trx, scope: Scope): Promise<Population[]> {
  const { rows } = await sql<Population>`
    with people as (
      select d.push_id, d.organisation_id::text as organisation, ${level} as level, c.region, c.id is not null as measured, count(*) as n
      ${ledger(scope)} and d.state <> 'set_apart'
      group by 1, 2, 3, 4, 5
    ), lines as (
      select push_id, 'level' as by, level as key, n from people
      union all select push_id, 'region', region, n from people where measured
      union all select push_id, 'organisation', organisation, n from people
    )
    select by, key, max(people) as people
    from (select push_id, by, key, sum(n)::bigint as people from lines group by 1, 2, 3) per_push
    group by by, key`.execute(trx);
  return rows;
}
