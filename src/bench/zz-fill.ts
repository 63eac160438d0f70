import { chmodSync, mkdirSync } from 'node:fs';
import pg from 'pg';
import { readConfig } from '../config.ts';
import { openService } from '../service.ts';
import { startFlusher } from '../tracking/flusher.ts';
import { openJournal } from '../tracking/journal.ts';
import { writeJournal } from './report.ts';
import { busyCampaign } from './report-campaign.ts';

const [dir, hits, contacts, pushes] = [
  process.argv[2]!,
  Number(process.argv[3]),
  Number(process.argv[4]),
  Number(process.argv[5]),
];
mkdirSync(dir, { recursive: true });
chmodSync(dir, 0o711);
const service = await openService(readConfig({ DATA_DIR: dir, SECRET: 'aa'.repeat(32) }));
const scratch = {
  service,
  dir,
  say: console.error,
  onClose: () => {},
  owner: async (t: string[]) => {
    const c = new pg.Client({ connectionString: service.db.url });
    await c.connect();
    for (const x of t) await c.query(`alter table ${x} no force row level security`);
    return c;
  },
};
let t = performance.now();
const { owner } = await busyCampaign(scratch as never, { contacts, pushes });
console.log('campaign', performance.now() - t);
await writeJournal(owner, service.config.dataDir, hits);
const journal = await openJournal(service.config.dataDir);
const flusher = startFlusher(service.db, journal, { everyMs: 0 });
t = performance.now();
console.log(await flusher.flush(), (hits / (performance.now() - t)) * 1000, 'hits/s');
await journal.close();
await owner.query('analyze');
console.log(
  (
    await owner.query(
      'select count(*) deliveries, (select count(*) from hit_rollups) rollups, (select count(*) from hit_days) days, (select count(*) from cells) cells from deliveries',
    )
  ).rows,
);
for (const { n } of (
  await owner.query('select relname as n from pg_class where relrowsecurity and not relforcerowsecurity')
).rows)
  await owner.query('alter table ' + n + ' force row level security');
await owner.end();
await service.close();
