import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { claim } from '../../src/deliveries/claim.ts';
import { tick } from '../../src/jobs/clock.ts';
import { applySilence } from '../../src/proofs/apply-silence.ts';
import { readApprovals } from '../../src/proofs/read-approvals.ts';
import { remindApprovers } from '../../src/proofs/remind-approvers.ts';
import { makeOccurrence } from '../../src/pushes/make-occurrence.ts';
import { type Person, type TestDatabase, testDatabase } from '../support/database.ts';
import { content, editPush, makePush, submit } from '../support/factories.ts';
import { ALL, answer, clock, days, hire, hours, leaves, missing, owed, stateOf, THREE } from './asking.ts';

let t: TestDatabase;
let farid: Person;
beforeAll(async () => {
  t = await testDatabase();
  farid = await hire(t, 'Farid', 'federation');
});

let made = 0;
/** Three signatories, asked on the first day; answers are due on the second, and it leaves on the fourth. */
async function asked(over: Record<string, unknown> = {}) {
  made += 1;
  const title = `La lettre du silence ${made}`;
  const push = await makePush(t, {
    campaign: THREE,
    push: { title, signatories: ALL, scheduledAt: days(4), answerBy: days(2), ...over },
  });
  await submit(t, push.id);
  return { ...push, title };
}
const silence = (now: Date) => applySilence(clock(t, now));
const lapsed = async (pushId: number): Promise<string[]> =>
  (await readApprovals(t.ctx(t.cast.alice), pushId)).signatories
    .filter((s) => s.absent === 'silence')
    .map((s) => s.slug)
    .toSorted();
const deliveries = (pushId: number) =>
  acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('deliveries').select('organisation_id').where('push_id', '=', pushId).execute(),
  );

describe('said in the request', () => {
  test('the mail says by when, and that nothing leaves without an answer', async () => {
    const { title } = await asked();
    const [mail] = (await owed(t, 'approval-request', title)).filter((m) => m.to === t.cast.bruno.address);
    expect(mail?.text).toContain('Votre réponse est attendue avant le mardi 24 novembre 2026, 11 h.');
    expect(mail?.text).toContain('Sans réponse d’ici là, rien ne part, et toutes les organisations en sont prévenues.');
    expect(mail?.text).toContain('Votre silence ne vaut jamais accord.');
  });

  test('the partner is told that it would be left out; the lead, that nothing leaves without it', async () => {
    const { title } = await asked({ silence: 'sans_elle' });
    const mails = await owed(t, 'approval-request', title);
    const to = (person: Person) => mails.find((m) => m.to === person.address)?.text;
    expect(to(t.cast.bruno)).toContain('l’envoi part sans votre organisation : il n’est pas adressé à vos contacts');
    expect(to(t.cast.alice)).not.toContain('sans votre organisation');
  });
});

describe('nothing leaves, everybody is told', () => {
  test('once, when the date has gone by and not before', async () => {
    const push = await asked();
    await answer(t, push.id, t.cast.alice);
    await answer(t, push.id, t.cast.bruno);
    await silence(hours(47));
    expect(await owed(t, 'approval-silence', push.title)).toEqual([]);
    await silence(days(2));
    await silence(hours(49));
    const told = await owed(t, 'approval-silence', push.title);
    expect(told.map((m) => m.to).toSorted()).toEqual(
      [t.cast.alice, t.cast.bruno, farid].map((p) => p.address).toSorted(),
    );
    expect(told[0]?.text).toContain('Il manque celle de Fédération de test : rien ne part.');
    expect(await leaves(t, push.id, days(4))).toBe('not_approved');
    expect(await lapsed(push.id)).toEqual([]);
  });

  test('a late yes is a yes: it leaves, and nobody was left out', async () => {
    const push = await asked();
    await answer(t, push.id, t.cast.alice);
    await answer(t, push.id, t.cast.bruno);
    await silence(days(2));
    expect(await answer(t, push.id, farid, days(3))).toEqual({ complete: true });
    expect(await leaves(t, push.id, days(4))).toBe(true);
  });

  test('what everybody has validated is told to nobody', async () => {
    const push = await asked();
    for (const person of [t.cast.alice, t.cast.bruno, farid]) await answer(t, push.id, person);
    await silence(days(2));
    expect(await owed(t, 'approval-silence', push.title)).toEqual([]);
  });
});

