import { type RawBuilder, sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { claim } from '../../src/deliveries/claim.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { approvePush } from '../../src/proofs/approve-push.ts';
import { askedOf } from '../../src/proofs/asked-of.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { approve, content, editPush, type MadePush, makeApprovedPush, makePush, submit } from '../support/factories.ts';
import { browser, type House, house } from '../web/campaigns/house.ts';
import { answer, days, hire, leaves, missing, stateOf } from './asking.ts';

// Ways around an approval, each tried: forms, commands, and SQL written by whoever holds the application's own role.
let t: TestDatabase;
let pv: House;
let push: MadePush;
beforeAll(async () => {
  t = await testDatabase();
  pv = house(t);
});
beforeEach(async () => {
  push = await makePush(t);
  await submit(t, push.id);
});

const as = (organisation: 'opco' | 'btp' | 'etranger', statement: RawBuilder<unknown>) =>
  withOrganisation(t.db, t.cast.organisations[organisation], (trx) => statement.execute(trx));
/** Insufficient privilege, or a row that its policy does not let in. */
const REFUSED = { code: '42501' };
const held = async (of = push) => {
  expect(await leaves(t, of.id, NOW)).not.toBe(true);
  expect((await claim(t.db, { pushId: of.id, worker: 'pirate', now: NOW })).handed).toEqual([]);
};
const page = (of = push) => `/campagnes/${of.campaign}/envois/${of.slug}/validation`;
const form = (seen: string, more: Record<string, string> = {}) => ({ vu: seen, decision: 'valide', ...more });

describe('by the page’s form', () => {
  test('the hash of another content, of another organisation, or no hash at all is no yes', async () => {
    const alices = await askedOf(t.ctx(t.cast.alice), push.id);
    const bruno = await browser(pv, t.cast.bruno);
    for (const seen of [alices, '00'.repeat(32)]) expect((await bruno.post(page(), form(seen))).status).toBe(409);
    for (const seen of ['', 'valide']) expect((await bruno.post(page(), form(seen))).status).toBe(422);
    expect(await missing(t, push.id)).toEqual(['btp', 'opco']);
  });

  test('a form cannot say for whom it speaks: the session does', async () => {
    const bruno = await browser(pv, t.cast.bruno);
    const { opco } = t.cast.organisations;
    const seen = await askedOf(t.ctx(t.cast.bruno), push.id);
    const more = { organisation: 'opco', organisation_id: String(opco), organisationId: String(opco) };
    expect((await bruno.post(page(), form(seen, more))).status).toBe(303);
    expect(await missing(t, push.id)).toEqual(['opco']);
  });

  test('a stranger finds nothing; a communicant is refused; a form of another site, or without its token, too', async () => {
    const seen = await askedOf(t.ctx(t.cast.bruno), push.id);
    expect((await (await browser(pv, t.cast.etranger)).post(page(), form(seen))).status).toBe(404);
    const writer = await hire(t, 'Wanda', 'btp', ['communicant']);
    expect((await (await browser(pv, writer)).post(page(), form(seen))).status).toBe(403);
    const bruno = await browser(pv, t.cast.bruno);
    expect((await bruno.post(page(), form(seen), 'faux')).status).toBe(403);
    expect((await bruno.post(page(), form(seen), '')).status).toBe(403);
    expect(await missing(t, push.id)).toEqual(['btp', 'opco']);
  });

  test('the lead’s « envoyer maintenant » sends nothing that lacks a yes', async () => {
    const alice = await browser(pv, t.cast.alice);
    expect((await alice.post(page().replace('/validation', '/depart'), {})).status).toBe(409);
    await held();
  });
});

describe('by the verbs under every command', () => {
  test('somebody without the role, of another organisation, or a command without a person', async () => {
    const seen = await askedOf(t.ctx(t.cast.bruno), push.id);
    const tried = (ctx: Parameters<typeof approvePush>[0]) => approvePush(ctx, push.id, { seen, decision: 'valide' });
    await expect(tried(t.ctx(t.cast.david))).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(tried(t.ctx(t.cast.emma))).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(tried(t.ctx(t.cast.etranger))).rejects.toMatchObject({ kind: 'not-found' });
    const { btp } = t.cast.organisations;
    await expect(tried(t.ctx({ kind: 'command', name: 'commande', organisationId: btp }))).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(tried(t.ctx({ kind: 'clock', name: 'clock' }))).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(sendNow(t.ctx(t.cast.alice), push.id)).rejects.toMatchObject({ code: 'not_approved' });
    await held();
  });
});

const yes = (organisationId: number, userId: number, hash: RawBuilder<unknown>, campaign = push.campaignId) => sql`
  insert into approvals (organisation_id, campaign_id, subject, content_hash, decision, user_id, user_name, at)
  values (${organisationId}, ${campaign}, ${`push:${push.id}`}, ${hash}, 'valide', ${userId}, 'Un autre', ${NOW})`;
const hashOf = (organisation: number, of = push) => sql`(select h.content_hash from proof_hashes h
  join pushes p on p.current_proof_id = h.proof_id where p.id = ${of.id} and h.organisation_id = ${organisation})`;

describe('by SQL under the application’s own role', () => {
  test('no yes for another organisation, whatever the hash', async () => {
    const { opco, btp } = t.cast.organisations;
    await expect(as('opco', yes(btp, t.cast.bruno.userId, hashOf(btp)))).rejects.toMatchObject(REFUSED);
    await expect(as('btp', yes(opco, t.cast.alice.userId, hashOf(opco)))).rejects.toMatchObject(REFUSED);
    await expect(as('etranger', yes(btp, t.cast.bruno.userId, sql`'\\x00'::bytea`))).rejects.toMatchObject(REFUSED);
  });

  test('a yes of one’s own to another organisation’s hash counts for nothing', async () => {
    const { opco, btp } = t.cast.organisations;
    await as('btp', yes(btp, t.cast.bruno.userId, hashOf(opco)));
    await as('opco', yes(opco, t.cast.alice.userId, hashOf(btp)));
    expect(await missing(t, push.id)).toEqual(['btp', 'opco']);
    await held();
  });

  test('a stranger writes no yes of its own in a campaign of others', async () => {
    const { etranger } = t.cast.organisations;
    const forged = yes(etranger, t.cast.etranger.userId, sql`'\\x00'::bytea`);
    await expect(as('etranger', forged)).rejects.toMatchObject(REFUSED);
  });

  test.each([
    "update approvals set decision = 'valide'",
    "update approvals set remarks = '[]'",
    'delete from approvals',
    'truncate approvals',
    "update proof_hashes set content_hash = '\\x00'",
    'insert into proof_hashes select proof_id + 1, organisation_id, campaign_id, content_hash from proof_hashes',
    "update proof_variants set skeleton = '{}'",
    'update proofs set content_version = 9',
    'insert into push_lapses select id, organisation_id, campaign_id, now() from pushes',
    'update push_lapses set at = now()',
    'delete from push_lapses',
    "update withdrawals set effective_at = now() + interval '1 year'",
    'delete from withdrawals',
    "update deliveries set state = 'planned'",
    'insert into freezes (push_id, organisation_id, campaign_id, proof_id, at, frozen_by) select id, organisation_id, campaign_id, 1, now(), $$x$$ from pushes',
    'update approval_invitations set used_at = null',
    'delete from approval_invitations',
    'select * from sign_in_codes',
    "insert into sessions (id_hash, user_id, organisation_id, created_at, last_seen_at, expires_at) values ('\\x00', 1, 1, now(), now(), now())",
    'select * from tokens',
    "insert into tokens (token, organisation_id, campaign_id, push_id, link_id, url, created_at) values ('x', 1, 1, 1, 1, 'x', now())",
    "update audit_log set action = 'approval.valide'",
    'create or replace function may_leave(push bigint) returns boolean language sql as $$ select true $$',
    'alter table approvals disable row level security',
  ])('out of reach: %s', async (statement) => {
    await expect(as('opco', sql.raw(statement))).rejects.toMatchObject(REFUSED);
  });

  test('the lead points the push at an older submission, or at another push’s: nothing unapproved leaves', async () => {
    const approved = await makeApprovedPush(t);
    const first = await current(push);
    await editPush(t, push, { content: content('Autre chose, jamais validée') });
    await submit(t, push.id);
    await as('opco', sql`update pushes set current_proof_id = ${first} where id = ${push.id}`);
    await held();
    await as('opco', sql`update pushes set current_proof_id = ${await current(approved)} where id = ${push.id}`);
    await held();
    expect(await missing(t, push.id)).toEqual(['btp', 'opco']);
  });

  test('pointed back at what was approved, it is what was approved that leaves, on the terms that were', async () => {
    const approved = await makeApprovedPush(t, { push: { scheduledAt: days(4) } });
    const yes = await current(approved);
    await editPush(t, approved, { scheduledAt: days(5) });
    await as('opco', sql`update pushes set current_proof_id = ${yes} where id = ${approved.id}`);
    expect(await leaves(t, approved.id, days(5))).toBe('content_changed');
    await held(approved);
  });

  test('the lead adds a signatory by hand: its yes is missing, and nothing leaves', async () => {
    const approved = await makeApprovedPush(t);
    const { federation } = t.cast.organisations;
    await as('opco', sql`insert into push_signatories values (${approved.id}, ${federation}, ${approved.campaignId})`);
    expect(await missing(t, approved.id)).toEqual(['federation']);
    await held(approved);
  });

  test('the lead takes a signatory away by hand: nothing is sent under its name, nor to its contacts', async () => {
    await approve(t, push.id, t.cast.alice);
    await as(
      'opco',
      sql`delete from push_signatories where push_id = ${push.id} and organisation_id = ${t.cast.organisations.btp}`,
    );
    expect(await leaves(t, push.id, NOW)).toBe('not_due');
    expect(await sendNow(t.ctx(t.cast.alice), push.id)).toBe(true);
    const rows = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('deliveries').select('organisation_id').distinct().where('push_id', '=', push.id).execute(),
    );
    expect(rows).toEqual([{ organisation_id: t.cast.organisations.opco }]);
  });

  test('a partner touches nothing of the push itself, nor makes a withdrawal for the lead', async () => {
    const changed = await as(
      'btp',
      sql`update pushes set silence = 'sans_elle', answer_by = ${NOW} where id = ${push.id}`,
    );
    expect(changed.numAffectedRows).toBe(0n);
    const gone = (
      organisation: number,
    ) => sql`insert into withdrawals (campaign_id, organisation_id, effective_at, reason, recorded_by, recorded_at)
      values (${push.campaignId}, ${organisation}, ${NOW}, 'x', 'x', ${NOW})`;
    await expect(as('btp', gone(t.cast.organisations.opco))).rejects.toMatchObject(REFUSED);
    await expect(as('etranger', gone(t.cast.organisations.btp))).rejects.toMatchObject(REFUSED);
  });
});

