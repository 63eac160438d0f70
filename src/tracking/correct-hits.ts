import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { RULE_VERSION } from './classify.ts';
import type { ClassifiedHit } from './insert-hits.ts';

/**
 * Gives hits the class that a later judgement found, and moves them in the hourly totals in the same statement: one less
 * where they stood, one more where they go. Hits that stand right already, or were never written, change nothing, so a
 * replay may ask again. Returns how many moved.
 */
export async function correctHits(trx: Trx, hits: readonly ClassifiedHit[]): Promise<number> {
  const result = await sql<{ moved: number }>`
    with asked as (
      select * from unnest(
        ${hits.map((h) => h.journal)}::text[], ${hits.map((h) => h.seq)}::bigint[], ${hits.map((h) => h.class)}::text[],
        ${hits.map((h) => h.rule)}::text[], ${hits.map((h) => JSON.stringify(h.features))}::text[]
      ) as line (journal, seq, class, reason, features)
    ), before as (
      select h.journal, h.seq, h.class as was, a.class, a.reason, a.features
      from hits h join asked a using (journal, seq)
      where (h.class, h.reason) is distinct from (a.class, a.reason)
      for update of h
    ), moved as (
      update hits h set class = b.class, reason = b.reason, features = b.features::jsonb, rule_version = ${RULE_VERSION}
      from before b where h.journal = b.journal and h.seq = b.seq
      returning h.organisation_id, h.campaign_id, h.push_id, coalesce(h.cell_id, 0) as cell_id, h.link_id, h.at, b.was, h.class
    ), totals as (
      insert into hit_rollups as r (organisation_id, campaign_id, push_id, cell_id, link_id, hour, class, hits)
      select organisation_id, campaign_id, push_id, cell_id, link_id, at, side.class, sum(side.n)
      from moved, lateral (values (was, -1), (class, 1)) as side (class, n)
      group by organisation_id, campaign_id, push_id, cell_id, link_id, at, side.class
      having sum(side.n) <> 0
      order by push_id, cell_id, link_id, at, side.class
      on conflict (push_id, cell_id, link_id, hour, class) do update set hits = r.hits + excluded.hits
    )
    select count(*) as moved from moved`.execute(trx);
  return result.rows[0]?.moved ?? 0;
}
