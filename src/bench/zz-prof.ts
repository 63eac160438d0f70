import pg from 'pg';
import { readConfig } from '../config.ts';
import { readReport } from '../reports/report.ts';
import { openService } from '../service.ts';

const dir = process.argv[2]!;
const verbose = process.argv[3] !== '-q';
const service = await openService(readConfig({ DATA_DIR: dir, SECRET: 'aa'.repeat(32) }));
const id = 1;
const ctx = {
  db: service.db,
  secrets: service.secrets,
  publicUrl: service.publicUrl,
  now: service.now,
  actor: { kind: 'command' as const, name: 'banc', organisationId: id },
};

import { keepSums } from '../deliveries/keep-sums.ts';

const before = JSON.stringify(await readReport(ctx as never, 'banc'));
const tk = performance.now();
console.log('kept', await keepSums(service.db, new Date()), (performance.now() - tk).toFixed(0), 'ms');
const after = JSON.stringify(await readReport(ctx as never, 'banc'));
const strip = (x: string) => x.replace(/"generatedAt":"[^"]*"/, '');
console.log('same', strip(before) === strip(after), before.length);
let log: { ms: number; text: string; rows: number }[] = [];
const orig = pg.Client.prototype.query as any;
(pg.Client.prototype as any).query = function (...a: any[]) {
  const start = performance.now();
  const r = orig.apply(this, a);
  const text = typeof a[0] === 'string' ? a[0] : a[0].text;
  if (r?.then) r.then((x: any) => log.push({ ms: performance.now() - start, text, rows: x.rowCount }));
  return r;
};
const reads: number[] = [];
for (let n = 0; n < 15; n++) {
  log = [];
  const t = performance.now();
  await readReport(ctx as never, 'banc');
  reads.push(performance.now() - t);
}
const db = log.reduce((s, l) => s + l.ms, 0);
if (verbose)
  for (const l of log)
    console.log(l.ms.toFixed(1).padStart(7), String(l.rows).padStart(6), l.text.replace(/\s+/g, ' ').slice(0, 150));
console.log(
  'reads',
  reads.map((r) => r.toFixed(0)).join(' '),
  'median',
  reads.toSorted((a, b) => a - b)[7]!.toFixed(1),
  'queries',
  log.length,
  'db ms',
  db.toFixed(1),
);
await service.close();
