import { describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { askedOf } from '../../src/proofs/asked-of.ts';
import { checkPush } from '../../src/proofs/check-push.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { cancelWebinar, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { closeRegistrations } from '../../src/webinars/act-webinar.ts';
import { type WebinarRow, webinarInput } from '../../src/webinars/queries.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { approve, editPush, type MadePush, makePush, submit } from '../support/factories.ts';
import { madeWebinar, WEBINAR } from '../webinars/made-webinar.ts';
import { codes } from './check-cast.ts';

const t = await testDatabase();
const alice = t.ctx(t.cast.alice);
const STARTS = WEBINAR.startsAt;
const ahead = (minutes: number) => new Date(STARTS.getTime() - minutes * 60_000);

const saying = (webinar: string, subject = 'Webinaire : les outils') => ({ subject, webinar, blocks: [] });

/** An invitation of its own campaign, complete: nothing to say of it, but whose yes is awaited. */
async function inviting(
  over: Record<string, unknown> = {},
  webinar: Record<string, unknown> = {},
): Promise<{ push: MadePush; webinar: WebinarRow }> {
  const push = await makePush(t, { campaign: { demo: true } });
  const made = await madeWebinar(t, push.campaign, webinar);
  const input = { ...push.input, channel: 'webinaire', deadlineAt: STARTS, content: saying(made.slug), ...over };
  await editPush(t, push, input);
  return { push: { ...push, input }, webinar: made };
}
const found = async ({ id }: MadePush, now = NOW) =>
  (await checkPush(t.ctx(t.cast.alice, now), id)).findings.filter((f) => f.code !== 'validation_manquante');
const move = (push: MadePush, webinar: WebinarRow, hours: number, now = NOW) =>
  saveWebinar(t.ctx(t.cast.alice, now), push.campaign, {
    ...webinarInput(webinar),
    startsAt: new Date(STARTS.getTime() + hours * 3_600_000),
    endsAt: new Date(webinar.endsAt.getTime() + hours * 3_600_000),
  });

describe('an invitation is refused', () => {
  test('to a webinar that does not exist', async () => {
    const { push } = await inviting({ content: saying('nulle-part') });
    const [finding, ...others] = await found(push);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      level: 'bloquant',
      message: expect.stringContaining('« nulle-part » n’existe pas'),
    });
    await expect(submitPush(alice, push.id)).rejects.toMatchObject({ code: 'webinar_missing' });
  });

  test('to another campaign’s webinar, which is none of its own', async () => {
    const { webinar } = await inviting({}, { title: 'Ailleurs seulement' });
    const { push } = await inviting({ content: saying(webinar.slug) });
    expect(codes(await found(push))).toEqual(['bloquant composition']);
  });

  test('while nobody can register: not open yet, closed, cancelled', async () => {
    const { push, webinar } = await inviting();
    await closeRegistrations(alice, push.campaign, webinar.slug);
    expect(codes(await found(push))).toEqual(['bloquant webinaire_ferme']);
    await cancelWebinar(alice, push.campaign, webinar.slug, 'Salle inondée.');
    expect(codes(await found(push))).toEqual(['bloquant webinaire_annule']);
    await expect(submit(t, push.id)).rejects.toMatchObject({ code: 'preflight' });

    const prepared = await saveWebinar(alice, push.campaign, { ...WEBINAR, title: 'Pas encore' });
    await editPush(t, push, { content: saying(prepared.slug) });
    expect(codes(await found(push))).toEqual(['bloquant webinaire_pas_ouvert']);
  });

  test('once it is over, and once it has begun', async () => {
    const { push } = await inviting();
    expect(codes(await found(push, new Date(WEBINAR.endsAt.getTime())))).toContain('bloquant webinaire_passe');
    expect(codes(await found(push, STARTS))).toContain('bloquant webinaire_avant_depart');
    expect(codes(await found(push, ahead(1)))).not.toContain('bloquant webinaire_avant_depart');
  });

  test.each([
    ['leaves when it begins', { scheduledAt: STARTS, deadlineAt: null }, ['bloquant webinaire_avant_depart']],
    ['leaves a minute before', { scheduledAt: ahead(1) }, []],
    [
      'may still leave after it has begun',
      { deadlineAt: new Date(STARTS.getTime() + 60_000) },
      ['bloquant webinaire_avant_echeance'],
    ],
    [
      'may leave until then by its window',
      { deadlineAt: null, window: { from: ahead(3000), to: new Date(STARTS.getTime() + 1) } },
      ['bloquant webinaire_avant_echeance'],
    ],
    ['has a window that ends before', { deadlineAt: null, window: { from: ahead(3000), to: ahead(60) } }, []],
  ])('when it %s', async (_, over, expected) => {
    const { push } = await inviting(over);
    expect(codes(await found(push)).filter((c) => c.includes('webinaire'))).toEqual(expected);
  });
});

