import { sql } from 'kysely';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type HitClass, RULE_VERSION, reclassify, type StoredFeatures } from './classify.ts';
import { type Correction, correctHits } from './correct-hits.ts';

type Place = { rule: string; class: HitClass };

/** What the rules of today make of the hits that are still kept, one by one, of one campaign. */
export type Reclassification = {
  ruleVersion: number;
  /** Hits read; those the purge has taken are beyond any rule. */
  hits: number;
  /** What stands elsewhere under the rules of today. */
  changes: { from: Place; to: Place; hits: number }[];
  /** Hits that stay where they are, now under the version of today. */
  confirmed: number;
  /** Hits that stay as they were classed: what this rule looks at was not kept with them, and nobody can say what it would find. */
  stopped: { rule: string; hits: number }[];
};

export type Reclassified = Reclassification & {
  /** Hits that this run moved, or confirmed under the version of today. */
  applied: number;
};

/**
 * Says what would change, hit by hit, and changes nothing; with `apply`, changes hits and totals, one transaction per batch:
 * stopped in the middle it leaves everything in accord, and begun again it goes on. For the organisation that leads the
 * campaign; not-found and forbidden for the others.
 */
export async function reclassifyHits(
  ctx: MemberCtx,
  slug: string,
  { apply = false, batch = 5_000 }: { apply?: boolean; batch?: number } = {},
): Promise<Reclassified> {
  allow(ctx.actor, 'campaign.write');
  const campaign = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => getCampaign(trx, slug));
  mustLead(ctx, campaign);
  const forecast = await acrossOrganisations(ctx.db, (trx) => forecastOf(trx, campaign.id));
  if (!apply || forecast.changes.length + forecast.confirmed === 0) return { ...forecast, applied: 0 };
  await acrossOrganisations(ctx.db, (trx) =>
    recordAudit(trx, ctx, {
      action: 'hits.reclassify',
      subject: `campaign:${campaign.id}`,
      detail: { ruleVersion: RULE_VERSION, changes: forecast.changes, confirmed: forecast.confirmed },
    }),
  );
  let applied = 0;
  for (let after: Cursor | null = START; after; ) {
    const from: Cursor = after;
    const done = await acrossOrganisations(ctx.db, (trx) => correctBatch(trx, campaign.id, from, batch));
    applied += done.moved;
    after = done.next;
  }
  for (const table of ['hit_rollups', 'hit_days'] as const)
    await acrossOrganisations(ctx.db, (trx) => dropEmptyTotals(trx, table, campaign.id));
  return { ...forecast, applied };
}

type Kept = { class: HitClass; reason: string; rule_version: number; features: StoredFeatures };

/** Hits have a few hundred different sets of features between them: judged once each, however many hits there are. */
async function forecastOf(trx: Trx, campaignId: number): Promise<Reclassification> {
  const { rows } = await sql<Kept & { n: number }>`
    select class, reason, rule_version, features, count(*) as n from hits where campaign_id = ${campaignId}
    group by class, reason, rule_version, features`.execute(trx);
  const found: Reclassification = { ruleVersion: RULE_VERSION, hits: 0, changes: [], confirmed: 0, stopped: [] };
  for (const { n, ...kept } of rows) {
    found.hits += n;
    const verdict = reclassify(kept.features);
    if ('missing' in verdict) addTo(found.stopped, { rule: verdict.missing }, n);
    else if (verdict.rule !== kept.reason || verdict.class !== kept.class)
      addTo(
        found.changes,
        {
          from: { rule: kept.reason, class: kept.class },
          to: { rule: verdict.rule, class: verdict.class },
        },
        n,
      );
    else if (kept.rule_version !== RULE_VERSION) found.confirmed += n;
  }
  found.changes.sort((a, b) => b.hits - a.hits);
  return found;
}

function addTo<T extends object>(lines: (T & { hits: number })[], line: T, hits: number): void {
  const same = lines.find(({ hits: _, ...other }) => JSON.stringify(other) === JSON.stringify(line));
  if (same) same.hits += hits;
  else lines.push({ ...line, hits });
}

type Cursor = { at: Date | '-infinity'; journal: string; seq: number };
const START: Cursor = { at: '-infinity', journal: '', seq: 0 };

async function correctBatch(
  trx: Trx,
  campaignId: number,
  after: Cursor,
  batch: number,
): Promise<{ moved: number; next: Cursor | null }> {
  const { rows } = await sql<Kept & { journal: string; seq: number; at: Date }>`
    select journal, seq, at, class, reason, rule_version, features from hits
    where campaign_id = ${campaignId} and (at, journal, seq) > (${after.at}::timestamptz, ${after.journal}, ${after.seq}::bigint)
    order by at, journal, seq limit ${batch}`.execute(trx);
  const corrections = rows.flatMap(({ journal, seq, features, ...kept }): Correction[] => {
    const verdict = reclassify(features);
    if ('missing' in verdict) return [];
    const same = verdict.rule === kept.reason && verdict.class === kept.class && kept.rule_version === RULE_VERSION;
    return same ? [] : [{ journal, seq, class: verdict.class, rule: verdict.rule, features }];
  });
  const moved = corrections.length === 0 ? 0 : await correctHits(trx, corrections);
  const last = rows.at(-1);
  return { moved, next: rows.length < batch || !last ? null : { at: last.at, journal: last.journal, seq: last.seq } };
}

/** Totals that every hit has left. Taken in the order of their key, as those who add to them do. */
const dropEmptyTotals = (trx: Trx, table: 'hit_rollups' | 'hit_days', campaignId: number) => {
  const when = sql.ref(table === 'hit_days' ? 'day' : 'hour');
  return sql`
    with empty as (
      select ctid from ${sql.table(table)} where campaign_id = ${campaignId} and hits = 0
      order by push_id, cell_id, link_id, ${when}, class, rule, rule_version for update
    )
    delete from ${sql.table(table)} t using empty where t.ctid = empty.ctid and t.hits = 0`.execute(trx);
};
