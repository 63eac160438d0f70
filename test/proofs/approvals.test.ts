import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { claim } from '../../src/deliveries/claim.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { pushState } from '../../src/deliveries/queries.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { updateOrganisation } from '../../src/organisations/save-organisation.ts';
import { approvePush } from '../../src/proofs/approve-push.ts';
import { askedOf } from '../../src/proofs/asked-of.ts';
import { signatoriesOf } from '../../src/proofs/queries.ts';
import { readApprovals } from '../../src/proofs/read-approvals.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { NOW, type Person, type TestDatabase, testDatabase } from '../support/database.ts';
import {
  approve,
  content,
  editPush,
  makeApprovedPush,
  makePush,
  submit,
  submitAndApprove,
} from '../support/factories.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const missing = (pushId: number): Promise<string[]> =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) =>
    (await signatoriesOf(trx, pushId))
      .filter((s) => s.missing)
      .map((s) => s.slug)
      .toSorted(),
  );
const state = (pushId: number) =>
  withOrganisation(t.db, t.cast.organisations.opco, (trx) => pushState(trx, pushId, NOW));
const directClaim = (pushId: number) => claim(t.db, { pushId, worker: 'pirate', now: NOW });

/** One more member of opco, for this test only. */
async function another(name: string, roles: Person['roles']): Promise<Person & { leave: () => Promise<void> }> {
  const { opco } = t.cast.organisations;
  const address = `${name}@opco.example`;
  const userId = await acrossOrganisations(t.db, async (trx) => {
    const { id } = await trx
      .insertInto('users')
      .values({ address, name, created_at: NOW })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('memberships')
      .values(roles.map((role) => ({ organisation_id: opco, user_id: id, role, created_at: NOW })))
      .execute();
    return id;
  });
  const leave = () =>
    acrossOrganisations(t.db, async (trx) => {
      await trx.deleteFrom('memberships').where('user_id', '=', userId).execute();
    });
  return { kind: 'user', userId, name, address, organisationId: opco, roles, leave };
}

describe('nothing leaves unapproved', () => {
  test('a draft, a submitted push and a half-approved one are refused to the lead, to the clock and to a direct claim', async () => {
    const push = await makePush(t, { push: { scheduledAt: NOW } });
    const alice = t.ctx(t.cast.alice);
    const clock = t.ctx({ kind: 'clock', name: 'clock' });
    const refused = async () => {
      await expect(sendNow(alice, push.id)).rejects.toMatchObject({ code: 'not_approved' });
      await expect(freezePush(clock, push.id)).rejects.toMatchObject({ code: 'not_approved' });
      expect(await directClaim(push.id)).toEqual({ handed: [], cancelled: 0, until: null });
    };
    expect(await state(push.id)).toBe('brouillon');
    await refused();
    await submit(t, push.id);
    expect(await state(push.id)).toBe('a_valider');
    await refused();
    expect(await approve(t, push.id, t.cast.alice)).toEqual({ complete: false });
    await refused();
    expect(await approve(t, push.id, t.cast.bruno)).toEqual({ complete: true });
    expect(await state(push.id)).toBe('pret');
    expect(await sendNow(alice, push.id)).toBe(true);
    expect((await directClaim(push.id)).handed).toHaveLength(5);
  });

  test('a drawn push whose yes is withdrawn hands nothing over, even to a direct claim', async () => {
    const push = await makeApprovedPush(t);
    await sendNow(t.ctx(t.cast.alice), push.id);
    await approve(t, push.id, t.cast.bruno, 'changement');
    expect(await directClaim(push.id)).toEqual({ handed: [], cancelled: 0, until: null });
    expect(await missing(push.id)).toEqual(['btp']);
    await approve(t, push.id, t.cast.bruno);
    expect((await directClaim(push.id)).handed).toHaveLength(5);
  });

  test('a push that nobody signs can neither be submitted nor leave', async () => {
    const push = await makeApprovedPush(t);
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('pushes').set({ paused_at: null }).where('id', '=', push.id).execute(),
    );
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.deleteFrom('push_signatories').where('push_id', '=', push.id).execute(),
    );
    await expect(sendNow(t.ctx(t.cast.alice), push.id)).rejects.toMatchObject({ code: 'not_approved' });
    await expect(submit(t, push.id)).rejects.toMatchObject({ code: 'signatories' });
  });
});