describe('an invitation is to be looked at', () => {
  test('without a deadline: the start of the webinar is proposed', async () => {
    const { push } = await inviting({ deadlineAt: null });
    const [finding] = await found(push);
    expect(finding).toMatchObject({
      code: 'webinaire_sans_echeance',
      level: 'a_voir',
      remedy: 'Donnez-lui pour échéance le début du webinaire : jeudi 14 janvier 2027, 14 h.',
    });
  });

  test('when none of those who hold the webinar signs it', async () => {
    const { push } = await inviting({ signatories: ['opco'] }, { organisers: ['btp'] });
    expect(codes(await found(push))).toEqual(['a_voir webinaire_sans_organisatrice']);
  });

  test('when the webinar moved since it was written, and where the former day is still said', async () => {
    const { push, webinar } = await inviting();
    expect(await found(push)).toEqual([]);
    await editPush(t, push, { content: saying(webinar.slug, 'Webinaire du 14 janvier : les outils') });
    await move(push, webinar, 24);
    expect(codes(await found(push))).toEqual(['a_voir webinaire_ancien_jour', 'a_voir webinaire_deplace']);
    const [day] = await found(push);
    expect(day).toMatchObject({ place: 'Objet', message: expect.stringContaining('«\u00a014 janvier\u00a0»') });
    await acrossOrganisations(t.db, (trx) =>
      trx
        .updateTable('pushes')
        .set({ updated_at: new Date(NOW.getTime() + 60_000) })
        .where('id', '=', push.id)
        .execute(),
    );
    expect(codes(await found(push))).toEqual(['a_voir webinaire_ancien_jour']);
  });

  test('nothing of it is said of a letter', async () => {
    const push = await makePush(t, { campaign: { demo: true } });
    expect(await found(push)).toEqual([]);
  });
});

describe('what is approved', () => {
  const asked = (id: number) => askedOf(t.ctx(t.cast.bruno), id);

  test('is the hour that is shown: another hour asks again, and what was approved does not leave meanwhile', async () => {
    const { push, webinar } = await inviting();
    await submit(t, push.id);
    const first = await asked(push.id);
    await approve(t, push.id, t.cast.alice);
    await approve(t, push.id, t.cast.bruno);
    expect((await move(push, webinar, 1)).reopened).toBe(1);
    const { current_proof_id } = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('pushes').select('current_proof_id').where('id', '=', push.id).executeTakeFirstOrThrow(),
    );
    expect(current_proof_id).toBeNull();
    await editPush(t, push, { deadlineAt: STARTS });
    await submit(t, push.id);
    expect(await asked(push.id)).not.toEqual(first);
  });

  test('a webinar that moves while its invitation is being compiled is not stored under its former hour', async () => {
    const { push, webinar } = await inviting();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let moved = () => {};
    const started = new Promise<void>((resolve) => {
      moved = resolve;
    });
    // As the move does: the webinar first, held until its transaction ends.
    const moving = withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
      await trx
        .updateTable('webinars')
        .set({ starts_at: new Date(STARTS.getTime() + 1_800_000), updated_at: new Date(NOW.getTime() + 1000) })
        .where('id', '=', webinar.id)
        .execute();
      moved();
      await held;
    });
    await started;
    const submitting = submitPush(alice, push.id);
    setTimeout(release, 200);
    await expect(submitting).rejects.toMatchObject({ code: 'content_changed' });
    await moving;
    expect(await submitPush(alice, push.id)).toMatchObject({ asked: 2 });
  });
});
