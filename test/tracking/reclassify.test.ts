import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { RULE_VERSION, type StoredFeatures } from '../../src/tracking/classify.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { type ClassifiedHit, insertHits } from '../../src/tracking/insert-hits.ts';
import { reclassifyHits } from '../../src/tracking/reclassify.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign, makePush } from './cast.ts';

const { db, cast, ctx } = await testDatabase();
const campaignId = await makeCampaign(db, cast, 'relue');
const push = await makePush(db, cast, { slug: 'lettre', campaignId });
const command = ctx({ kind: 'command', name: 'test', organisationId: cast.organisations.opco });
const READER = featuresOf('GET', {
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
});
const ALONE = { burst: 1, unsubscribe: false, even: 0, crowd: 0, networks: 0 };

let seq = 0;
/** `n` hits as they were classed at that version, on the push's first link, an hour apart. */
async function kept(
  n: number,
  rule: string,
  hitClass: ClassifiedHit['class'],
  features: StoredFeatures,
  version: number,
) {
  const { token, cell, link } = push.tokens[0] ?? { token: '', cell: 0, link: 0 };
  const row = {
    token,
    organisation_id: cast.organisations.opco,
    campaign_id: campaignId,
    push_id: push.pushId,
    cell_id: cell,
    link_id: link,
    source_id: null,
  };
  const hits = Array.from({ length: n }, () => {
    seq += 1;
    return { journal: 'j', seq, at: NOW.getTime() + (seq % 30) * 3_600_000, row, class: hitClass, rule, features };
  });
  await acrossOrganisations(db, async (trx) => {
    await insertHits(trx, hits);
    // As an earlier version left them, totals included.
    if (version === RULE_VERSION) return;
    await sql`update hits set rule_version = ${version} where journal = 'j' and seq > ${seq - n}`.execute(trx);
    for (const table of ['hit_rollups', 'hit_days'])
      await sql`update ${sql.table(table)} set rule_version = ${version} where rule = ${rule}`.execute(trx);
  });
}

/** By rule and version: the hits, the hours, the days. */
async function sums() {
  const { rows } = await acrossOrganisations(db, (trx) =>
    sql<{ rule: string; version: number; hits: number; hours: number; days: number }>`
      with all_of as (
        select reason as rule, rule_version as version, 1 as hits, 0 as hours, 0 as days from hits where campaign_id = ${campaignId}
        union all select rule, rule_version, 0, hits, 0 from hit_rollups where campaign_id = ${campaignId}
        union all select rule, rule_version, 0, 0, hits from hit_days where campaign_id = ${campaignId}
      )
      select rule, version, sum(hits)::bigint as hits, sum(hours)::bigint as hours, sum(days)::bigint as days
      from all_of group by 1, 2 order by 1, 2`.execute(trx),
  );
  for (const row of rows) expect([row.hours, row.days]).toEqual([row.hits, row.hits]);
  return rows.map((r) => `${r.rule} v${r.version} : ${r.hits}`);
}

await kept(40, 'ancienne', 'qualifie', { ...READER, ...ALONE }, 1);
await kept(7, 'methode', 'scanner', { ...READER, method: 'HEAD', burst: 1, unsubscribe: false }, 1);
await kept(
  5,
  'desinscription',
  'suspect',
  { ...READER, burst: 3, unsubscribe: true, even: 0, crowd: 0, networks: 0 },
  1,
);
await kept(90, 'limite', 'inconnu', { ...READER, burst: 1, unsubscribe: false }, 1);
await kept(20, 'aucune', 'inconnu', { ...READER, ...ALONE }, RULE_VERSION);
const BEFORE = ['ancienne v1 : 40', 'aucune v2 : 20', 'desinscription v1 : 5', 'limite v1 : 90', 'methode v1 : 7'];
const FORECAST = {
  ruleVersion: 2,
  hits: 162,
  changes: [
    { from: { rule: 'ancienne', class: 'qualifie' }, to: { rule: 'aucune', class: 'inconnu' }, hits: 40 },
    { from: { rule: 'desinscription', class: 'suspect' }, to: { rule: 'rafale-courte', class: 'suspect' }, hits: 5 },
  ],
  confirmed: 7,
  // What the crowd was is not kept with these: nobody can say what the rules after that one would find.
  stopped: [{ rule: 'foule-un-reseau', hits: 90 }],
};

test('what would change is said first, by rule, and nothing changes (BOT-01)', async () => {
  expect(await reclassifyHits(command, 'relue')).toEqual({ ...FORECAST, applied: 0 });
  expect(await sums()).toEqual(BEFORE);
});

test('only the organisation that leads reclassifies: a partner may not, a stranger learns nothing', async () => {
  await expect(reclassifyHits(ctx(cast.bruno), 'relue', { apply: true })).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(reclassifyHits(ctx(cast.david), 'relue')).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(reclassifyHits(ctx(cast.etranger), 'relue')).rejects.toMatchObject({ kind: 'not-found' });
  expect(await sums()).toEqual(BEFORE);
});

test('interrupted between two batches, hits and totals agree; begun again, it ends', async () => {
  let transactions = 0;
  // A database that is gone after the audit row and two batches.
  const dying = {
    ...db,
    kysely: new Proxy(db.kysely, {
      get: (target, name) => {
        if (name !== 'transaction') return Reflect.get(target, name, target);
        transactions += 1;
        if (transactions > 5) throw new Error('connexion perdue');
        return target.transaction.bind(target);
      },
    }),
  };
  await expect(reclassifyHits({ ...command, db: dying }, 'relue', { apply: true, batch: 25 })).rejects.toThrow(
    'perdue',
  );
  const between = await sums();
  expect(between).not.toEqual(BEFORE);
  expect(between.join(' ')).toContain('ancienne v1');
  const done = await reclassifyHits(command, 'relue', { apply: true, batch: 25 });
  expect(done.applied).toBeGreaterThan(0);
  expect(done.applied).toBeLessThan(52);
  const AFTER = ['aucune v2 : 60', 'limite v1 : 90', 'methode v2 : 7', 'rafale-courte v2 : 5'];
  expect(await sums()).toEqual(AFTER);
  // Once more: nothing is left to do, and nobody is told it was done.
  expect(await reclassifyHits(command, 'relue', { apply: true })).toMatchObject({
    changes: [],
    confirmed: 0,
    applied: 0,
  });
  expect(await sums()).toEqual(AFTER);
  const audits = await acrossOrganisations(db, (trx) =>
    sql<{ subject: string }>`select subject from audit_log where action = 'hits.reclassify'`.execute(trx),
  );
  expect(audits.rows).toEqual([{ subject: `campaign:${campaignId}` }, { subject: `campaign:${campaignId}` }]);
});