describe('it leaves without whoever said nothing', () => {
  test('the silent one is left out, its contacts are not written to, and everybody knows', async () => {
    const push = await asked({ silence: 'sans_elle' });
    await answer(t, push.id, t.cast.alice);
    await answer(t, push.id, farid);
    await silence(days(2));
    expect(await lapsed(push.id)).toEqual(['btp']);
    expect(await missing(t, push.id)).toEqual([]);
    const told = await owed(t, 'approval-silence', push.title);
    expect(told).toHaveLength(3);
    expect(told.find((m) => m.to === t.cast.bruno.address)?.text).toContain('seul le pilote peut vous soumettre');
    expect(told.find((m) => m.to === t.cast.alice.address)?.text).not.toContain('seul le pilote peut vous soumettre');
    expect(await leaves(t, push.id, days(4))).toBe(true);
    expect(new Set((await deliveries(push.id)).map((d) => d.organisation_id))).toEqual(
      new Set([t.cast.organisations.opco]),
    );
    expect((await claim(t.db, { pushId: push.id, worker: 'w', now: days(4) })).handed).toHaveLength(3);
  });

  test('its answer is then refused, with a sentence', async () => {
    const push = await asked({ silence: 'sans_elle' });
    await silence(days(2));
    await expect(answer(t, push.id, t.cast.bruno, days(3))).rejects.toMatchObject({ code: 'lapsed' });
    await expect(answer(t, push.id, t.cast.bruno, days(3))).rejects.toThrow(/Seul le pilote peut vous le soumettre/);
  });

  test('the lead is never left out: without its own yes nothing leaves', async () => {
    const push = await asked({ silence: 'sans_elle' });
    await answer(t, push.id, t.cast.bruno);
    await silence(days(2));
    expect(await lapsed(push.id)).toEqual(['federation']);
    expect(await leaves(t, push.id, days(4))).toBe('not_approved');
    await answer(t, push.id, t.cast.alice, days(3));
    expect(await leaves(t, push.id, days(4))).toBe(true);
  });

  test('a push that the lead does not sign is not left without anybody', async () => {
    const push = await asked({ silence: 'sans_elle', signatories: ['btp', 'federation'] });
    await silence(days(2));
    expect(await lapsed(push.id)).toEqual([]);
    expect(await leaves(t, push.id, days(4))).toBe('not_approved');
  });

  test('who asked for a change was not silent: nothing leaves over its head', async () => {
    const push = await asked({ silence: 'sans_elle' });
    await answer(t, push.id, t.cast.alice);
    await answer(t, push.id, farid);
    await answer(t, push.id, t.cast.bruno, days(1), { decision: 'changement', comment: 'Pas ainsi.' });
    await silence(days(2));
    expect(await lapsed(push.id)).toEqual([]);
    expect(await leaves(t, push.id, days(4))).toBe('not_approved');
    const [told] = await owed(t, 'approval-silence', push.title);
    expect(told?.text).toContain('Un changement est demandé');
  });

  test('submitted again, it is asked like the others', async () => {
    const push = await asked({ silence: 'sans_elle' });
    await answer(t, push.id, t.cast.alice);
    await silence(days(2));
    expect(await lapsed(push.id)).toEqual(['btp', 'federation']);
    const later = { title: push.title, signatories: ALL, silence: 'sans_elle', scheduledAt: days(8) };
    await expect(submit(t, push.id, days(3))).rejects.toThrow(/réponses étaient attendues avant une date passée/);
    await editPush(t, push, { ...later, answerBy: days(6), content: content('Autrement') });
    await submit(t, push.id, days(3));
    expect(await lapsed(push.id)).toEqual([]);
    expect(await missing(t, push.id)).toEqual(ALL.toSorted());
    await answer(t, push.id, t.cast.bruno, days(5));
    await silence(days(6));
    expect(await lapsed(push.id)).toEqual(['federation']);
  });
});

