import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Reason, State } from './schema.ts';
import type { Dimension } from './select.ts';

/** What a contact has of its own beside its level, which every row of the ledger keeps. */
export const TRAITS = ['region', 'size_class', 'public', 'idcc'] as const satisfies readonly Dimension[];
export type Trait = (typeof TRAITS)[number];

/**
 * A ledger added up by group of links; and, one property at a time (`trait`, `value`), by what contacts say of themselves
 * today. One value rather than rows, which cost more to carry than to add up. Hours are in milliseconds since 1970.
 */
export type LedgerSums = {
  /** By id: the dimensions of a group, in the order of `DIMENSIONS`; null where it holds several values. */
  cells: Record<string, (string | null)[]>;
  /** By push: when its list was drawn. */
  frozen: Record<string, number>;
  rows: SumRow[];
};
export type SumRow = [
  push: number,
  organisation: number,
  cell: number | null,
  /** Of rows without a cell. */
  level: string | null,
  state: State,
  reason: Reason | null,
  handed: number | null,
  measured: boolean,
  trait: Trait | null,
  value: string | null,
  n: number,
];

/** SQL: the sums of the rows `d` of a campaign: what is kept, and what a report counts again where nothing is. */
export function ledgerSums(
  campaignId: number,
  rows: RawBuilder<unknown>,
  traits: readonly Trait[],
): RawBuilder<unknown> {
  const column = (t: Trait) => sql.ref(`k.${t}`);
  const sets = sql.join([
    sql`(d.push_id, d.organisation_id, d.cell_id, 4, d.state, 6, 7, 8)`,
    ...traits.map((t) => sql`(d.push_id, d.organisation_id, d.state, 7, 8, ${column(t)})`),
  ]);
  const some = traits.length > 0;
  const which = traits.map((t) => sql`when grouping(${column(t)}) = 0 then ${sql.lit(t)}`);
  return sql`
    with sums as (
      select d.push_id, d.organisation_id, d.cell_id, case when d.cell_id is null then d.level end as level, d.state,
        case when d.state in ('set_apart', 'cancelled') then d.reason end as reason,
        date_trunc('hour', coalesce(d.handed_at, d.settled_at)) as handed, d.cell_id is not null as measured,
        ${some ? sql`case ${sql.join(which, sql` `)} end` : sql`null`} as trait,
        ${some ? sql`coalesce(${sql.join(traits.map(column))})` : sql`null`} as value, count(*) as n
      from deliveries d ${some ? sql`left join contacts k on k.id = d.contact_id` : sql``}
      where d.campaign_id = ${campaignId} and ${rows}
      group by grouping sets (${sets})
    )
    select json_build_object(
      'cells', (select coalesce(json_object_agg(id, json_build_array(level, region, size_class, public, idcc)), '{}')
        from cells where campaign_id = ${campaignId}),
      'frozen', (select coalesce(json_object_agg(push_id, (extract(epoch from at) * 1000)::bigint), '{}')
        from freezes where campaign_id = ${campaignId}),
      'rows', (select coalesce(json_agg(json_build_array(push_id, organisation_id, cell_id, level, state, reason,
        extract(epoch from handed)::bigint * 1000, measured, trait, value, n)), '[]') from sums)
    ) as ledger`;
}

/** Whether what is kept of a campaign is what a recount would find. */
export async function sumsHold(trx: Trx, campaignId: number): Promise<boolean> {
  const { rows } = await sql<{ hold: boolean }>`
    select exists (select from kept_sums where campaign_id = ${campaignId})
      and not exists (select from moved_sums where campaign_id = ${campaignId}) as hold`.execute(trx);
  return rows[0]?.hold ?? false;
}
