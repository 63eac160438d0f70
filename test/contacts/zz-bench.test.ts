import { readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { from as copyFrom } from 'pg-copy-streams';
import { test } from 'vitest';
import { addressHasher } from '../../src/contacts/addresses.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { onClient } from '../../src/contacts/on-client.ts';
import { readContacts } from '../../src/contacts/read-contacts.ts';
import { copyLine } from '../../src/contacts/staged-contacts.ts';
import { withClient } from '../../src/db/database.ts';
import { SECRETS, testDatabase } from '../support/database.ts';

const t = await testDatabase();
test('bench', async () => {
  const file = readFileSync('/tmp/big.csv');
  let a = performance.now();
  const f = await readContacts(file, {});
  let n = 0;
  const all = [];
  for (const c of f.contacts) {
    n++;
    all.push(c);
  }
  console.error('read', n, performance.now() - a);
  a = performance.now();
  const h = addressHasher(SECRETS);
  let s = '';
  for (const c of all) s += copyLine(c, h(c.normalised));
  console.error('lines', performance.now() - a);
  for (const who of [t.cast.alice, t.cast.alice, t.cast.bruno]) {
    a = performance.now();
    const cu = process.cpuUsage();
    const r = await importContacts(t.ctx(who), { file, options: { fileName: 'big.csv', source: 'CRM' } });
    const cv = process.cpuUsage(cu);
    console.error('import', performance.now() - a, 'cpu', (cv.user / 1000) | 0, (cv.system / 1000) | 0, {
      ...r,
      lines: r.lines.length,
    });
  }
  await withClient(t.db, { organisationId: t.cast.organisations.opco }, async (client) => {
    const trx = onClient(client);
    await sql`create temp table bare on commit drop as select address, civility, first_name, last_name, company, siret, naf_code, idcc, headcount, size_class, postal_code, departement, region, job, level, public, address_kind, tags, note, collected_on, address_hash, content_hash from contacts with no data`.execute(
      trx,
    );
    a = performance.now();
    await pipeline([s], client.query(copyFrom('copy bare from stdin')));
    console.error('bare copy temp', performance.now() - a);
  });
}, 60000);
