import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { sql } from 'kysely';
import { acrossOrganisations } from '../../src/db/database.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { flushJournal, newReading } from '../../src/tracking/flush.ts';
import { openJournal } from '../../src/tracking/journal.ts';
import { readReport } from '../../src/reports/report.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makePush } from './cast.ts';
const { db, cast, ctx } = await testDatabase();
test('bench', async () => {
  const push = await makePush(db, cast, { cells: Array.from({ length: 50 }, (_, i) => ({ recipients: 3000, region: `R${i % 13}` })), urls: Array.from({ length: 10 }, (_, i) => `https://a.example/${i}`) });
  const j = await openJournal(mkdtempSync(join(tmpdir(), 'pv-')));
  const features = featuresOf('GET', { userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36' });
  const N = 200_000;
  for (let i = 0; i < N; i += 1000) await Promise.all(Array.from({ length: 1000 }, (_, n) => j.append({ kind: 'hit', at: NOW.getTime() - (i + n) * 20, token: push.tokens[(i + n) % 500]!.token, network: 'abcdefghijklmnopqrst' + (n % 90 + 10), features })));
  let s = performance.now();
  const c = await flushJournal(db, newReading(j.segments), () => NOW.getTime() + 120_000, 60_000);
  console.log(c, 'hits/s', Math.round(N / ((performance.now() - s) / 1000)), 'rss', process.memoryUsage().rss / 1e6);
  await acrossOrganisations(db, (trx) => sql`insert into deliveries (push_id, organisation_id, campaign_id, contact_id, address_hash, level, cell_id, state, handed_at, settled_at)
    select ${push.pushId}, ${cast.organisations.opco}, ${push.campaignId}, i, decode(md5(i::text), 'hex'), 'terrain', ${push.cells[0]}::bigint + i % 50, 'accepted', ${NOW}::timestamptz, ${NOW}::timestamptz from generate_series(1, 150000) i`.execute(trx));
  await sql`select 1`.execute(db.kysely);
  for (let i = 0; i < 3; i++) { s = performance.now(); await readReport(ctx(cast.alice), 'campagne-lettre'); console.log('report ms', performance.now() - s); }
  await j.close();
}, 120_000);
