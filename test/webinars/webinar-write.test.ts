import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { queueMail } from '../../src/outbox/queue-mail.ts';
import { cancelWebinar, effectOfCancelling, effectOfSaving, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { closeRegistrations, holdWebinar, openRegistrations } from '../../src/webinars/act-webinar.ts';
import { type WebinarRow, webinarInput } from '../../src/webinars/queries.ts';
import { readWebinar, readWebinars } from '../../src/webinars/read-webinars.ts';
import { livingRegistrations } from '../../src/webinars/registrations.ts';
import { writeWebinar } from '../../src/webinars/write-webinar.ts';
import { withdraw } from '../campaigns/withdraw.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign, makePush, submit } from '../support/factories.ts';
import { madeWebinar, owed, readAgain, registered, WEBINAR } from './made-webinar.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
beforeAll(async () => {
  t = await testDatabase();
  campaign = await makeCampaign(t);
});

const later = fromParis(2027, 1, 21, 10);
const MOVED = { startsAt: later, endsAt: new Date(later.getTime() + 3_600_000) };
const given = (w: WebinarRow, over: Record<string, unknown> = {}) => ({ ...webinarInput(w), ...over });
const save = (w: WebinarRow, over: Record<string, unknown>, at = NOW) =>
  saveWebinar(t.ctx(t.cast.alice, at), campaign.slug, given(w, over));

describe('a webinar', () => {
  test('is run by one partner, read by the others, and does not exist for a stranger (SEC-23)', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Pour tous' });
    expect(await readWebinar(t.ctx(t.cast.bruno), campaign.slug, w.slug)).toMatchObject({
      title: 'Pour tous',
      runs: false,
      organiserNames: ['OPCO de test', 'Partenaire BTP'],
      mayReadNames: true,
    });
    expect(await readWebinar(t.ctx(t.cast.alice), campaign.slug, w.slug)).toMatchObject({ runs: true });
    expect(await readWebinar(t.ctx(t.cast.david), campaign.slug, w.slug)).toMatchObject({
      runs: false,
      mayReadNames: false,
    });
    const stranger = t.ctx(t.cast.etranger);
    await expect(readWebinars(stranger, campaign.slug)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(saveWebinar(stranger, campaign.slug, WEBINAR)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('is changed, opened and cancelled by that partner alone, and by who may', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'À Alice' });
    const bruno = t.ctx(t.cast.bruno);
    for (const act of [
      () => saveWebinar(bruno, campaign.slug, given(w, { title: 'Pris' })),
      () => closeRegistrations(bruno, campaign.slug, w.slug),
      () => cancelWebinar(bruno, campaign.slug, w.slug, 'Non.'),
      () => effectOfCancelling(bruno, campaign.slug, w.slug),
      () => saveWebinar(t.ctx(t.cast.emma), campaign.slug, WEBINAR),
      () => openRegistrations(t.ctx(t.cast.david), campaign.slug, w.slug),
    ])
      await expect((async () => act())()).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('given again changes nothing, and is read in the shape in which it was given', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Aller-retour', capacity: 40, levels: ['terrain'] });
    const again = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      writeWebinar(trx, t.ctx(t.cast.alice), campaign.id, webinarInput(w)),
    );
    expect(again).toMatchObject({ outcome: 'unchanged', written: 0 });
    expect(await readAgain(t, w.id)).toEqual(w);
  });

  test('has its slug as address where it is free, that of its campaign before it otherwise, never a page of ours', async () => {
    const other = await makeCampaign(t);
    const first = await madeWebinar(t, campaign.slug, { title: 'Une adresse' });
    const second = await madeWebinar(t, other.slug, { title: 'Une adresse' });
    const third = await madeWebinar(t, campaign.slug, { title: 'Intégrer' });
    expect([first.address, second.address, third.address]).toEqual([
      'une-adresse',
      `${other.slug}-une-adresse`,
      `${campaign.slug}-integrer`,
    ]);
  });

  test.each([
    ['an organiser that is no partner', { organisers: ['opco', 'etranger'] }, 'organisers'],
    ['nobody who organises', { organisers: [] }, 'organisers'],
    ['a resource nobody knows', { resources: ['inconnue'] }, 'resources'],
    ['an end before its start', { endsAt: fromParis(2027, 1, 14, 13) }, 'endsAt'],
    [
      'a start that has passed',
      { startsAt: fromParis(2026, 11, 1, 14), endsAt: fromParis(2026, 11, 1, 15) },
      'startsAt',
    ],
    ['no date', { startsAt: undefined }, 'startsAt'],
    ['a link that runs', { joinUrl: 'javascript:alert(1)' }, 'joinUrl'],
    ['no place at all', { capacity: 0 }, 'capacity'],
    ['half a place', { capacity: 1.5 }, 'capacity'],
    ['a speaker without a name', { speakers: [{ name: ' ', role: 'x', organisation: '' }] }, 'speakers.0.name'],
  ])('refuses %s on its field', async (_, change, field) => {
    await expect(saveWebinar(t.ctx(t.cast.alice), campaign.slug, { ...WEBINAR, ...change })).rejects.toMatchObject({
      kind: 'invalid',
      fields: [{ field }],
    });
  });

  test('names no organiser that has left, and a partner that has left writes none', async () => {
    const left = await makeCampaign(t);
    const w = await madeWebinar(t, left.slug, { title: 'Sans elle' });
    await withdraw(t, left.id, 'btp');
    // A withdrawal is dated by the clock of the database.
    const ctx = t.ctx(t.cast.alice, new Date());
    await expect(saveWebinar(ctx, left.slug, given(w, { title: 'Autre' }))).rejects.toMatchObject({
      fields: [{ field: 'organisers', message: expect.stringContaining('a quitté') }],
    });
    await expect(saveWebinar(t.ctx(t.cast.bruno), left.slug, WEBINAR)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('a webinar that moves (CAL-03)', () => {
  test('tells those who have a place, in the same act, and lets go of reminders of the former hour', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Déplacé' });
    await registered(t, w, 'opco', 3);
    await registered(t, w, 'btp', 2);
    await registered(t, w, 'btp', 1, { place: 'attente' });
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      queueMail(trx, {
        organisationId: t.cast.organisations.opco,
        kind: 'webinaire-rappel',
        to: 'rappel@exemple.fr',
        from: { name: 'OPCO', address: 'lettre@opco.example' },
        subject: 'Demain',
        text: 'Demain',
        now: NOW,
      }),
    );
    await acrossOrganisations(t.db, (trx) =>
      trx
        .updateTable('outbox')
        .set({ about: `webinar:${w.id}` })
        .where('to_address', '=', 'rappel@exemple.fr')
        .execute(),
    );
    const saved = await save(w, MOVED);
    expect(saved).toMatchObject({ outcome: 'updated', written: 5, movedUp: 0, changes: { hour: true, moved: true } });
    const after = await readAgain(t, w.id);
    expect([after.sequence, after.uid, after.changedAt]).toEqual([w.sequence + 1, w.uid, NOW]);
    const mail = await owed(t, w);
    expect(mail.map((m) => m.kind)).toEqual(Array(5).fill('webinaire-modification'));
    const living = await acrossOrganisations(t.db, (trx) => livingRegistrations(trx, { webinarId: w.id }));
    expect(living.map((r) => [r.place, r.sequence])).toEqual([
      ...Array(5).fill(['inscrit', after.sequence]),
      ['attente', w.sequence],
    ]);
    const { acts } = await readWebinar(t.ctx(t.cast.bruno), campaign.slug, w.slug);
    expect(acts.map((a) => [a.what, a.from?.startsAt])).toEqual([
      ['ouvert', undefined],
      ['deplace', WEBINAR.startsAt],
    ]);
  });

  test('by its link alone is the same hour with a higher number; by its title alone, nobody is written to', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Un lien' });
    await registered(t, w, 'opco', 2);
    expect(await save(w, { title: 'Un titre' })).toMatchObject({
      written: 0,
      changes: { moved: false, announced: true },
    });
    const titled = await readAgain(t, w.id);
    expect(titled.sequence).toBe(w.sequence);
    expect(await save(titled, { joinUrl: 'https://reunion.example/autre' })).toMatchObject({ written: 2 });
    const { acts } = await readWebinar(t.ctx(t.cast.alice), campaign.slug, w.slug);
    expect(acts.map((a) => a.what)).toEqual(['ouvert']);
    expect((await readAgain(t, w.id)).sequence).toBe(w.sequence + 1);
  });

  test('never uses a number twice, nor a lower one, whatever is changed', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Au hasard' });
    const [registration] = await registered(t, w, 'opco', 1);
    const change = fc.oneof(
      fc.integer({ min: 1, max: 500 }).map((hours) => {
        const startsAt = new Date(WEBINAR.startsAt.getTime() + hours * 3_600_000);
        return { startsAt, endsAt: new Date(startsAt.getTime() + 3_600_000) };
      }),
      fc.constantFrom('a', 'b', 'c').map((x) => ({ joinUrl: `https://reunion.example/${x}` })),
      fc.constantFrom('x', 'y').map((joinNote) => ({ joinNote })),
      fc.constantFrom('Un', 'Deux').map((summary) => ({ summary })),
    );
    await fc.assert(
      fc.asyncProperty(change, async (over) => {
        const before = await readAgain(t, w.id);
        const { changes } = await save(before, over);
        const after = await readAgain(t, w.id);
        expect(after.sequence).toBe(before.sequence + (changes?.moved ? 1 : 0));
        const [person] = await acrossOrganisations(t.db, (trx) => livingRegistrations(trx, { webinarId: w.id }));
        expect(person).toMatchObject({ id: registration, sequence: after.sequence });
      }),
      { numRuns: 25 },
    );
    const keys = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('webinar_letters').select('key').where('webinar_id', '=', w.id).execute(),
    );
    expect(new Set(keys.map((k) => k.key)).size).toBe(keys.length);
  });

  test('asks again for the messages that announce it, and for no other', async () => {
    const push = await makePush(t);
    const w = await madeWebinar(t, push.campaign, { title: 'Annoncé' });
    await submit(t, push.id);
    const alice = t.ctx(t.cast.alice);
    const change = { ...given(w, MOVED), slug: w.slug };
    expect((await effectOfSaving(alice, push.campaign, change)).pushes).toEqual([]);
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      sql`update pushes set content = content || ${JSON.stringify({ webinar: w.slug })}::jsonb where id = ${push.id}`.execute(
        trx,
      ),
    );
    expect((await effectOfSaving(alice, push.campaign, change)).pushes).toEqual([
      { slug: push.slug, title: 'La lettre' },
    ]);
    expect(
      (await effectOfSaving(alice, push.campaign, { ...given(w, { keepDays: 90 }), slug: w.slug })).pushes,
    ).toEqual([]);
    expect(await saveWebinar(alice, push.campaign, change)).toMatchObject({ reopened: 1 });
    expect(await saveWebinar(alice, push.campaign, change)).toMatchObject({ outcome: 'unchanged', reopened: 0 });
    const row = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('pushes').select('current_proof_id').where('id', '=', push.id).executeTakeFirstOrThrow(),
    );
    expect(row.current_proof_id).toBeNull();
  });

  test('does not move into the past, nor once it was held or cancelled', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Trop tard' });
    const past = { startsAt: fromParis(2026, 11, 2, 9), endsAt: fromParis(2026, 11, 2, 10) };
    await expect(save(w, past)).rejects.toMatchObject({ fields: [{ field: 'startsAt' }] });
    const after = new Date(WEBINAR.endsAt.getTime() + 60_000);
    await expect(save(w, { joinUrl: 'https://ailleurs.example' }, after)).rejects.toMatchObject({
      fields: [{ field: 'joinUrl' }],
    });
    await holdWebinar(t.ctx(t.cast.alice, after), campaign.slug, w.slug);
    const held = await readAgain(t, w.id);
    await expect(save(held, MOVED, after)).rejects.toMatchObject({ code: 'webinaire_tenu' });
    // What was recorded may still be said.
    expect(await save(held, { replayUrl: 'https://video.example/1' }, after)).toMatchObject({ outcome: 'updated' });
  });
});

