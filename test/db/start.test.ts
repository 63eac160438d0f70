import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { checkIsolation } from '../../src/db/check-isolation.ts';
import { testDatabase } from '../support/database.ts';
import { generateTypes, TYPES_FILE } from '../support/generate-types.ts';

const t = await testDatabase();

describe('at start', () => {
  /** As the owner of the database: what a careless migration would leave. */
  async function withTable(statements: string, run: () => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: t.url });
    await client.connect();
    try {
      await client.query(`create table oubliee (id bigint, organisation_id bigint); ${statements}`);
      await run();
    } finally {
      await client.query('drop table oubliee');
      await client.end();
    }
  }
  const ENABLED = 'alter table oubliee enable row level security;';
  const FORCED = `${ENABLED} alter table oubliee force row level security;`;

  test('an isolation that holds is accepted', async () => {
    await expect(checkIsolation(t.db)).resolves.toBeUndefined();
  });

  test.each([
    ['without policies', ''],
    ['whose policies its owner escapes', ENABLED],
    ['whose policy does not check what is written', `${FORCED} create policy p on oubliee using (true);`],
  ])('a table %s is refused by name (SEC-20)', async (_, statements) => {
    await withTable(statements, () => expect(checkIsolation(t.db)).rejects.toThrow(/table oubliee/));
  });

  test('a role that owns a table is refused', async () => {
    await withTable(
      `${FORCED} grant create on schema public to ${t.db.roles.app}; alter table oubliee owner to ${t.db.roles.app};`,
      () => expect(checkIsolation(t.db)).rejects.toThrow(new RegExp(`rôle ${t.db.roles.app}`)),
    ).catch((error: { code?: string }) => {
      // The owner gave it away: only its new owner may drop it.
      if (error.code !== '42501') throw error;
    });
  });
});

test('the generated types are those of the migrations', () => {
  expect(generateTypes(t.url)).toBe(readFileSync(TYPES_FILE, 'utf8'));
});
