import { type RawBuilder, sql } from 'kysely';
import { ZONE } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';

/** Before any total is moved, in the same transaction: what moves with the totals by day is in no one order (migration 0005). */
export const lockTotals = (trx: Trx) => sql`select pg_advisory_xact_lock(${LOCKS.totals})`.execute(trx);

/**
 * The rest of a `with` whose part `moves` (organisation_id, campaign_id, push_id, cell_id, link_id, at, class, rule,
 * rule_version, n) says what hourly and daily totals gain or lose: they move in the statement that moves the hits, or not
 * at all. Hours first, then days, each in the order of its key, so that two processes never wait for each other in a circle.
 */
export const moveTotals: RawBuilder<unknown> = sql`
  hours as (
    insert into hit_rollups as r (organisation_id, campaign_id, push_id, cell_id, link_id, hour, class, rule, rule_version, hits)
    select organisation_id, campaign_id, push_id, cell_id, link_id, at, class, rule, rule_version, sum(n)
    from moves
    group by organisation_id, campaign_id, push_id, cell_id, link_id, at, class, rule, rule_version
    having sum(n) <> 0
    order by push_id, cell_id, link_id, at, class, rule, rule_version
    on conflict (push_id, cell_id, link_id, hour, class, rule, rule_version) do update set hits = r.hits + excluded.hits
  ), days as (
    insert into hit_days as r (organisation_id, campaign_id, push_id, cell_id, link_id, day, class, rule, rule_version, hits)
    select organisation_id, campaign_id, push_id, cell_id, link_id, (at at time zone ${ZONE})::date as day, class, rule,
      rule_version, sum(n)
    from moves
    group by organisation_id, campaign_id, push_id, cell_id, link_id, 6, class, rule, rule_version
    having sum(n) <> 0
    order by push_id, cell_id, link_id, day, class, rule, rule_version
    on conflict (push_id, cell_id, link_id, day, class, rule, rule_version) do update set hits = r.hits + excluded.hits
  )`;
