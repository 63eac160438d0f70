import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { NOW, testDatabase } from '../support/database.ts';

const { db, cast } = await testDatabase();

test('a bare query sees no row of a tenant table (SEC-21)', async () => {
  const rows = await db.kysely.selectFrom('memberships').selectAll().execute();
  expect(rows).toEqual([]);
});

test('each organisation sees its own rows only (SEC-23)', async () => {
  await acrossOrganisations(db, (trx) =>
    trx
      .insertInto('audit_log')
      .values({ organisation_id: cast.organisations.opco, at: NOW, actor: 'x', action: 'a', subject: 's' })
      .execute(),
  );
  const own = await withOrganisation(db, cast.organisations.opco, (trx) =>
    trx.selectFrom('audit_log').selectAll().execute(),
  );
  const other = await withOrganisation(db, cast.organisations.etranger, (trx) =>
    trx.selectFrom('audit_log').selectAll().execute(),
  );
  expect(own).toHaveLength(1);
  expect(other).toEqual([]);
});

test('the login itself is no superuser and inherits neither role (SEC-20)', async () => {
  const { rows } = await sql<{ super: boolean; inherits: boolean }>`select rolsuper as super,
    exists (select 1 from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = u.oid and r.rolname like 'pv\\_%' and m.inherit_option) as inherits
    from pg_roles u where rolname = session_user`.execute(db.kysely);
  expect(rows[0]).toEqual({ super: false, inherits: false });
});

test('no transaction of the service keeps its locks for ever when its process is paused', async () => {
  const { rows } = await db.pool.query('show idle_in_transaction_session_timeout');
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '5min' }]);
});
