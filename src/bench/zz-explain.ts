import pg from 'pg';
import { readConfig } from '../config.ts';
import { readReport } from '../reports/report.ts';
import { openService } from '../service.ts';

const service = await openService(readConfig({ DATA_DIR: process.argv[2]!, SECRET: 'aa'.repeat(32) }));
const wanted = process.argv[3]!;
const ctx = {
  db: service.db,
  secrets: service.secrets,
  publicUrl: service.publicUrl,
  now: service.now,
  actor: { kind: 'command' as const, name: 'banc', organisationId: 1 },
};
const orig = pg.Client.prototype.query as any;
let on = false;
(pg.Client.prototype as any).query = function (...a: any[]) {
  const text = typeof a[0] === 'string' ? a[0] : a[0].text;
  if (on && text?.includes(wanted)) {
    on = false;
    const values = a[1] ?? a[0].values;
    return (async () => {
      const plan = await orig.call(this, 'explain (analyze, buffers, timing off) ' + text, values);
      console.log(plan.rows.map((r: any) => r['QUERY PLAN']).join('\n'));
      return orig.apply(this, a);
    })();
  }
  return orig.apply(this, a);
};
for (let i = 0; i < 3; i++) await readReport(ctx as never, 'banc');
on = true;
await readReport(ctx as never, 'banc');
await service.close();
