import { sql } from 'kysely';
import { toParisDay } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { APART, type Reason, type State } from '../deliveries/schema.ts';
import type { Period, Scope } from './figure.ts';
import type { Unmeasured } from './told-rows.ts';

/**
 * The ledger of a campaign, added up in one reading. `level` and `region` are those of the group whose links are
 * followed (null where it holds several), so that every sum is one of whole groups; `measured` is false for rows
 * without such a group, whose level is their own.
 */
export type LedgerRow = {
  push: number;
  /** Null: of several, told together. */
  organisation: number | null;
  level: string | null;
  region: string | null;
  measured: boolean;
  state: State;
  reason: Reason | null;
  /** When the push's list was drawn. */
  frozenAt: Date;
  /** The hour of the hand-over; a retry that comes hours later dates the message, not its first try. */
  handedAt: Date | null;
  n: number;
};

/** Added up before anything is joined: a campaign has a hundred thousand rows, and a few hundred of these sums. */
export async function ledgerRows(trx: Trx, scope: Scope): Promise<LedgerRow[]> {
  const { rows } = await sql<LedgerRow>`
    with sums as (
      select push_id, organisation_id, cell_id, case when cell_id is null then level end as own_level, state,
        case when state in ('set_apart', 'cancelled') then reason end as reason,
        date_trunc('hour', coalesce(handed_at, settled_at)) as handed, count(*) as n
      from deliveries
      where campaign_id = ${scope.campaignId} and ${onlyPush(scope)}
      group by 1, 2, 3, 4, 5, 6, 7
    )
    select s.push_id as push, s.organisation_id as organisation, coalesce(c.level, s.own_level) as level, c.region,
      c.id is not null as measured, s.state, s.reason, f.at as "frozenAt", s.handed as "handedAt", s.n
    from sums s
    join freezes f on f.push_id = s.push_id
    left join cells c on c.id = s.cell_id`.execute(trx);
  return rows;
}

const onlyPush = ({ pushId }: Scope, table: 'deliveries' | 'd' | 'freezes' = 'deliveries') =>
  pushId === undefined ? sql`true` : sql`${sql.ref(table)}.push_id = ${pushId}`;

const inside = (at: Date | null, { start, end }: Period): boolean => at !== null && at >= start && at < end;
const add = (rows: readonly LedgerRow[]): number => rows.reduce((total, row) => total + row.n, 0);

/** Rows of pushes whose list was drawn in the window. */
export const selected = (rows: readonly LedgerRow[], period: Period): number =>
  add(rows.filter((r) => inside(r.frozenAt, period)));

export const isApart = (row: LedgerRow): boolean => (APART as readonly State[]).includes(row.state);

/** Accepted by the next server in the window, and not come back since. Hours never straddle a window of Paris days. */
export const isDelivered = (row: LedgerRow, period: Period): boolean =>
  (row.state === 'accepted' || row.state === 'complained') && inside(row.handedAt, period);
export const delivered = (rows: readonly LedgerRow[], period: Period): number =>
  add(rows.filter((r) => isDelivered(r, period)));

/** Per day in Paris and level. */
export function deliveredByDay(
  rows: readonly LedgerRow[],
  period: Period,
): { day: string; level: string | null; n: number }[] {
  return rows.flatMap(({ handedAt, level, n, ...row }) =>
    handedAt && isDelivered({ handedAt, level, n, ...row }, period) ? [{ day: toParisDay(handedAt), level, n }] : [],
  );
}

/**
 * Distinct addresses reached: in all (`null`), and per line of a table by level, `lineOf` saying which levels share
 * one. Of the rows without links in common, those of `unmeasured` count. Counted in the database, for distinct addresses
 * cannot be added up; grouped rather than `count(distinct)`, which sorts.
 */
export async function touchedAddresses(
  trx: Trx,
  scope: Scope,
  lineOf: Map<string | null, string>,
  unmeasured: readonly Unmeasured[],
): Promise<Map<string | null, number>> {
  const { start, end } = scope.period;
  const column = <K extends keyof Unmeasured>(name: K): Unmeasured[K][] => unmeasured.map((u) => u[name]);
  const { rows } = await sql<{ line: string | null; n: number }>`
    with reached as materialized (
      select d.address_hash, m.line
      from deliveries d
      left join cells c on c.id = d.cell_id
      left join unnest(${column('push')}::bigint[], ${column('organisation')}::bigint[], ${column('level')}::text[], ${column('told')}::text[])
        as u (push, organisation, level, told)
        on c.id is null and u.push = d.push_id and u.organisation = d.organisation_id and u.level = d.level
      left join unnest(${[...lineOf.keys()]}::text[], ${[...lineOf.values()]}::text[]) as m (level, line)
        on coalesce(m.level, '') = coalesce(c.level, u.told, '')
      where (c.id is not null or u.push is not null) and d.campaign_id = ${scope.campaignId} and ${onlyPush(scope, 'd')} and d.state in ('accepted', 'complained')
        and coalesce(d.handed_at, d.settled_at) >= ${start} and coalesce(d.handed_at, d.settled_at) < ${end}
      group by 1, 2
    )
    select null as line, count(*) as n from (select address_hash from reached group by 1) everybody
    union all
    select line, count(*) from reached where line is not null group by 1`.execute(trx);
  return new Map(rows.map((r) => [r.line, r.n]));
}

/** How many pushes had their list drawn in the window. */
export async function frozenPushes(trx: Trx, scope: Scope): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from freezes where campaign_id = ${scope.campaignId} and ${onlyPush(scope, 'freezes')}
      and at >= ${scope.period.start} and at < ${scope.period.end}`.execute(trx);
  return rows[0]?.n ?? 0;
}

/**
 * How many people stand behind each line a table could show: the largest of its pushes, since two pushes to the same
 * twelve people are still about twelve people. Whatever the window: a group is published whole or not at all.
 */
export function peopleBehind<K>(rows: readonly LedgerRow[], keyOf: (row: LedgerRow) => K): Map<K, number> {
  const addressed = rows.filter((r) => r.state !== 'set_apart');
  const largest = (own: LedgerRow[]) => Math.max(...[...Map.groupBy(own, (r) => r.push).values()].map(add));
  return new Map([...Map.groupBy(addressed, keyOf)].map(([key, own]) => [key, largest(own)]));
}
