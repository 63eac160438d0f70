import { sql } from 'kysely';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { approve, makePush, submit } from '../support/factories.ts';

const t = await testDatabase();
const { opco, btp } = t.cast.organisations;

/** What is written once, and the column somebody would like to rewrite. */
const RECORDS = [
  ['audit_log', 'action'],
  ['decisions', 'decision'],
  ['approvals', 'comment'],
  ['withdrawals', 'reason'],
] as const;

beforeAll(async () => {
  const push = await makePush(t);
  await submit(t, push.id);
  await approve(t, push.id, t.cast.alice);
  await recordDecision(t.ctx(t.cast.alice), push.campaignId, {
    instance: 'copil',
    date: '2026-11-02',
    subject: 's',
    decision: 'd',
  });
  await withOrganisation(t.db, opco, (trx) =>
    trx
      .insertInto('withdrawals')
      .values({
        campaign_id: push.campaignId,
        organisation_id: btp,
        effective_at: NOW,
        reason: 'r',
        recorded_by: 'test',
        recorded_at: NOW,
      })
      .execute(),
  );
});

const rowsOf = (table: string) =>
  acrossOrganisations(
    t.db,
    async (trx) => (await sql<object>`select * from ${sql.table(table)} order by 1, 2`.execute(trx)).rows,
  );

describe.each(RECORDS)('%s is written once and for all', (table, column) => {
  const acts = [
    ['updated', `update ${table} set ${column} = 'autre'`],
    ['deleted', `delete from ${table}`],
    ['truncated', `truncate ${table} cascade`],
  ] as const;

  test.each(acts)(
    'by the role of the pages it cannot be %s, in its own organisation either (SEC-21)',
    async (_, act) => {
      const before = await rowsOf(table);
      expect(before.length).toBeGreaterThan(0);
      for (const organisation of [opco, btp])
        await expect(withOrganisation(t.db, organisation, (trx) => sql.raw(act).execute(trx))).rejects.toThrow(
          /permission denied/,
        );
      expect(await rowsOf(table)).toEqual(before);
    },
  );

  test.each(acts.slice(0, 2))('nor by the role that sees every organisation: not %s', async (_, act) => {
    const before = await rowsOf(table);
    await expect(acrossOrganisations(t.db, (trx) => sql.raw(act).execute(trx))).rejects.toThrow(/permission denied/);
    expect(await rowsOf(table)).toEqual(before);
  });

  test.each(acts.slice(0, 2))(
    'the owner of the tables sees no row of it to be %s: its policies are forced',
    async (_, act) => {
      const before = await rowsOf(table);
      const owner = new pg.Client({ connectionString: t.url });
      await owner.connect();
      try {
        const { rows } = await owner.query(
          'select relforcerowsecurity as forced, pg_get_userbyid(relowner) = current_user as own from pg_class where relname = $1',
          [table],
        );
        expect(rows).toEqual([{ forced: true, own: true }]);
        expect((await owner.query(act)).rowCount).toBe(0);
      } finally {
        await owner.end();
      }
      expect(await rowsOf(table)).toEqual(before);
    },
  );
});

test.each(['audit_log', 'decisions', 'approvals'])(
  'no row of %s is written in the name of another organisation (SEC-23)',
  async (table) => {
    const columns = Object.keys((await rowsOf(table))[0] ?? {}).filter((c) => c !== 'id' && c !== 'search');
    const list = columns.map((c) => `"${c}"`).join(', ');
    const copied = columns.map((c) => (c === 'organisation_id' ? String(btp) : `"${c}"`)).join(', ');
    await expect(
      withOrganisation(t.db, opco, (trx) =>
        sql.raw(`insert into ${table} (${list}) select ${copied} from ${table} limit 1`).execute(trx),
      ),
    ).rejects.toThrow(/row-level security/);
  },
);