describe('one approves what one has read', () => {
  test('the yes to an old content is refused, and says to read again', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    const ctx = t.ctx(t.cast.bruno);
    const seen = await askedOf(ctx, push.id);
    await editPush(t, push, { content: content('Autre chose') });
    await expect(approvePush(ctx, push.id, { seen, decision: 'valide' })).rejects.toMatchObject({
      code: 'nothing_asked',
    });
    await submit(t, push.id);
    await expect(approvePush(ctx, push.id, { seen, decision: 'valide' })).rejects.toMatchObject({
      code: 'content_changed',
    });
    expect(await missing(push.id)).toEqual(['btp', 'opco']);
  });

  test('any edit after the approvals asks for them again; undone, the old ones still count', async () => {
    const push = await makeApprovedPush(t);
    await editPush(t, push, { content: content('Une faute corrigée') });
    expect(await state(push.id)).toBe('brouillon');
    await expect(sendNow(t.ctx(t.cast.alice), push.id)).rejects.toMatchObject({ code: 'not_approved' });
    expect(await submit(t, push.id)).toMatchObject({ asked: 2 });
    await editPush(t, push, {});
    expect(await submit(t, push.id)).toMatchObject({ asked: 0 });
    expect(await state(push.id)).toBe('pret');
  });

  test.each([
    ['its date', { scheduledAt: new Date('2026-12-01T08:00:00Z') }],
    ['its deadline', { deadlineAt: new Date('2026-12-31T08:00:00Z') }],
  ])('moving %s asks everybody again', async (_, change) => {
    const push = await makeApprovedPush(t);
    await editPush(t, push, change);
    expect(await submit(t, push.id)).toMatchObject({ asked: 2 });
  });

  test('only the organisation whose content moved is asked again', async () => {
    const push = await makeApprovedPush(t);
    const { subject, blocks } = content('Bonjour à tous');
    const own = { id: 'btp', type: 'text', markdown: 'Pour le bâtiment.', organisations: ['btp'] };
    await editPush(t, push, { content: { subject, blocks: [...blocks, own] } });
    expect(await submit(t, push.id)).toMatchObject({ asked: 1 });
    expect(await missing(push.id)).toEqual(['btp']);
    const { decisions, signatories } = await readApprovals(t.ctx(t.cast.alice), push.id);
    expect(signatories.find((s) => s.slug === 'opco')?.last).toMatchObject({ decision: 'valide', by: 'Alice' });
    expect(decisions.find((d) => d.organisation === 'Partenaire BTP')).toMatchObject({ current: false });
  });

  test('a sender identity changed since is asked about at the next submission, and never slips into this one', async () => {
    const push = await makeApprovedPush(t);
    const before = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('organisations').selectAll().where('id', '=', t.cast.organisations.opco).executeTakeFirstOrThrow(),
    );
    const settings = {
      name: before.name,
      senderName: before.sender_name,
      replyTo: null,
      postalAddress: before.postal_address,
      privacyContact: before.privacy_contact,
      colour: before.colour,
      accent: before.accent,
    };
    await updateOrganisation(t.ctx(t.cast.emma), { ...settings, senderAddress: 'autre@opco.example' });
    expect(await sendNow(t.ctx(t.cast.alice), push.id)).toBe(true);
    expect(await submit(t, push.id)).toMatchObject({ asked: 1 });
    expect(await missing(push.id)).toEqual(['opco']);
    await updateOrganisation(t.ctx(t.cast.emma), { ...settings, senderAddress: before.sender_address });
  });

  test('an edit and an approval at the same moment: what may leave is what was read', async () => {
    for (let round = 0; round < 4; round += 1) {
      const push = await makePush(t);
      await submit(t, push.id);
      await approve(t, push.id, t.cast.alice);
      const ctx = t.ctx(t.cast.bruno);
      const seen = await askedOf(ctx, push.id);
      await Promise.allSettled([
        approvePush(ctx, push.id, { seen, decision: 'valide' }),
        pause(round).then(() => editPush(t, push, { content: content('Glissé au dernier moment') })),
      ]);
      expect(await directClaim(push.id)).toEqual({ handed: [], cancelled: 0, until: null });
      await expect(sendNow(t.ctx(t.cast.alice), push.id)).rejects.toMatchObject({ code: 'not_approved' });
    }
  });
});

