import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { testDatabase } from '../support/database.ts';

const CONTACTS = fileURLToPath(new URL('../../campaigns/essentiels-infranum/contacts/', import.meta.url));

test('the invented contacts of the demonstration import without a single refused or doubtful line', async () => {
  const t = await testDatabase();
  for (const name of ['afdas', 'constructys', 'federation']) {
    const file = readFileSync(`${CONTACTS}${name}.csv`);
    // Nothing may ever be addressed to somebody real.
    for (const [, domain] of file.toString().matchAll(/@([^;]+)/g)) expect(domain).toMatch(/\.example$/);
    const report = await importContacts(t.ctx(t.cast.alice), {
      file,
      options: { fileName: `${name}.csv`, source: 'démonstration' },
    });
    expect(report.lines).toEqual([]);
    expect(report.rejected + report.warned).toBe(0);
  }
});
