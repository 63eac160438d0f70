import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { RULE_VERSION } from './classify.ts';
import type { ClassifiedHit } from './insert-hits.ts';
import { lockTotals, moveTotals } from './totals.ts';

export type Correction = Pick<ClassifiedHit, 'journal' | 'seq' | 'class' | 'rule' | 'features'>;

/**
 * Gives hits the class that a later judgement found, and moves them in the totals in the same statement: one less
 * where they stood, one more where they go. Hits that stand right already, or were never written, change nothing, so a
 * replay may ask again. Returns how many moved.
 */
export async function correctHits(trx: Trx, hits: readonly Correction[]): Promise<number> {
  await lockTotals(trx);
  const result = await sql<{ moved: number }>`
    with asked as (
      select * from unnest(
        ${hits.map((h) => h.journal)}::text[], ${hits.map((h) => h.seq)}::bigint[], ${hits.map((h) => h.class)}::text[],
        ${hits.map((h) => h.rule)}::text[], ${hits.map((h) => JSON.stringify(h.features))}::text[]
      ) as line (journal, seq, class, reason, features)
    ), before as (
      select h.journal, h.seq, h.class as was, h.reason as under, h.rule_version as by, a.class, a.reason, a.features
      from hits h join asked a using (journal, seq)
      where (h.class, h.reason, h.rule_version, h.features) is distinct from (a.class, a.reason, ${RULE_VERSION}::int, a.features::jsonb)
      order by h.journal, h.seq
      for update of h
    ), moved as (
      update hits h set class = b.class, reason = b.reason, features = b.features::jsonb, rule_version = ${RULE_VERSION}
      from before b where h.journal = b.journal and h.seq = b.seq
      returning h.organisation_id, h.campaign_id, h.push_id, coalesce(h.cell_id, 0) as cell_id, h.link_id, h.at,
        b.was, b.under, b.by, h.class as now, h.reason as now_under
    ), moves as (
      select organisation_id, campaign_id, push_id, cell_id, link_id, at, side.class, side.rule, side.rule_version, side.n
      from moved, lateral (values (was, under, by, -1), (now, now_under, ${RULE_VERSION}::int, 1)) as side (class, rule, rule_version, n)
    ), ${moveTotals}
    select count(*) as moved from moved`.execute(trx);
  return result.rows[0]?.moved ?? 0;
}