describe('who may say yes', () => {
  test('a stranger finds nothing; a relay, an évaluateur and a communicant may not', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    const seen = await askedOf(t.ctx(t.cast.alice), push.id);
    const as = (person: Person) => approvePush(t.ctx(person), push.id, { seen, decision: 'valide' });
    await expect(as(t.cast.etranger)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(as(t.cast.chloe)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(as(t.cast.david)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(as({ ...t.cast.chloe, roles: ['valideur'] })).rejects.toMatchObject({ code: 'nothing_asked' });
    // Bruno answers for his own organisation, with what it is asked: not with what another one is asked.
    await expect(as(t.cast.bruno)).rejects.toMatchObject({ code: 'content_changed' });
    const command = t.ctx({ kind: 'command', name: 'commande', organisationId: t.cast.organisations.opco });
    await expect(approvePush(command, push.id, { seen, decision: 'valide' })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(await missing(push.id)).toEqual(['btp', 'opco']);
  });

  test('who submitted is not enough where the organisation has another valideur; alone, she is', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    const second = await another('fanny', ['valideur']);
    await expect(approve(t, push.id, t.cast.alice)).rejects.toMatchObject({ kind: 'forbidden' });
    await approve(t, push.id, t.cast.alice, 'changement');
    await approve(t, push.id, second);
    expect(await missing(push.id)).toEqual(['btp']);
    await second.leave();
    const other = await makePush(t);
    await submit(t, other.id);
    await approve(t, other.id, t.cast.alice);
    expect(await missing(other.id)).toEqual(['btp']);
  });

  test('who wrote the text does not escape that by having somebody else submit it', async () => {
    const push = await makePush(t);
    const second = await another('gilles', ['valideur', 'communicant']);
    await submitPush(t.ctx(second), push.id);
    await expect(approve(t, push.id, t.cast.alice)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(approve(t, push.id, second)).rejects.toMatchObject({ kind: 'forbidden' });
    const third = await another('hedi', ['valideur']);
    await approve(t, push.id, third);
    expect(await missing(push.id)).toEqual(['btp']);
    await Promise.all([second.leave(), third.leave()]);
  });

  test('a request for changes says what to change', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    const ctx = t.ctx(t.cast.bruno);
    const seen = await askedOf(ctx, push.id);
    await expect(approvePush(ctx, push.id, { seen, decision: 'changement' })).rejects.toMatchObject({
      code: 'comment',
    });
    await expect(approvePush(ctx, push.id, { seen: 'abc', decision: 'valide' })).rejects.toMatchObject({
      code: 'decision',
    });
  });

  test('only the lead submits, and neither what is cancelled nor what has ended', async () => {
    const push = await makePush(t);
    await expect(submitPush(t.ctx(t.cast.bruno), push.id)).rejects.toMatchObject({ code: 'not_lead' });
    await expect(submitPush(t.ctx(t.cast.etranger), push.id)).rejects.toMatchObject({ kind: 'not-found' });
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('pushes').set({ cancelled_at: NOW }).where('id', '=', push.id).execute(),
    );
    await expect(submit(t, push.id)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('each valideur is asked by mail in the transaction of the submission, once', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    await submitAndApprove(t, push.id);
    await submit(t, push.id);
    const asked = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('approval_invitations as i')
        .innerJoin('users as u', 'u.id', 'i.user_id')
        .select(['u.address', 'i.path'])
        .execute(),
    );
    const mine = asked.filter((m) => m.path.includes(`/envois/${push.slug}/`));
    // Submitted three times, twice with nobody's yes and once with everybody's.
    expect(mine.map((m) => m.address).toSorted()).toEqual(
      [t.cast.alice, t.cast.alice, t.cast.bruno, t.cast.bruno].map((p) => p.address),
    );
  });
});
