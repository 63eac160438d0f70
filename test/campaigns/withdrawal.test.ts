import { beforeAll, describe, expect, test } from 'vitest';
import { withdrawPartner } from '../../src/campaigns/withdraw-partner.ts';
import { withdrawalsOfCampaign } from '../../src/campaigns/withdrawals.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../../src/db/database.ts';
import { decisionsOfCampaign } from '../../src/decisions/queries.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { forecastPush } from '../../src/deliveries/forecast.ts';
import { readPushes } from '../../src/deliveries/read-pushes.ts';
import { readRows } from '../../src/deliveries/read-rows.ts';
import { readWithdrawalEffects } from '../../src/deliveries/read-withdrawal.ts';
import { previewChoices } from '../../src/proofs/preview-push.ts';
import { mayLeave, signatoriesOf } from '../../src/proofs/queries.ts';
import { pushesOfCampaign } from '../../src/pushes/queries.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { readReport } from '../../src/reports/report.ts';
import { drain, finishedAt, freeze, ledger } from '../deliveries/ledger.ts';
import { startSink } from '../deliveries/sink.ts';
import { NOW, type Person, type TestDatabase, testDatabase } from '../support/database.ts';
import { approve, type MadePush, makeApprovedPush, makePush, submit } from '../support/factories.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const REASON = 'La branche a quitté l’accord.';
const leave = (person: Person, push: MadePush, over: Record<string, unknown> = {}, now = NOW) =>
  withdrawPartner(t.ctx(person, now), push.campaign, {
    organisation: 'btp',
    effectiveOn: '2026-11-22',
    reason: REASON,
    ...over,
  });
const leavable = (push: MadePush) => acrossOrganisations(t.db, (trx) => mayLeave(trx, push.id));
const fates = async (push: MadePush, organisation: 'opco' | 'btp') =>
  (await ledger(t, push.id))
    .filter((r) => r.organisation_id === t.cast.organisations[organisation])
    .map((r) => [r.state, r.reason]);
const count = (n: number, fate: readonly unknown[]) => Array.from({ length: n }, () => fate);

