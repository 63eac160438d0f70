import PostalMime from 'postal-mime';
import { beforeEach, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { composeOne } from '../../src/mail/send-one.ts';
import { cancelWebinar, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { cancelByOrganisation } from '../../src/webinars/cancel-registration.ts';
import { registrationUrl } from '../../src/webinars/my-registration.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { event, forget, linksIn, mailsAbout, type Owed, person, write } from './letters-house.ts';
import { madeWebinar, registered, WEBINAR } from './made-webinar.ts';

const t = await testDatabase();
const campaign = await makeCampaign(t);
let webinar: WebinarRow;

beforeEach(async () => {
  await forget(t);
  webinar = await madeWebinar(t, campaign.slug);
});

const only = async (kind?: string): Promise<Owed> => {
  const mails = (await mailsAbout(t, webinar)).filter((m) => kind === undefined || m.kind === `webinaire-${kind}`);
  expect(mails).toHaveLength(1);
  return mails[0] as Owed;
};
const raw = (mail: Owed) => composeOne({ ...mail, to: { name: '', address: mail.to } });
const change = (over: Record<string, unknown>) =>
  saveWebinar(t.ctx(t.cast.alice), campaign.slug, { ...WEBINAR, slug: webinar.slug, ...over });
const [owner] = [(id: number) => person(t, id)];

describe('the confirmation of a registration', () => {
  test('invites that one person, in the name of the organisation they registered with (CAL-01, CAL-02)', async () => {
    const [id = 0] = await registered(t, webinar, 'btp', 1, { firstName: 'Léa', lastName: 'Petit' });
    expect(await write(t, webinar, [id], { kind: 'confirmation' })).toBe(1);
    const mail = await only();
    const { address, uid } = await owner(id);
    expect(mail).toMatchObject({
      kind: 'webinaire-confirmation',
      to: address,
      once: true,
      organisationId: t.cast.organisations.btp,
      from: { name: 'Partenaire BTP', address: 'lettre@btp.example' },
      subject: 'Inscription confirmée : Les outils, pour de vrai',
    });
    expect(event(mail.calendar)).toEqual({
      method: 'REQUEST',
      uid,
      sequence: 0,
      start: WEBINAR.startsAt,
      attendees: [`mailto:${address}`],
      organizer: 'mailto:lettre@btp.example',
    });
    expect(mail.text).toContain('Bonjour Léa Petit,');
    expect(mail.text).toContain('jeudi 14 janvier 2027, de 14 h à 15 h 30 (heure de Paris)');
    expect(mail.text).toContain('OPCO de test, Partenaire BTP');
  });

  test('gives the real way in, uncounted (CAL-06), and the person’s own page, in text and HTML alike (MAIL-40)', async () => {
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    await write(t, webinar, [id], { kind: 'confirmation' });
    const mail = await only();
    const links = linksIn(mail.text);
    expect(linksIn(mail.html)).toEqual(links);
    expect(links).toContain('https://reunion.example/salle');
    expect(links).toContain(registrationUrl(t.ctx(t.cast.alice), id));
    expect(mail.calendar?.content).not.toContain('/inscriptions/');
  });

  test('is written once, whoever asks twice; nobody who was forgotten is written to', async () => {
    const ids = await registered(t, webinar, 'opco', 3);
    const [first = 0, second = 0] = ids;
    expect(await write(t, webinar, [first], { kind: 'confirmation' })).toBe(1);
    await person(t, second, { address: null, address_hash: null });
    expect(await write(t, webinar, ids, { kind: 'confirmation' })).toBe(1);
    expect(await mailsAbout(t, webinar)).toHaveLength(2);
  });

  test('is answered to the organisation’s mailbox; nobody is invited by themselves (CAL-02)', async () => {
    const [id = 0, itself = 0] = await registered(t, webinar, 'opco', 2);
    await acrossOrganisations(t.db, (trx) =>
      trx
        .updateTable('organisations')
        .set({ reply_to: 'webinaires@opco.example' })
        .where('slug', '=', 'opco')
        .execute(),
    );
    await person(t, itself, { address: 'Webinaires@OPCO.example' });
    await write(t, webinar, [id, itself], { kind: 'confirmation' });
    const mails = await mailsAbout(t, webinar);
    expect(mails.map((m) => [m.replyTo, event(m.calendar).organizer])).toEqual([
      ['webinaires@opco.example', 'mailto:webinaires@opco.example'],
      ['webinaires@opco.example', 'mailto:lettre@opco.example'],
    ]);
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('organisations').set({ reply_to: null }).where('slug', '=', 'opco').execute(),
    );
  });

  test('shows the hour of where the person lives overseas, its day too when it is another', async () => {
    const [reunion = 0, caledonie = 0, paris = 0] = await registered(t, webinar, 'opco', 3);
    await person(t, reunion, { departement: '974' });
    await person(t, caledonie, { departement: '988' });
    await person(t, paris, { departement: '75' });
    await write(t, webinar, [reunion, caledonie, paris], { kind: 'confirmation' });
    const [a, b, c] = await mailsAbout(t, webinar);
    expect(a?.text).toContain('La Réunion : 17 h');
    expect(b?.text).toContain('Nouvelle-Calédonie : vendredi 15 janvier, 0 h');
    expect(c?.text).not.toMatch(/Réunion|Calédonie|Guyane/);
  });

  test('a name that is not one, or none at all, spoils neither the letter nor its headers (MAIL-43)', async () => {
    const [none = 0, hostile = 0] = await registered(t, webinar, 'opco', 2);
    await person(t, none, { first_name: null, last_name: null });
    await person(t, hostile, {
      first_name: '<img src=x onerror=alert(1)>\r\nBcc: tous@exemple.fr',
      last_name: '\u202e"\r\nATTENDEE:mailto:a@b.fr\u0007',
    });
    await write(t, webinar, [none, hostile], { kind: 'confirmation' });
    const [a, b] = (await mailsAbout(t, webinar)) as [Owed, Owed];
    expect(a.text).toContain('Bonjour,\n');
    expect(event(a.calendar).attendees).toHaveLength(1);
    expect(event(b.calendar).attendees).toEqual([`mailto:${b.to}`]);
    expect(b.html).not.toContain('<img');
    const read = await PostalMime.parse(await raw(b));
    expect(read.headers.map((h) => h.key)).not.toContain('bcc');
    expect(read.headers.map((h) => h.key)).not.toContain('list-unsubscribe');
    expect(read.to).toEqual([{ address: b.to, name: '' }]);
  });

  test('without a link yet, says that it will come', async () => {
    webinar = await madeWebinar(t, campaign.slug, { joinUrl: null, title: 'Sans lien' });
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    await write(t, webinar, [id], { kind: 'confirmation' });
    const mail = await only();
    expect(mail.text).toContain('Le lien pour rejoindre le webinaire vous sera envoyé.');
    expect(mail.calendar?.content).toContain('LOCATION:En ligne');
  });
});

describe('the life of a webinar, told to those who come', () => {
  test('moved: the former hour and the new one, the same event with a higher number; who waits is not written to (CAL-03)', async () => {
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    await registered(t, webinar, 'opco', 1, { place: 'attente' });
    await write(t, webinar, [id], { kind: 'confirmation' });
    await change({ startsAt: fromParis(2027, 1, 15, 10), endsAt: fromParis(2027, 1, 15, 11) });
    const mail = await only('modification');
    expect(mail.subject).toBe('Nouvel horaire : Les outils, pour de vrai');
    expect(mail.text).toContain('Avant : jeudi 14 janvier 2027, de 14 h à 15 h 30');
    expect(mail.text).toContain('Maintenant : vendredi 15 janvier 2027, de 10 h à 11 h');
    const first = await only('confirmation');
    expect(event(mail.calendar)).toMatchObject({
      method: 'REQUEST',
      uid: event(first.calendar).uid,
      sequence: 1,
      start: fromParis(2027, 1, 15, 10),
    });
  });

  test('another link: says that the hour stays, gives the new way in, and no old one', async () => {
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    await write(t, webinar, [id], { kind: 'confirmation' });
    await change({ joinUrl: 'https://autre.example/salle' });
    const mail = await only('modification');
    expect(mail.subject).toBe('Nouvelles informations : Les outils, pour de vrai');
    expect(mail.text).not.toContain('Avant :');
    expect(linksIn(mail.text)).toContain('https://autre.example/salle');
    expect(mail.text + mail.calendar?.content).not.toContain('reunion.example');
  });

  test('cancelled: why, and the event taken out of calendars; who waits has none to take out', async () => {
    const [id = 0] = await registered(t, webinar, 'btp', 1);
    await registered(t, webinar, 'opco', 1, { place: 'attente' });
    await write(t, webinar, [id], { kind: 'confirmation' });
    await cancelWebinar(t.ctx(t.cast.alice), campaign.slug, webinar.slug, 'L’intervenante est souffrante.');
    const [placed, waiting] = (await mailsAbout(t, webinar)).filter((m) => m.kind === 'webinaire-annulation');
    expect(event(placed?.calendar)).toMatchObject({ method: 'CANCEL', sequence: 1 });
    expect(placed?.text).toContain('Pourquoi : L’intervenante est souffrante.');
    expect(waiting?.calendar).toBeUndefined();
    expect(waiting?.text).not.toContain('fichier joint');
    // What invited to it and had not left never will.
    expect(await only('confirmation')).toMatchObject({ void: true });
  });

  test('waiting, then a place: only then is the event put into the calendar', async () => {
    const [id = 0] = await registered(t, webinar, 'opco', 1, { place: 'attente' });
    await write(t, webinar, [id], { kind: 'attente' });
    expect((await only('attente')).calendar).toBeUndefined();
    await person(t, id, { place: 'inscrit', placed_at: NOW });
    await write(t, webinar, [id], { kind: 'place' });
    expect(event((await only('place')).calendar).method).toBe('REQUEST');
  });

  test('a registration that ends takes its event back under a higher number, and no reminder of it leaves (CAL-03)', async () => {
    const [id = 0, other = 0] = await registered(t, webinar, 'opco', 2);
    await write(t, webinar, [id, other], { kind: 'rappel', reminder: 'J-7' });
    await cancelByOrganisation(t.ctx(t.cast.alice), campaign.slug, webinar.slug, id);
    const mail = await only('desinscription');
    expect(event(mail.calendar)).toMatchObject({ method: 'CANCEL', sequence: 1 });
    expect(linksIn(mail.text)).toEqual([`https://pv.example/webinaires/${webinar.address}`]);
    const reminders = (await mailsAbout(t, webinar)).filter((m) => m.kind === 'webinaire-rappel');
    expect(reminders.map((m) => m.void)).toEqual([true, false]);
  });

  test('a reminder has the hour and the way in, and no calendar (CAL-07)', async () => {
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    await write(t, webinar, [id], { kind: 'rappel', reminder: 'J-1' });
    const mail = await only();
    expect(mail.subject).toBe('Rappel, jeudi 14 janvier 2027, 14 h : Les outils, pour de vrai');
    expect(linksIn(mail.text)).toContain('https://reunion.example/salle');
    expect(mail.calendar).toBeUndefined();
  });

  test('afterwards, the words of a person: links kept, scripts not, the same in both forms (SEC-12)', async () => {
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    const letter = {
      kind: 'suite',
      to: 'presents',
      subject: 'Merci d’être venus\r\nBcc: tous@exemple.fr',
      words:
        '# Merci\n\nVoici [la fiche](https://exemple.fr/fiche).\n\n<script>alert(1)</script>\n\n[non](javascript:alert(1))',
      links: [{ label: 'Revoir le webinaire', url: 'https://pv.example/webinaires/x/replay' }],
    } as const;
    expect(await write(t, webinar, [id], letter)).toBe(1);
    expect(await write(t, webinar, [id], letter)).toBe(0);
    const mail = await only();
    expect(mail.subject).toBe('Merci d’être venus Bcc: tous@exemple.fr');
    expect(mail.html).not.toMatch(/<script|javascript:/);
    expect(linksIn(mail.html)).toEqual(['https://exemple.fr/fiche', 'https://pv.example/webinaires/x/replay']);
    expect(linksIn(mail.text)).toEqual(linksIn(mail.html));
  });
});

test('two thousand people are written to in one go, once each', async () => {
  const ids = await registered(t, webinar, 'opco', 2000);
  expect(await write(t, webinar, ids, { kind: 'confirmation' })).toBe(2000);
  const mails = await mailsAbout(t, webinar);
  expect(new Set(mails.map((m) => m.to)).size).toBe(2000);
  expect(new Set(mails.map((m) => event(m.calendar).uid)).size).toBe(2000);
}, 30_000);
