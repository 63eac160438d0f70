import { beforeEach, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { drainOutbox, type OutboxAnswer, type SendOwed } from '../../src/outbox/drain.ts';
import { purgeOutbox } from '../../src/outbox/purge.ts';
import { cancelWebinar } from '../../src/pushes/edit-webinar.ts';
import { letterStates, unknownLetters } from '../../src/webinars/letter-states.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { resendConfirmation } from '../../src/webinars/resend-confirmation.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { event, forget, mailsAbout, person, write } from './letters-house.ts';
import { madeWebinar, registered } from './made-webinar.ts';

const t = await testDatabase();
const campaign = await makeCampaign(t);
let webinar: WebinarRow;

beforeEach(async () => {
  await forget(t);
  webinar = await madeWebinar(t, campaign.slug);
});

const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const answering = (outcomes: Record<string, OutboxAnswer['outcome']>): SendOwed => {
  return async (mail, beforeDot) => {
    await beforeDot?.();
    return { outcome: outcomes[mail.to] ?? 'accepted', text: 'réponse' };
  };
};
const own = () => ({ webinarId: webinar.id, organisationId: t.cast.organisations.opco });
const states = () => acrossOrganisations(t.db, (trx) => letterStates(trx, own()));
const resend = (id: number, now = at(5), actor = t.cast.alice) =>
  resendConfirmation(t.ctx(actor, now), campaign.slug, webinar.slug, id);

test('what became of each letter is known to the registrant’s own organisation, and to no other', async () => {
  const [sent = 0, refused = 0, unknown = 0, waiting = 0] = await registered(t, webinar, 'opco', 4);
  const [theirs = 0] = await registered(t, webinar, 'btp', 1);
  await write(t, webinar, [sent, refused, unknown, theirs], { kind: 'confirmation' });
  const addressOf = async (id: number) => (await person(t, id)).address ?? '';
  await drainOutbox(
    t.db,
    answering({ [await addressOf(refused)]: 'permanent', [await addressOf(unknown)]: 'unknown' }),
    () => NOW,
  );
  await write(t, webinar, [waiting], { kind: 'confirmation' });
  const found = await states();
  const fates = [sent, refused, unknown, waiting, theirs].map((id) => found.get(id)?.map((s) => [s.kind, s.fate]));
  expect(fates).toEqual([
    [['confirmation', 'parti']],
    [['confirmation', 'refuse']],
    [['confirmation', 'inconnu']],
    [['confirmation', 'attend']],
    undefined,
  ]);
  expect(await acrossOrganisations(t.db, (trx) => unknownLetters(trx, own()))).toMatchObject([
    { registrationId: unknown, kind: 'confirmation' },
  ]);
  // A week later what left is not kept, and is still said to have left.
  await purgeOutbox(t.db, at(8 * 24 * 60));
  const later = await states();
  expect([sent, unknown].map((id) => later.get(id)?.[0]?.fate)).toEqual(['ancien', 'inconnu']);
});

test('a person may have the confirmation written again: the same event, and the doubt is over', async () => {
  const [id = 0] = await registered(t, webinar, 'opco', 1);
  await write(t, webinar, [id], { kind: 'confirmation' });
  await drainOutbox(
    t.db,
    async (_, beforeDot) => {
      await beforeDot?.();
      return { outcome: 'unknown', text: 'coupé' };
    },
    () => NOW,
  );
  await resend(id);
  expect(await drainOutbox(t.db, answering({}), () => at(6))).toBe(1);
  const [first, again] = (await mailsAbout(t, webinar)).map((m) => event(m.calendar));
  expect(again).toEqual(first);
  expect((await states()).get(id)?.map((s) => s.fate)).toEqual(['parti', 'inconnu']);
  expect(await acrossOrganisations(t.db, (trx) => unknownLetters(trx, own()))).toEqual([]);
  // Twice in the same minute, by an impatient hand.
  await expect(resend(id)).rejects.toMatchObject({ code: 'deja_renvoyee' });
  await resend(id, at(6));
});

test('who waits gets the letter of who waits; nobody is written to about what has ended', async () => {
  const [waits = 0] = await registered(t, webinar, 'opco', 1, { place: 'attente' });
  const [gone = 0] = await registered(t, webinar, 'opco', 1);
  await resend(waits);
  expect((await mailsAbout(t, webinar)).map((m) => m.kind)).toEqual(['webinaire-attente']);
  await person(t, gone, { cancelled_at: NOW });
  await expect(resend(gone)).rejects.toMatchObject({ code: 'inscription_close' });
  await cancelWebinar(t.ctx(t.cast.alice), campaign.slug, webinar.slug, 'Annulé.');
  await expect(resend(waits, at(9))).rejects.toMatchObject({ code: 'inscription_close' });
});

test('neither a partner, nor a stranger, nor somebody without the role may do it', async () => {
  const [id = 0] = await registered(t, webinar, 'opco', 1);
  await expect(resend(id, at(5), t.cast.bruno)).rejects.toMatchObject({ code: 'introuvable' });
  await expect(resend(id, at(5), t.cast.etranger)).rejects.toMatchObject({ code: 'introuvable' });
  await expect(resend(id, at(5), t.cast.david)).rejects.toMatchObject({ kind: 'forbidden' });
  expect(await mailsAbout(t, webinar)).toEqual([]);
});
