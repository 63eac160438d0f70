import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hourOf, parseParis, toParisDay, toParisField } from '../../src/base/dates.ts';
import {
  AMINA,
  as,
  BRUNO,
  CAMILLE,
  CAMPAIGN,
  CHLOE,
  contactFile,
  heading,
  mailIn,
  newPage,
  openMail,
  PHONE,
  readableByAll,
  reloadUntil,
  said,
  soon,
  wholeService,
} from './people.ts';
import { AFDAS, attendanceOf, GUEST, PRESENT, STRANGERS } from './webinar-people.ts';

wholeService();

/** The webinar of the demonstration on telephones: invited, registered, moved, held, attended, followed up, counted. */
const WEBINAR = `${CAMPAIGN}/webinaires/les-outils-en-situation`;
const PAGE = '/webinaires/les-outils-en-situation';
const SUBJECT = 'Venez voir les outils servir';

/** The telephone of the person who is invited, and their own page. */
let guest: Page;
let own = '';
let starts: Date;

/** Words as they are typed here: French spaces before signs, and between numbers and words, are their own. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
const textOf = async (page: Page): Promise<string> => plain(await page.innerText('main'));
const titleOf = async (page: Page): Promise<string> => plain(await heading(page));
const noteOf = async (page: Page): Promise<string> => plain(await said(page));

const onPhone = (address: string, path: string) => as(address, path, PHONE);

/** Where links of the message that is open lead, by what they say. */
const linkIn = async (page: Page, name: RegExp): Promise<string> =>
  (await page.frameLocator('iframe').getByRole('link', { name }).first().getAttribute('href')) ?? '';

/** What the calendar file of the message that is open says, its lines unfolded. */
async function calendarOf(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'invitation.ics' }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8').replace(/\r?\n[ \t]/g, '');
}
const lineOf = (file: string, name: string) => new RegExp(`^${name}[:;](.*)$`, 'm').exec(file)?.[1]?.trim() ?? '';