describe('a partner that has left the campaign', () => {
  const withdraw = () =>
    as(
      'opco',
      sql`insert into withdrawals (campaign_id, organisation_id, effective_at, reason, recorded_by, recorded_at)
        values (${push.campaignId}, ${t.cast.organisations.btp}, ${NOW}, 'Autres priorités', 'Alice', ${NOW})`,
    );

  test('answers no more, by a sentence, and by the database itself', async () => {
    const seen = await askedOf(t.ctx(t.cast.bruno), push.id);
    await withdraw();
    await expect(approvePush(t.ctx(t.cast.bruno), push.id, { seen, decision: 'valide' })).rejects.toMatchObject({
      code: 'withdrawn',
    });
    const { btp } = t.cast.organisations;
    await expect(as('btp', yes(btp, t.cast.bruno.userId, hashOf(btp)))).rejects.toMatchObject(REFUSED);
  });

  test('is waited for no more: what the others approved leaves, without its contacts', async () => {
    await answer(t, push.id, t.cast.alice);
    await held();
    await withdraw();
    expect(await missing(t, push.id)).toEqual([]);
    expect(await stateOf(t, push.id)).toBe('pret');
    expect(await sendNow(t.ctx(t.cast.alice), push.id)).toBe(true);
    const { handed } = await claim(t.db, { pushId: push.id, worker: 'w', now: NOW });
    expect(handed.map((row) => row.organisation_id)).toEqual(Array(3).fill(t.cast.organisations.opco));
  });

  test('and where it was the only one to sign, nothing leaves', async () => {
    const alone = await makePush(t, { push: { signatories: ['btp'] } });
    await submit(t, alone.id);
    await answer(t, alone.id, t.cast.bruno);
    push = alone;
    await withdraw();
    await held(alone);
  });
});

const current = (of: MadePush): Promise<number> =>
  acrossOrganisations(t.db, async (trx) => {
    const row = await trx
      .selectFrom('pushes')
      .select('current_proof_id as id')
      .where('id', '=', of.id)
      .executeTakeFirst();
    return row?.id ?? 0;
  });