describe('at the very moment of the deadline', () => {
  test('an answer and the end of the delay: one of them came first, and the other knows', async () => {
    for (let round = 0; round < 6; round += 1) {
      const push = await asked({ silence: 'sans_elle' });
      await answer(t, push.id, t.cast.alice);
      await answer(t, push.id, farid);
      const [yes] = await Promise.allSettled([answer(t, push.id, t.cast.bruno, days(2)), silence(days(2))]);
      const out = await lapsed(push.id);
      expect(out).toEqual(yes.status === 'fulfilled' ? [] : ['btp']);
      if (yes.status === 'rejected') expect(yes.reason).toMatchObject({ code: 'lapsed' });
      const rows = await acrossOrganisations(t.db, (trx) =>
        trx
          .selectFrom('approvals')
          .select('id')
          .where('subject', '=', `push:${push.id}`)
          .where('organisation_id', '=', t.cast.organisations.btp)
          .execute(),
      );
      expect(rows).toHaveLength(yes.status === 'fulfilled' ? 1 : 0);
      expect(await leaves(t, push.id, days(4))).toBe(true);
    }
  });

  test('two clocks tell once', async () => {
    const push = await asked({ silence: 'sans_elle' });
    await Promise.all([silence(days(2)), silence(days(2))]);
    expect(await owed(t, 'approval-silence', push.title)).toHaveLength(3);
  });
});

describe('at its hour', () => {
  test('an issue of a series that is not approved does not leave, and says so to everybody', async () => {
    const model = await makePush(t, {
      campaign: THREE,
      push: { title: 'La mensuelle', signatories: ALL, scheduledAt: null, recurrence: '0 9 1 * *' },
    });
    const hour = new Date('2026-12-01T08:00:00Z');
    const { id } = await makeOccurrence(clock(t), model.id, hour);
    await submit(t, id);
    await answer(t, id, t.cast.alice);
    const queue = { add: async () => true };
    await tick(clock(t, hours(-1, hour)), queue);
    expect(await owed(t, 'approval-silence', 'La mensuelle')).toEqual([]);
    await tick(clock(t, hour), queue);
    await tick(clock(t, hours(1, hour)), queue);
    const told = await owed(t, 'approval-silence', 'La mensuelle');
    expect(told.map((m) => m.to).toSorted()).toEqual(
      [t.cast.alice, t.cast.bruno, farid].map((p) => p.address).toSorted(),
    );
    expect(await leaves(t, id, hour)).toBe('not_approved');
    expect(await stateOf(t, id, hour)).toBe('a_valider');
  });

  test('an issue nobody submitted is told to all; a forgotten draft, to its authors alone', async () => {
    const model = await makePush(t, {
      campaign: THREE,
      push: { title: 'La trimestrielle', signatories: ALL, scheduledAt: null, recurrence: '0 9 1 * *' },
    });
    const hour = new Date('2026-12-01T08:00:00Z');
    await makeOccurrence(clock(t), model.id, hour);
    const draft = await makePush(t, { push: { title: 'Le brouillon oublié', scheduledAt: hour } });
    await silence(hour);
    expect(await owed(t, 'approval-silence', 'La trimestrielle')).toHaveLength(3);
    const [told, ...others] = await owed(t, 'approval-silence', 'Le brouillon oublié');
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      to: t.cast.alice.address,
      subject: expect.stringContaining('N’est pas parti à son heure'),
    });
    expect(await stateOf(t, draft.id)).toBe('brouillon');
  });

  test('what is submitted after its hour is late by nobody’s silence', async () => {
    const push = await makePush(t, { push: { title: 'La tardive', scheduledAt: hours(1) } });
    await submit(t, push.id, hours(2));
    await silence(hours(3));
    expect(await owed(t, 'approval-silence', 'La tardive')).toEqual([]);
  });
});

describe('a reminder', () => {
  const remind = (now: Date) => remindApprovers(clock(t, now));
  const reminders = async (title: string) =>
    (await owed(t, 'approval-request', title)).filter((m) => m.subject.startsWith('Rappel')).map((m) => m.to);

  test('goes once, half-way, to who has said nothing', async () => {
    const push = await asked();
    await answer(t, push.id, t.cast.alice);
    await answer(t, push.id, t.cast.bruno, hours(2), { decision: 'changement', comment: 'Pas ainsi.' });
    await remind(hours(23));
    expect(await reminders(push.title)).toEqual([]);
    await Promise.all([remind(hours(24)), remind(hours(24))]);
    await remind(hours(25));
    expect(await reminders(push.title)).toEqual([farid.address]);
  });

  test('without a date of answer, it is the hour of departure that counts', async () => {
    const push = await asked({ answerBy: null });
    await remind(hours(47));
    expect(await reminders(push.title)).toEqual([]);
    await remind(hours(48));
    expect((await reminders(push.title)).toSorted()).toEqual(
      [t.cast.alice, t.cast.bruno, farid].map((p) => p.address).toSorted(),
    );
  });
});