describe('places', () => {
  test('are never fewer than the people who have one, and trying numbers counts nobody’s registrants', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Étroit', capacity: 40 });
    await registered(t, w, 'opco', 11);
    await registered(t, w, 'btp', 2);
    for (const capacity of [1, 12, 13, 19])
      await expect(save(w, { capacity })).rejects.toMatchObject({
        fields: [{ field: 'capacity', message: expect.stringContaining('au moins 20 places') }],
      });
    expect(await save(w, { capacity: 20 })).toMatchObject({ outcome: 'updated' });
  });

  test('of one who organises alone are counted as they are', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Seule', organisers: ['opco'], capacity: 40 });
    await registered(t, w, 'opco', 3);
    await expect(save(w, { capacity: 2 })).rejects.toMatchObject({ kind: 'invalid' });
    expect(await save(w, { capacity: 3 })).toMatchObject({ outcome: 'updated' });
  });

  test('that are added go to those who wait, in their order, with the new hour', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Plus de places', capacity: 2 });
    await registered(t, w, 'opco', 2);
    const waiting = await registered(t, w, 'btp', 3, { place: 'attente' });
    const saved = await save(w, { ...MOVED, capacity: 4 });
    expect(saved).toMatchObject({ written: 2, movedUp: 2 });
    const placed = await acrossOrganisations(t.db, (trx) =>
      livingRegistrations(trx, { webinarId: w.id, place: 'inscrit' }),
    );
    expect(placed.map((r) => r.id).slice(2)).toEqual(waiting.slice(0, 2));
    expect((await owed(t, w)).map((m) => m.kind)).toEqual([
      'webinaire-modification',
      'webinaire-modification',
      'webinaire-place',
      'webinaire-place',
    ]);
  });
});