describe('what stops', () => {
  test('in the middle of a sending, no waiting row of its contacts leaves, and those of the others all do', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 40, btp: 30 } });
    await freeze(t, push.id);
    await leave(t.cast.bruno, push);
    const sink = await startSink();
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(sink.received.map((m) => m.to).toSorted()).toEqual(push.addresses.opco.toSorted());
    expect(await fates(push, 'opco')).toEqual(count(40, ['accepted', null]));
    expect(await fates(push, 'btp')).toEqual(count(30, ['cancelled', 'retrait']));
    expect(await finishedAt(t, push.id)).not.toBeNull();
    const { rows } = await readRows(t.ctx(t.cast.bruno), push.id, { filter: null, after: null });
    expect(rows.map((r) => [r.state, r.reason])).toEqual(count(30, ['cancelled', 'retrait']));
  });

  test('while the workers are at it: nothing is claimed for it once the withdrawal is written', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 60, btp: 400 } });
    await freeze(t, push.id);
    // Slow enough that most of it is still to come when the withdrawal is written, however busy the machine.
    const sink = await startSink({ thinkMs: 10 });
    const drains = [
      drain(t, push.id, sink.pool(1), { worker: 'w1' }),
      drain(t, push.id, sink.pool(1), { worker: 'w2' }),
    ];
    while (sink.received.length < 20) await new Promise((done) => setTimeout(done, 2));
    await leave(t.cast.alice, push);
    const claimed = async () =>
      (await fates(push, 'btp')).filter(([state]) => state === 'handed' || state === 'accepted').length;
    const already = await claimed();
    await Promise.all(drains);
    await sink.close();
    expect(await claimed()).toBeLessThanOrEqual(already);
    expect((await fates(push, 'btp')).filter(([, reason]) => reason === 'retrait').length).toBeGreaterThan(0);
    expect(await fates(push, 'opco')).toEqual(count(60, ['accepted', null]));
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  test('its sign-off that was still awaited lapses: the push may leave, for the others', async () => {
    const push = await makePush(t, { contacts: { opco: 25, btp: 25 } });
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    expect(await leavable(push)).toBe(false);
    await leave(t.cast.bruno, push);
    expect(await leavable(push)).toBe(true);
    await freeze(t, push.id);
    expect(await fates(push, 'btp')).toEqual([]);
    expect(await fates(push, 'opco')).toEqual(count(25, ['planned', null]));
    const [line] = await readPushes(t.ctx(t.cast.alice), { pushId: push.id });
    expect(line?.signatories.find((s) => s.slug === 'btp')).toMatchObject({ missing: false });
  });

  test('a push that it alone signed has nobody left, and does not leave', async () => {
    const push = await makePush(t, { push: { signatories: ['btp'] } });
    await submit(t, push.id);
    await approve(t, push.id, t.cast.bruno);
    expect(await leavable(push)).toBe(true);
    await leave(t.cast.bruno, push);
    expect(await leavable(push)).toBe(false);
    await expect(submit(t, push.id)).rejects.toMatchObject({ code: 'signatories' });
  });

  test('it is neither forecast, nor previewed, nor compiled, nor named at the foot of what is submitted next', async () => {
    const push = await makePush(t, { contacts: { opco: 30, btp: 30 } });
    await leave(t.cast.alice, push);
    const command = t.ctx({ kind: 'command', name: 'test', organisationId: t.cast.organisations.opco });
    expect(await forecastPush(command, push.id)).toMatchObject({ selected: 30, addressed: 30 });
    expect((await previewChoices(t.ctx(t.cast.alice), push.id)).organisations.map((o) => o.slug)).toEqual(['opco']);
    await submit(t, push.id);
    const variants = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('proof_variants as v')
        .innerJoin('pushes as p', 'p.current_proof_id', 'v.proof_id')
        .select(['v.organisation_id', 'v.text'])
        .where('p.id', '=', push.id)
        .execute(),
    );
    expect(new Set(variants.map((v) => v.organisation_id))).toEqual(new Set([t.cast.organisations.opco]));
    expect(variants.map((v) => v.text).join()).not.toContain('Partenaire BTP');
  });

  test('a day to come changes nothing before it', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    await leave(t.cast.bruno, push, { effectiveOn: '2027-05-03' });
    expect(await leavable(push)).toBe(false);
    await approve(t, push.id, t.cast.bruno);
    expect(await leavable(push)).toBe(true);
    await freeze(t, push.id);
    expect(await fates(push, 'btp')).toEqual(count(2, ['planned', null]));
    const at = await withOrganisation(t.db, t.cast.organisations.btp, (trx) =>
      trx
        .selectFrom('withdrawals')
        .select('effective_at')
        .where('campaign_id', '=', push.campaignId)
        .executeTakeFirstOrThrow(),
    );
    // The first instant of that day in Paris, where it is summer.
    expect(at.effective_at.toISOString()).toBe('2027-05-02T22:00:00.000Z');
  });
});

