import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makeApprovedPush, makePush, submit } from '../support/factories.ts';

// What the application's own role is refused by the database, whatever the code above it does.
let t: TestDatabase;
let push: MadePush;
let draft: MadePush;
beforeAll(async () => {
  t = await testDatabase();
  push = await makeApprovedPush(t);
  await sendNow(t.ctx(t.cast.alice), push.id);
  draft = await makePush(t);
  await submit(t, draft.id);
});

const as = (organisation: 'opco' | 'btp' | 'etranger', statement: RawBuilder<unknown>) =>
  withOrganisation(t.db, t.cast.organisations[organisation], (trx) => statement.execute(trx));
/** Insufficient privilege, or a row that its policy does not let in. */
const REFUSED = { code: '42501' };

const yes = (organisationId: number, userId: number) => sql`
  insert into approvals (organisation_id, campaign_id, subject, content_hash, decision, user_id, user_name, at)
  select ${organisationId}, h.campaign_id, ${`push:${draft.id}`}, h.content_hash, 'valide', ${userId}, 'Un autre', ${NOW}
  from proof_hashes h join pushes p on p.current_proof_id = h.proof_id
  where p.id = ${draft.id} and h.organisation_id = ${organisationId}`;

describe('a yes', () => {
  test('cannot be written for another organisation', async () => {
    await expect(as('opco', yes(t.cast.organisations.btp, t.cast.bruno.userId))).rejects.toMatchObject(REFUSED);
  });

  test('cannot be seen, and so not copied, by a stranger', async () => {
    const copied = await as('etranger', yes(t.cast.organisations.etranger, t.cast.etranger.userId));
    expect(copied.numAffectedRows).toBe(0n);
  });

  test.each(["update approvals set decision = 'valide'", 'delete from approvals', 'truncate approvals'])(
    'cannot be changed or removed: %s',
    async (statement) => {
      await expect(as('btp', sql.raw(statement))).rejects.toMatchObject(REFUSED);
    },
  );
});

describe('what was approved', () => {
  test.each([
    "update proof_hashes set content_hash = '\\x00'",
    'delete from proof_hashes',
    "update proof_variants set subject = 'Autre', skeleton = '{}'",
    'delete from proof_variants',
    'update proofs set content_version = 9',
    'delete from proofs',
    'update freezes set proof_id = 1',
    'delete from freezes',
  ])('cannot be changed by the lead: %s', async (statement) => {
    await expect(as('opco', sql.raw(statement))).rejects.toMatchObject(REFUSED);
  });

  test('cannot be added to', async () => {
    const { opco } = t.cast.organisations;
    await expect(
      as(
        'opco',
        sql`insert into proofs (organisation_id, campaign_id, push_id, content_version, created_by, created_at)
        values (${opco}, ${push.campaignId}, ${push.id}, 2, 'pirate', ${NOW})`,
      ),
    ).rejects.toMatchObject(REFUSED);
  });
});

describe('the memory and the ledger', () => {
  test.each([
    "update audit_log set action = 'rien'",
    'delete from audit_log',
    "update deliveries set state = 'planned'",
    'delete from deliveries',
    "insert into deliveries (push_id, organisation_id, campaign_id, contact_id, address_hash, level, state) values (1, 1, 1, 1, '\\x00', 'terrain', 'planned')",
    'select address_hash from deliveries',
    'select reason from deliveries',
    "update consents set value = 'granted'",
    'delete from consents',
    'delete from suppressions',
    "update suppressions set scope = 'campagne'",
    'select * from outbox',
    'select * from users',
    'select * from sessions',
    'select * from sign_in_codes',
    'select * from hits',
    'select * from tokens',
    'set local role pg_read_all_data',
  ])('are out of reach of the application’s role: %s', async (statement) => {
    await expect(as('opco', sql.raw(statement))).rejects.toMatchObject(REFUSED);
  });

  test('an audit row cannot be signed with another organisation’s name', async () => {
    await expect(
      as(
        'opco',
        sql`insert into audit_log (organisation_id, at, actor, action, subject)
        values (${t.cast.organisations.btp}, ${NOW}, 'user:1', 'approval.valide', ${`push:${draft.id}`})`,
      ),
    ).rejects.toMatchObject(REFUSED);
  });

  test('a partner sees its own rows of the ledger only', async () => {
    const rows = await as('btp', sql`select organisation_id from deliveries where push_id = ${push.id}`);
    expect(rows.rows).toEqual(push.addresses.btp.map(() => ({ organisation_id: t.cast.organisations.btp })));
    expect((await as('etranger', sql`select id from deliveries`)).rows).toEqual([]);
  });

  test('a partner that only signs cannot touch the push itself', async () => {
    const changed = await as(
      'btp',
      sql`update pushes set current_proof_id = null, content = '{}' where id = ${push.id}`,
    );
    expect(changed.numAffectedRows).toBe(0n);
  });
});