describe('what becomes of it', () => {
  test('opens, closes and opens again; the same word twice is one act', async () => {
    const ctx = t.ctx(t.cast.alice);
    const w = await madeWebinar(t, campaign.slug, { title: 'Porte' });
    expect(await openRegistrations(ctx, campaign.slug, w.slug)).toMatchObject({ said: 'ouvert' });
    expect(await closeRegistrations(ctx, campaign.slug, w.slug)).toMatchObject({ said: 'ferme' });
    expect(await openRegistrations(ctx, campaign.slug, w.slug)).toMatchObject({ said: 'ouvert' });
    const { acts } = await readWebinar(ctx, campaign.slug, w.slug);
    expect(acts.map((a) => a.what)).toEqual(['ouvert', 'ferme', 'ouvert']);
  });

  test('is not held before it begins, nor opened once it is over', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'À son heure' });
    await expect(holdWebinar(t.ctx(t.cast.alice), campaign.slug, w.slug)).rejects.toMatchObject({ kind: 'conflict' });
    const after = t.ctx(t.cast.alice, new Date(WEBINAR.endsAt.getTime() + 60_000));
    await closeRegistrations(after, campaign.slug, w.slug);
    await expect(openRegistrations(after, campaign.slug, w.slug)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await readWebinar(after, campaign.slug, w.slug)).toMatchObject({ state: 'passe' });
  });

  test('cancelled is for good: everybody is told why, those who wait too, and nothing else leaves', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Annulé' });
    await registered(t, w, 'opco', 2);
    await registered(t, w, 'btp', 1, { place: 'attente' });
    const ctx = t.ctx(t.cast.alice);
    await expect(cancelWebinar(ctx, campaign.slug, w.slug, '  ')).rejects.toMatchObject({
      fields: [{ field: 'reason' }],
    });
    await save(w, MOVED);
    expect(await cancelWebinar(ctx, campaign.slug, w.slug, 'L’intervenante est souffrante.')).toMatchObject({
      written: 3,
    });
    expect((await owed(t, w)).map((m) => m.kind)).toEqual(Array(3).fill('webinaire-annulation'));
    const after = await readAgain(t, w.id);
    expect([after.said, after.sequence]).toEqual(['annule', w.sequence + 2]);
    expect(await cancelWebinar(ctx, campaign.slug, w.slug, 'Encore')).toMatchObject({ written: 0 });
    expect((await readAgain(t, w.id)).sequence).toBe(after.sequence);
    for (const act of [
      () => openRegistrations(ctx, campaign.slug, w.slug),
      () => save(after, { title: 'Repris' }),
      () => holdWebinar(t.ctx(t.cast.alice, new Date('2027-02-01')), campaign.slug, w.slug),
    ])
      await expect(act()).rejects.toMatchObject({ kind: 'conflict' });
  });
});

test('partners’ registrants are a number from k up, and nothing under it', async () => {
  const w = await madeWebinar(t, campaign.slug, { title: 'Compté' });
  await registered(t, w, 'opco', 4);
  await registered(t, w, 'btp', 19);
  const counts = async (person: 'alice' | 'bruno' | 'chloe') =>
    (await readWebinar(t.ctx(t.cast[person]), campaign.slug, w.slug)).counts.placed;
  expect(await counts('alice')).toEqual({ own: 4, others: null });
  expect(await counts('bruno')).toEqual({ own: 19, others: null });
  expect(await counts('chloe')).toEqual({ own: 0, others: 23 });
  await registered(t, w, 'btp', 1);
  expect(await counts('alice')).toEqual({ own: 4, others: 20 });
});