describe('a webinar of three organisations, from its invitation to its report', { timeout: 180_000 }, () => {
  test('Camille finds it with its people, and writes the invitation from its page', async () => {
    const camille = await onPhone(CAMILLE, `${CAMPAIGN}/webinaires`);
    await readableByAll(camille);
    await camille.getByRole('link', { name: /^GEPP, métiers, passerelles/ }).click();
    expect(await textOf(camille)).toMatch(/44 sur 60/);
    await readableByAll(camille);
    await camille.getByRole('link', { name: 'Écrire l’invitation' }).click();
    await camille.getByLabel('Nom de l’envoi').fill('Une heure pour voir les outils servir');
    await camille.getByLabel('Audience').selectOption('Tous les contacts de la campagne');
    await camille.getByRole('button', { name: 'Créer l’envoi' }).click();
    await camille.getByLabel('Objet du message').fill(SUBJECT);
    await camille.getByRole('button', { name: 'Enregistrer l’objet' }).click();
    expect(await textOf(camille)).toContain('jeudi 14 janvier 2027');
    await readableByAll(camille);
  });

  const push = `${CAMPAIGN}/envois/une-heure-pour-voir-les-outils-servir`;

  test('the three organisations read what would leave, and say yes', async () => {
    const camille = await onPhone(CAMILLE, push);
    await camille.getByRole('button', { name: 'Soumettre à la validation' }).click();
    expect(await noteOf(camille)).toMatch(/3 organisations sont appelées/);
    for (const address of [AMINA, BRUNO, CHLOE]) {
      const page = await onPhone(address, `${push}/validation`);
      const shown = page.frameLocator('iframe').first().locator('body');
      await expect.poll(() => shown.innerText(), { timeout: 20_000 }).toContain('Voir le programme et s’inscrire');
      await page.getByRole('button', { name: 'Valider ce texte' }).first().click();
      expect(await noteOf(page)).toContain('Votre accord est noté');
    }
  });

  test('it is sent, and each person has a link of their own in their invitation', async () => {
    const camille = await onPhone(CAMILLE, `${push}/depart`);
    await camille.getByRole('button', { name: 'Envoyer maintenant' }).click();
    await reloadUntil(camille, /terminé/i, 120);
    await openMail(CAMILLE, `${SUBJECT} ${GUEST.address}`);
    expect(await linkIn(camille, /^Voir le programme/)).toContain('/r/');
    guest = await newPage(PHONE);
    await guest.goto(await linkIn(camille, /coordonnées déjà remplies/));
    expect(new URL(guest.url()).pathname).toMatch(/^\/webinaires\/les-outils-en-situation\/moi\//);
    for (const [label, value] of [
      [/^Prénom/, GUEST.first],
      [/^Nom/, GUEST.last],
      [/^Votre adresse électronique/, GUEST.address],
      [/^Votre organisme/, GUEST.company],
    ] as const)
      expect(await guest.getByLabel(label).inputValue()).toBe(value);
    expect(await guest.getByRole('radio', { name: 'Afdas' }).isChecked()).toBe(true);
    await readableByAll(guest);
  });

  test('the form says what it lacks, then registers; no consent is ticked for anybody', async () => {
    for (const box of await guest.getByRole('checkbox').all()) expect(await box.isChecked()).toBe(false);
    await guest.getByLabel('Vous êtes').selectOption({ index: 1 });
    // A space is enough for the browser, not for the form.
    await guest.getByLabel('Prénom').fill(' ');
    await guest.getByRole('button', { name: 'M’inscrire' }).click();
    await guest.getByText('Donnez votre prénom.').first().waitFor();
    await readableByAll(guest);
    await guest.getByLabel('Prénom').fill(GUEST.first);
    await guest.getByLabel('Une question aux intervenants').fill('Faut-il un compte pour l’essayer ?');
    await guest.getByRole('button', { name: 'M’inscrire' }).click();
    expect(await titleOf(guest)).toBe('C’est reçu. Guettez votre messagerie.');
    await readableByAll(guest);
  });

  test('the confirmation comes with its calendar file, and its link opens one’s own registration', async () => {
    const camille = await openMail(CAMILLE, `Inscription confirmée ${GUEST.address}`);
    const file = await calendarOf(camille);
    expect(lineOf(file, 'METHOD')).toBe('REQUEST');
    expect(file.match(/^ATTENDEE/gm)).toHaveLength(1);
    expect(lineOf(file, 'ATTENDEE').toLowerCase()).toContain(`mailto:${GUEST.address}`);
    expect(lineOf(file, 'SEQUENCE')).toBe('0');
    own = await linkIn(camille, /Modifier ou annuler/);
    await guest.goto(own);
    expect(await titleOf(guest)).toBe('Votre place est gardée.');
    await readableByAll(guest);
    await guest.getByRole('link', { name: 'Annuler mon inscription' }).click();
    await readableByAll(guest);
    await guest.getByRole('link', { name: 'Garder ma place' }).click();
    await guest.getByLabel('Votre organisme ou entreprise').fill('Fibre d’essai');
    await guest.getByRole('button', { name: 'Enregistrer' }).click();
    expect(await noteOf(guest)).toContain('Votre inscription est corrigée.');
  });

  test('Camille moves it: she reads what that does first, and the registered have the new hour in their calendar', async () => {
    const camille = await onPhone(CAMILLE, `${WEBINAR}/inscriptions?recherche=${GUEST.last}`);
    expect(await textOf(camille)).toContain('Fibre d’essai');
    await readableByAll(camille);
    await openMail(CAMILLE, `Inscription confirmée ${GUEST.address}`);
    const uid = lineOf(await calendarOf(camille), 'UID');
    // Its last reminder is then a minute or two away.
    await move(new Date(Date.now() + 3_600_000 + 110_000), async (page) => {
      expect(await textOf(page)).toMatch(/17 personnes de votre organisation, 28 chez les autres/);
      await readableByAll(page);
    });
    await openMail(CAMILLE, `Nouvel horaire ${GUEST.address}`);
    const file = await calendarOf(camille);
    expect(lineOf(file, 'UID')).toBe(uid);
    expect(lineOf(file, 'SEQUENCE')).toBe('1');
    expect(lineOf(file.slice(file.indexOf('BEGIN:VEVENT')), 'DTSTART')).toContain(
      `T${toParisField(starts).slice(11).replace(':', '')}00`,
    );
    await guest.goto(own);
    expect(await textOf(guest)).toContain(hourOf(starts));
  });

  /** Moves it as the form allows: to an hour to come. */
  async function move(to: Date, before: (page: Page) => Promise<void> = async () => {}): Promise<void> {
    const [[day = '', from = ''], end] = [toParisField(to).split('T'), new Date(to.getTime() + 70 * 60_000)];
    const camille = await onPhone(CAMILLE, WEBINAR);
    await camille.getByRole('link', { name: 'Modifier ou déplacer' }).click();
    await camille.getByLabel('Jour', { exact: true }).fill(day);
    await camille.getByLabel('De', { exact: true }).fill(from);
    // It ends on its day: late in the evening it is a short one.
    const until = toParisDay(end) === day ? toParisField(end).slice(11) : '23:59';
    await camille.getByLabel('À', { exact: true }).fill(until);
    await camille.getByLabel('Avec quel outil').selectOption('Microsoft Teams');
    await camille.getByRole('button', { name: 'Enregistrer', exact: true }).last().click();
    await camille.getByText('Avant d’enregistrer, voici ce que cela fera').waitFor();
    await before(camille);
    await camille.getByRole('button', { name: 'Enregistrer et prévenir' }).first().click();
    expect(await noteOf(camille)).toContain('les personnes inscrites sont averties');
    starts = parseParis(`${day}T${from}`) ?? to;
  }

  test('an hour before, the reminder leaves by itself, with the way in', async () => {
    const text = await mailIn(CAMILLE, `Rappel ${GUEST.address}`, 130);
    expect(text).toContain('https://ressources.example/visio/les-outils');
  });

  test('at its hour, and not before, Camille may say that it took place', async () => {
    await move(soon());
    const camille = await onPhone(CAMILLE, WEBINAR);
    const held = camille.getByRole('button', { name: 'Il a eu lieu' });
    expect(await held.count()).toBe(0);
    for (const end = Date.now() + 110_000; (await held.count()) === 0; await camille.reload()) {
      if (Date.now() > end) throw new Error('Son heure est passée, et rien ne permet de le dire.');
      await camille.waitForTimeout(1000);
    }
    await readableByAll(camille);
    await held.click();
    expect(await noteOf(camille)).toContain('il a eu lieu');
    await readableByAll(camille);
  });

  test('the attendance of Teams is read before anything is kept, then each organisation finds its people', async () => {
    const camille = await onPhone(CAMILLE, `${WEBINAR}/presence`);
    expect(await titleOf(camille)).toBe('Qui est venu ?');
    await readableByAll(camille);
    await camille.getByLabel('Qui était là').setInputFiles(contactFile('presences.csv', attendanceOf(starts)));
    await camille.getByRole('button', { name: 'Lire ce fichier' }).click();
    expect(await titleOf(camille)).toBe(
      `Ce fichier dit la présence de ${PRESENT.length + STRANGERS.length} personnes.`,
    );
    await readableByAll(camille);
    await camille.getByRole('button', { name: 'Importer ces présences' }).click();
    expect(await noteOf(camille)).toMatch(
      /36 personnes sont notées, dont 13 inscrites chez vous\. 1 personne est à vérifier/,
    );
    // She has a namesake at Constructys, who came: only Camille knows.
    await camille.getByRole('button', { name: 'Non : Rose Benali' }).click();
    expect(await noteOf(camille)).toContain('ce n’est pas cette personne');
    const lines = await camille.getByRole('table', { name: 'Vos inscrits venus' }).getByRole('row').allInnerTexts();
    expect(plain(lines.find((line) => line.includes(GUEST.name)) ?? '')).toContain('1 h 05');
    await readableByAll(camille);
    const bruno = await onPhone(BRUNO, `${WEBINAR}/presence`);
    expect(await textOf(bruno)).toMatch(/20 sur 21/);
    expect(await textOf(bruno)).not.toContain(GUEST.name);
    await readableByAll(bruno);
  });

  test('those who came and those who did not are written to in other words, after reading both letters', async () => {
    const camille = await onPhone(CAMILLE, `${WEBINAR}/suite`);
    await camille.getByLabel('Où le revoir').fill('https://ressources.example/videos/les-outils');
    await camille.getByRole('button', { name: 'Enregistrer l’adresse' }).click();
    await camille.getByRole('button', { name: 'Enregistrer le questionnaire' }).click();
    expect(await noteOf(camille)).toContain('Le questionnaire est enregistré.');
    await readableByAll(camille);
    await camille.getByLabel('Objet').first().fill('Merci de votre venue');
    await camille.getByLabel('Objet').last().fill('Ce que vous avez manqué');
    await camille.getByRole('button', { name: 'Relire les lettres' }).click();
    await readableByAll(camille);
    await camille.getByRole('button', { name: 'Envoyer les lettres' }).click();
    expect(await noteOf(camille)).toMatch(/Les lettres partent aux présents .* et aux absents/);
    const present = await mailIn(CAMILLE, `Merci ${GUEST.address}`);
    expect(present).toContain('/questionnaires/');
    const absent = await mailIn(CAMILLE, `manqué ${AFDAS[14]?.address}`);
    expect(absent).toContain(`${PAGE}/replay`);
    expect(absent).not.toContain('/questionnaires/');
  });

  test('the guest sees the recording and answers without a name; so do others, at the address they share', async () => {
    const survey = await linkIn(await openMail(CAMILLE, `Merci ${GUEST.address}`), /votre avis/);
    await guest.goto(survey);
    await readableByAll(guest);
    // While it is open, answers are told five by five, the last five kept back.
    for (const mark of [5, 4, 4, 3, 4, 1, 1, 1, 1, 1]) {
      await guest.goto(survey);
      await guest
        .getByRole('radio', { name: String(mark) })
        .first()
        .check();
      await guest.getByRole('button', { name: 'Envoyer ma réponse' }).click();
      expect(await titleOf(guest)).toBe('Merci, votre réponse est comptée.');
    }
    await readableByAll(guest);
    await guest.goto(own);
    expect(await titleOf(guest)).toBe('Ce webinaire est passé.');
    await readableByAll(guest);
    await guest.goto(PAGE);
    await readableByAll(guest);
    const [opened] = await Promise.all([
      guest.waitForResponse(/\/replay$/),
      guest.getByRole('link', { name: 'Voir l’enregistrement' }).click(),
    ]);
    expect(opened.status()).toBe(303);
  });

  test('the report has who was invited, registered and present, how long, and what they say, each with how it is counted', async () => {
    const camille = await onPhone(CAMILLE, `${CAMPAIGN}/rapport`);
    const report = await (await camille.request.get(`${CAMPAIGN}/rapport.json`)).json();
    const { invitations, inscriptions, presents, minutesMediane, revoir, satisfaction, reponses } =
      report.webinars.figures;
    expect(invitations.value).toBeGreaterThan(100);
    expect([inscriptions, presents, minutesMediane, revoir, satisfaction, reponses].map((f) => f.value)).toEqual([
      45, 33, 60, 1, 4, 10,
    ]);
    await readableByAll(camille);
    await camille.goto(`${CAMPAIGN}/rapport/webinaires`);
    const section = camille
      .locator('section')
      .filter({ has: camille.getByRole('heading', { name: 'Les webinaires' }) });
    const text = plain(await section.innerText());
    for (const word of [
      'inscriptions',
      'présents',
      'minutes par présent',
      'satisfaction sur 5',
      'comment c’est compté',
    ])
      expect(text).toContain(word);
    await readableByAll(camille);
    await camille.goto(`${WEBINAR}/suite`);
    expect(await textOf(camille)).toContain('4 sur 5 en moyenne');
    await readableByAll(camille);
  });
});
