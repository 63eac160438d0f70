import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { type HitClass, RULE_VERSION, type StoredFeatures } from './classify.ts';
import { stillAgreed } from './personal-links.ts';
import type { TokenRow } from './queries.ts';
import { lockTotals, moveTotals } from './totals.ts';

export type ClassifiedHit = {
  journal: string;
  seq: number;
  at: number;
  row: Omit<TokenRow, 'links' | 'people'>;
  /** The message of the one person whose link it is. */
  delivery?: number | null;
  class: HitClass;
  rule: string;
  features: StoredFeatures;
};

/**
 * Writes hits and adds to the totals only what was really inserted, in one statement: a batch written twice (a crash
 * between commit and the next look at the journal) counts once. A click is kept with its message only as long as that person
 * agrees; it counts all the same (PRV-10). Returns how many were new.
 */
export async function insertHits(trx: Trx, hits: readonly ClassifiedHit[]): Promise<number> {
  if (hits.length === 0) return 0;
  const agreed = await stillAgreed(
    trx,
    hits.flatMap((h) => h.delivery ?? []),
  );
  await lockTotals(trx);
  const result = await sql<{ added: number }>`
    with added as (
      insert into hits (journal, seq, organisation_id, campaign_id, push_id, cell_id, link_id, at, class, reason, rule_version, features, delivery_id)
      select journal, seq, organisation_id, campaign_id, push_id, cell_id, link_id,
        -- to the hour: the minute of a click would point at the person who clicked (PRV-13)
        date_trunc('hour', at), class, reason, ${RULE_VERSION}, features::jsonb, delivery
      from unnest(
        ${hits.map((h) => h.journal)}::text[], ${hits.map((h) => h.seq)}::bigint[],
        ${hits.map((h) => h.row.organisation_id)}::bigint[], ${hits.map((h) => h.row.campaign_id)}::bigint[],
        ${hits.map((h) => h.row.push_id)}::bigint[], ${hits.map((h) => h.row.cell_id)}::bigint[],
        ${hits.map((h) => h.row.link_id)}::bigint[], ${hits.map((h) => new Date(h.at).toISOString())}::timestamptz[],
        ${hits.map((h) => h.class)}::text[], ${hits.map((h) => h.rule)}::text[],
        ${hits.map((h) => JSON.stringify(h.features))}::text[],
        ${hits.map((h) => (h.at < (agreed.get(h.delivery ?? 0) ?? 0) ? h.delivery : null))}::bigint[]
      ) as line (journal, seq, organisation_id, campaign_id, push_id, cell_id, link_id, at, class, reason, features, delivery)
      on conflict (journal, seq) do nothing
      returning organisation_id, campaign_id, push_id, coalesce(cell_id, 0) as cell_id, link_id, at, class, reason as rule, rule_version
    ), moves as (
      select *, 1 as n from added
    ), ${moveTotals}
    select count(*) as added from added`.execute(trx);
  return result.rows[0]?.added ?? 0;
}