describe('who may say it, and when', () => {
  test('the lead does not leave what it carries, and is told what to do instead', async () => {
    const push = await makePush(t);
    await expect(leave(t.cast.alice, push, { organisation: 'opco' })).rejects.toMatchObject({
      code: 'pilote',
      message: expect.stringContaining('annulez ses envois'),
    });
  });

  test('nobody leaves twice', async () => {
    const push = await makePush(t);
    await leave(t.cast.bruno, push);
    await expect(leave(t.cast.bruno, push)).rejects.toMatchObject({ code: 'deja_retiree' });
    await expect(leave(t.cast.alice, push, { effectiveOn: '2026-12-01' })).rejects.toMatchObject({
      code: 'deja_retiree',
    });
  });

  test('of two people at the same moment one writes it, with one decision and one mail to each', async () => {
    const push = await makePush(t);
    const done = await Promise.allSettled([leave(t.cast.bruno, push), leave(t.cast.alice, push)]);
    expect(done.map((d) => d.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const decisions = await withOrganisation(t.db, t.cast.organisations.btp, (trx) =>
      trx.selectFrom('decisions').select('why').where('campaign_id', '=', push.campaignId).execute(),
    );
    expect(decisions).toEqual([{ why: REASON }]);
  });

  test.each([
    ['a day that has gone', { effectiveOn: '2026-11-21' }, 'effectiveOn'],
    ['a day after the end of the campaign', { effectiveOn: '2029-01-01' }, 'effectiveOn'],
    ['a day that does not exist', { effectiveOn: '2027-02-30' }, 'effectiveOn'],
    ['no reason', { reason: '  ' }, 'reason'],
  ])('%s is refused at its field', async (_, over, field) => {
    const push = await makePush(t);
    await expect(leave(t.cast.bruno, push, over)).rejects.toMatchObject({
      kind: 'invalid',
      fields: [{ field, message: expect.any(String) }],
    });
  });

  test('neither another partner, nor a valideur or an évaluateur, nor a stranger', async () => {
    const push = await makePush(t);
    await expect(leave(t.cast.chloe, push)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(leave(t.cast.david, push)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(leave(t.cast.etranger, push)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(leave(t.cast.alice, push, { organisation: 'etranger' })).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('what is told, and what stays', () => {
  test('the memory, the audit and the communicants of the others know it, with the reason', async () => {
    const push = await makePush(t);
    await leave(t.cast.bruno, push);
    const { decisions, audit, given } = await withOrganisation(t.db, t.cast.organisations.btp, async (trx) => ({
      decisions: await trx
        .selectFrom('decisions')
        .select(['subject', 'decision', 'why'])
        .where('campaign_id', '=', push.campaignId)
        .execute(),
      audit: await trx
        .selectFrom('audit_log')
        .select('detail')
        .where('action', '=', 'campaign.withdraw')
        .where('subject', '=', `campaign:${push.campaignId}`)
        .execute(),
      given: await withdrawalsOfCampaign(trx, push.campaignId),
    }));
    expect(decisions).toEqual([
      { subject: 'Retrait de Partenaire BTP', decision: expect.stringContaining('22 novembre 2026'), why: REASON },
    ]);
    expect(audit).toEqual([{ detail: expect.objectContaining({ organisation: 'btp', reason: REASON }) }]);
    expect(given).toEqual([{ organisation: 'btp', effectiveOn: '2026-11-22', reason: REASON }]);
    const sent = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('outbox').select(['to_address', 'message']).where('kind', '=', 'withdrawal').execute(),
    );
    const about = sent.filter((m) => JSON.stringify(m.message).includes(push.campaign));
    expect(about.map((m) => m.to_address).toSorted()).toEqual([t.cast.alice.address, t.cast.chloe.address]);
    expect(JSON.stringify(about[0]?.message)).toContain(REASON);
  });

  test('its history stays in the report, with the mark wherever its name stands', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 30, btp: 30 } });
    await freeze(t, push.id);
    const sink = await startSink();
    await drain(t, push.id, sink.pool());
    await sink.close();
    const before = await readReport(t.ctx(t.cast.alice), push.campaign);
    await leave(t.cast.bruno, push);
    const after = await readReport(t.ctx(t.cast.alice), push.campaign);
    expect(after.figures.distribues.value).toBe(before.figures.distribues.value);
    const lines = (r: typeof after) => r.tables.find((x) => x.key === 'organisation')?.rows.map((x) => x.label);
    expect(lines(before)).toEqual(['OPCO de test', 'Partenaire BTP']);
    expect(lines(after)).toEqual(['OPCO de test', 'Partenaire BTP (s’est retirée le dimanche 22 novembre 2026)']);
    expect(after.notes.join(' ')).toContain('Partenaire BTP s’est retirée le dimanche 22 novembre 2026');
  });

  test('the preview counts as the withdrawal will: exact to itself, to the lead in tens and from k up', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 30, btp: 27 } });
    await freeze(t, push.id);
    const small = await makePush(t, { contacts: { opco: 25, btp: 3 } });
    await submit(t, small.id);
    await approve(t, small.id, t.cast.alice);
    expect(await readWithdrawalEffects(t.ctx(t.cast.bruno), push.campaign, 'btp')).toMatchObject({ waiting: 27 });
    expect(await readWithdrawalEffects(t.ctx(t.cast.alice), push.campaign, 'btp')).toMatchObject({
      waiting: 30,
      pushes: [{ slug: push.slug, alone: false, submitted: true, awaited: false }],
    });
    const { waiting, pushes } = await readWithdrawalEffects(t.ctx(t.cast.alice), small.campaign, 'btp');
    expect(waiting).toBe(0);
    expect(pushes).toMatchObject([{ alone: false, submitted: true, awaited: true, last: true }]);
    await approve(t, small.id, t.cast.bruno);
    await freeze(t, small.id);
    expect((await readWithdrawalEffects(t.ctx(t.cast.alice), small.campaign, 'btp')).waiting).toBeNull();
    await expect(readWithdrawalEffects(t.ctx(t.cast.chloe), push.campaign, 'btp')).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  test('SEC-21: the database itself lets nobody write for another, nor after having left', async () => {
    const push = await makePush(t);
    const write = (as: 'btp' | 'etranger' | 'opco', whose: 'btp' | 'federation' | 'etranger') =>
      withOrganisation(t.db, t.cast.organisations[as], (trx) =>
        trx
          .insertInto('withdrawals')
          .values({
            campaign_id: push.campaignId,
            organisation_id: t.cast.organisations[whose],
            effective_at: NOW,
            reason: REASON,
            recorded_by: 'test',
            recorded_at: NOW,
          })
          .execute(),
      );
    await expect(write('btp', 'federation')).rejects.toMatchObject({ code: '42501' });
    await expect(write('etranger', 'etranger')).rejects.toMatchObject({ code: '42501' });
    await expect(write('etranger', 'btp')).rejects.toMatchObject({ code: '42501' });
    await leave(t.cast.bruno, push);
    const record = (organisation: 'btp' | 'opco') =>
      withOrganisation(t.db, t.cast.organisations[organisation], (trx) =>
        trx
          .insertInto('watch_notes')
          .values({
            organisation_id: t.cast.organisations[organisation],
            campaign_id: push.campaignId,
            noted_on: '2026-11-22',
            title: 'Après',
            body: 'x',
            created_by: 'test',
            created_at: NOW,
          })
          .execute(),
      );
    await expect(record('btp')).rejects.toMatchObject({ code: '42501' });
    await record('opco');
    for (const change of [
      (trx: Trx): Promise<unknown> => trx.updateTable('withdrawals').set({ reason: 'autre' }).execute(),
      (trx: Trx): Promise<unknown> => trx.deleteFrom('withdrawals').execute(),
    ])
      await expect(withOrganisation(t.db, t.cast.organisations.opco, change)).rejects.toMatchObject({ code: '42501' });
  });

  test('what is made after it has left is not its own to read: neither a push nor a decision', async () => {
    const push = await makePush(t, { contacts: { opco: 1, btp: 1 } });
    await leave(t.cast.bruno, push);
    const later = t.ctx(t.cast.alice, new Date(NOW.getTime() + 3_600_000));
    await savePush(later, push.campaign, { ...push.input, slug: 'apres-son-depart', title: 'Après' });
    const decision = { instance: 'copil', date: '2026-11-22', subject: 'Après', decision: 'Continuer.' } as const;
    await recordDecision(later, push.campaignId, decision);
    const seenBy = (person: Person) =>
      withOrganisation(t.db, person.organisationId, async (trx) => ({
        pushes: (await pushesOfCampaign(trx, push.campaignId)).map((p) => p.slug),
        decisions: (await decisionsOfCampaign(trx, push.campaignId)).map((d) => d.subject),
      }));
    const [lead, left] = [await seenBy(t.cast.alice), await seenBy(t.cast.bruno)];
    expect(lead.pushes).toContain('apres-son-depart');
    expect(lead.decisions).toContain('Après');
    expect(left.pushes).toEqual(lead.pushes.filter((slug) => slug !== 'apres-son-depart'));
    expect(left.decisions).toEqual(lead.decisions.filter((subject) => subject !== 'Après'));
  });

  test('it still reads what was', async () => {
    const push = await makePush(t);
    await leave(t.cast.bruno, push);
    const seen = await withOrganisation(t.db, t.cast.organisations.btp, (trx) => signatoriesOf(trx, push.id));
    expect(seen.map((s) => s.slug)).toEqual(['opco', 'btp']);
  });
});
