import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { toParisDay, toParisField } from '../../src/base/dates.ts';
import { codeIn, pictureOf, textOf } from '../rendering/paper.ts';
import {
  AMINA,
  as,
  BRUNO,
  CAMILLE,
  CAMPAIGN,
  CHLOE,
  heading,
  mailIn,
  newPage,
  PHONE,
  readableByAll,
  reloadUntil,
  said,
  service,
  soon,
  wholeService,
} from './people.ts';

wholeService();

/** One campaign, three organisations: planned, worded, approved, sent, relayed, left by one of them, and handed over. */
const WORDS = `${CAMPAIGN}/elements/recruter-ses-raccordeurs`;
const PUSH = `${CAMPAIGN}/envois/un-raccordeur-bien-accueilli`;
const TAGLINE = 'Un même message, trois voix';
const HOOK = 'Bien accueilli, un raccordeur reste : trois gestes dès le premier jour.';
/** What Bruno objects to, and what it becomes. */
const [BOLD, SOBER] = ['Constructys paie toute la formation.', 'Constructys peut prendre en charge la formation.'];

const inDays = (n: number): Date => new Date(Date.now() + n * 86_400_000);
/** The relay's telephone, and the address of its kit. */
let relay: Page;
let kit = '';

describe('a joint campaign, from its plan to its handover', { timeout: 120_000 }, () => {
  test('an action declared by one partner is in the month and in the list of all of them', async () => {
    const camille = await as(CAMILLE, `${CAMPAIGN}/actions/nouvelle`);
    await camille.getByLabel('Quoi', { exact: true }).selectOption('publicité en ligne');
    await camille.getByLabel('En quelques mots').fill('Annonces pour le métier de raccordeur');
    await camille.getByLabel('Quand', { exact: true }).fill(toParisDay(inDays(10)));
    await camille.getByLabel('Page vers laquelle elle mène').fill('https://ressources.example/essentiels/raccordeur');
    await camille.getByRole('button', { name: 'Déclarer' }).click();
    expect(await heading(camille)).toBe('Annonces pour le métier de raccordeur');
    expect(await camille.innerText('main')).toContain(`${service.url}/r/`);
    const month = toParisDay(inDays(10)).slice(0, 7);
    for (const view of ['mois', 'liste']) {
      const chloe = await as(CHLOE, `${CAMPAIGN}/calendrier?mois=${month}&vue=${view}`);
      await chloe.getByRole('link', { name: 'Annonces pour le métier de raccordeur' }).waitFor();
    }
  });

  test('the identity is changed on one page, and the public page wears it', async () => {
    const camille = await as(CAMILLE, `${CAMPAIGN}/reglages/identite`);
    await camille.getByLabel('Slogan').fill(TAGLINE);
    await camille.getByLabel('Couleur principale').fill('#5b1247');
    await camille.getByRole('button', { name: 'Enregistrer' }).click();
    const visitor = await newPage();
    await visitor.goto(`/c/essentiels-infranum`);
    expect(await heading(visitor)).toBe(TAGLINE);
    const card = await visitor.request.get('/c/essentiels-infranum/carte.png');
    expect(card.headers()['content-type']).toBe('image/png');
    await visitor.context().close();
  });

  test('a wording is written, one partner asks for a change where it stands, and three yeses validate the next', async () => {
    await write('Accueillir, ça se prépare. Et ça paie toujours.', 'L’accueil passe devant');
    const bruno = await as(BRUNO, `${WORDS}/validation`);
    await bruno.getByText('Une remarque sur un texte précis').click();
    await bruno.getByLabel('Accroche, niveau terrain').fill('Personne ne peut promettre que ça paie.');
    await bruno.getByRole('button', { name: 'Demander un changement' }).click();

    const camille = await as(CAMILLE, WORDS);
    await camille.getByRole('link', { name: 'Lire la demande' }).click();
    expect(await camille.innerText('main')).toMatch(/Accroche, niveau terrain\s+«.Personne ne peut promettre/);
    await write(HOOK, 'Une promesse en moins');
    for (const address of [AMINA, BRUNO, CHLOE]) {
      const page = await as(address, `${WORDS}/validation`);
      await page.getByText(HOOK).first().waitFor();
      await page.getByRole('button', { name: 'Valider ce texte' }).click();
    }
    await camille.goto(WORDS);
    expect(await camille.innerText('main')).toMatch(/validé\s+·\s+version 3/);
  });

  /** A version of the wording by its author, sent to those who validate. */
  async function write(hook: string, why: string): Promise<void> {
    const camille = await as(CAMILLE, `${WORDS}/edition?niveau=terrain`);
    await camille.locator('[name="terrain.accroche"]').fill(hook);
    await camille.getByLabel('Pourquoi cette version').fill(why);
    await camille.getByRole('button', { name: 'Enregistrer cette version' }).click();
    await camille.getByRole('button', { name: 'Demander la validation' }).click();
  }

  test('a push says it, and is submitted with the days between which it may leave', async () => {
    const camille = await as(CAMILLE, `${CAMPAIGN}/envois/nouveau`);
    await camille.getByLabel('Newsletter').check();
    await camille.getByLabel('Nom de l’envoi').fill('Un raccordeur bien accueilli');
    await camille.getByLabel('Audience').selectOption('Tous les contacts de la campagne');
    await camille.getByLabel(/^Départ/).fill(toParisField(inDays(5)));
    await camille.getByLabel('Entre deux moments que je choisis').check();
    await camille.getByLabel('Du', { exact: true }).fill(toParisField(new Date()));
    await camille.getByLabel('Au', { exact: true }).fill(toParisField(inDays(12)));
    await camille.getByRole('button', { name: 'Créer l’envoi' }).click();
    await camille.getByLabel('Objet du message').fill('Un raccordeur bien accueilli reste');
    await camille.getByRole('button', { name: 'Enregistrer l’objet' }).click();
    await addBlock(camille, 'Élément de langage', async () => {
      await camille.getByLabel('Élément de langage').selectOption('Recruter et garder ses raccordeurs');
      await camille.getByLabel('Accroche').check();
    });
    await addBlock(camille, 'Texte', () => camille.getByLabel('Texte').fill('Le premier jour se prépare à deux.'));
    await addBlock(camille, 'Texte', async () => {
      await camille.getByLabel('Texte').fill(BOLD);
      await camille.getByLabel('Constructys').check();
    });
    await camille.goto(PUSH);
    await camille.getByRole('button', { name: 'Soumettre à la validation' }).click();
    expect(await said(camille)).toMatch(/3.organisations sont appelées/);
  });

  /** One more block at the end of the message. */
  async function addBlock(page: Page, type: string, fill: () => Promise<void>): Promise<void> {
    await page
      .getByRole('link', { name: /^Ajouter après/ })
      .last()
      .click();
    await page.getByRole('link', { name: type, exact: true }).click();
    await fill();
    await page.getByRole('button', { name: 'Ajouter ce bloc' }).click();
  }

  test('from the mail alone, with its link and its code, Bruno comments on the block that his readers have', async () => {
    const mail = await mailIn(BRUNO, 'bien accueilli');
    const link = /https?:\S+\/invitation\/[\w-]+/.exec(mail)?.[0] ?? '';
    const elsewhere = await newPage();
    await elsewhere.goto(link);
    expect(await heading(elsewhere)).toContain('Un raccordeur bien accueilli');
    await readableByAll(elsewhere);
    await elsewhere.getByLabel('Code à six chiffres').fill(/\b\d{3}\s\d{3}\b/.exec(mail)?.[0] ?? '');
    await elsewhere.getByRole('button', { name: 'Lire et décider' }).click();
    expect(new URL(elsewhere.url()).pathname).toBe(`${PUSH}/validation`);
    await elsewhere.getByText('Commenter un bloc précis').click();
    await elsewhere.getByText(/^Bloc 4/).click();
    await elsewhere.getByLabel('Ce qu’il faut changer dans le bloc 4').fill('« Peut prendre », pas « paie toute ».');
    await elsewhere.getByRole('button', { name: 'Demander un changement' }).click();
    expect(await said(elsewhere)).toContain('Votre demande est transmise');
    await elsewhere.context().close();
  });

  test('Camille reads the remark beside its block and changes it: only those whose text moved are asked again', async () => {
    for (const address of [AMINA, CHLOE]) await approve(address);
    const camille = await as(CAMILLE, `${PUSH}/contenu`);
    const block = camille.locator('.rows > li').filter({ hasText: BOLD });
    expect(await block.getByRole('list', { name: 'Remarques sur ce bloc' }).innerText()).toMatch(
      /Constructys.*Peut prendre/s,
    );
    await readableByAll(camille);
    await block.getByRole('link', { name: 'Modifier le bloc 4, texte' }).click();
    await camille.getByLabel('Texte').fill(SOBER);
    await camille.getByRole('button', { name: 'Enregistrer ce bloc' }).click();
    await camille.goto(PUSH);
    await camille.getByRole('button', { name: 'Soumettre à la validation' }).click();
    expect(await said(camille)).toMatch(/1.organisation est appelée/);
    const signatories = await camille.getByRole('list', { name: 'Signataires' }).getByRole('listitem').allInnerTexts();
    expect(signatories.map((line) => /validé|pas encore|changement demandé/.exec(line)?.[0])).toEqual([
      'validé',
      'pas encore',
      'validé',
    ]);
  });

  test('Bruno sees what moved since he answered, and says yes; the hour then moves in its window and asks nobody', async () => {
    const bruno = await as(BRUNO, `${PUSH}/validation`);
    expect(await bruno.locator('#changements').innerText()).toMatch(/paie toute.*peut prendre en charge/s);
    await readableByAll(bruno);
    await approve(BRUNO);
    const camille = await as(CAMILLE, PUSH);
    await camille.getByLabel(/^Départ/).fill(toParisField(soon()));
    await camille.getByRole('button', { name: 'Enregistrer ces réglages' }).click();
    expect(await camille.getByRole('list', { name: 'Signataires' }).innerText()).not.toMatch(/pas encore/);
  });

  async function approve(address: string): Promise<void> {
    const page = await as(address, `${PUSH}/validation`);
    await page.getByRole('button', { name: 'Valider ce texte' }).first().click();
    expect(await said(page)).toContain('Votre accord est noté');
  }

  test('at the hour that was chosen, the push leaves by itself', async () => {
    const camille = await as(CAMILLE, PUSH);
    await reloadUntil(camille, /terminé/i, 110);
    expect(await mailIn(CAMILLE, 'bien accueilli reste elodie.haddad')).toContain(HOOK);
  });

  test('on a phone, a body asks for its kit; Camille says yes; the link to it comes by mail', async () => {
    relay = await newPage({ ...PHONE, permissions: ['clipboard-read', 'clipboard-write'] });
    await relay.goto('/c/essentiels-infranum');
    await relay.getByRole('link', { name: 'Obtenir notre kit' }).tap();
    await relay.getByLabel('Votre organisme').fill('Point d’accueil de Vénissieux');
    await relay.getByLabel('Vous êtes').selectOption('guichet, accueil de proximité');
    await relay.getByLabel('Votre territoire').selectOption('69');
    await relay.getByLabel('Votre adresse électronique').fill('accueil@venissieux.example');
    await relay.getByRole('button', { name: 'Demander notre kit' }).tap();
    await relay.getByRole('heading', { name: /^Merci/ }).waitFor();

    const camille = await as(CAMILLE, `${CAMPAIGN}/relais`);
    await camille.getByRole('button', { name: /^Confirmer et envoyer le kit : Point d’accueil/ }).click();
    const mail = await mailIn(CAMILLE, 'accueil@venissieux.example');
    kit = /https?:\S+\/kit\/[\w-]+/.exec(mail)?.[0] ?? '';
    expect((await relay.goto(kit))?.status()).toBe(200);
    expect(await relay.innerText('main')).toContain('Point d’accueil de Vénissieux');
    await camille.goto(`${CAMPAIGN}/relais`);
    expect(await camille.innerText('main')).toContain('kit ouvert');
  });

  test('a text is in the clipboard in one tap, as it was validated; a post carries the relay’s own link', async () => {
    await relay.goto(`${kit}?niveau=terrain`);
    const copy = async (name: RegExp): Promise<string> => {
      await relay.getByRole('button', { name }).tap();
      await relay.getByRole('button', { name }).getByText('Copié').waitFor();
      return relay.evaluate('navigator.clipboard.readText()');
    };
    expect(await copy(/^Copier : Accroche, Recruter/i)).toBe(HOOK);
    expect(await copy(/^Copier : Post LinkedIn, Recruter/i)).toContain(`${service.url}/r/`);
    const camille = await as(CAMILLE, `${CAMPAIGN}/relais`);
    await reloadUntil(camille, /Vénissieux\s+a copié ou téléchargé/);
  });

  test('the poster is downloaded, and its code leads another phone where the campaign is', async () => {
    const [download] = await Promise.all([
      relay.waitForEvent('download'),
      relay.getByRole('button', { name: 'Affiche A4 (PDF)' }).tap(),
    ]);
    const pdf = readFileSync(await download.path());
    for (const text of ['Point d’accueil de Vénissieux', TAGLINE]) expect(textOf(pdf)).toContain(text);
    const code = codeIn(pictureOf(pdf, 100)) ?? '';
    expect(code).toContain(`${service.url}/r/`);
    const before = await clicksOfThePush();
    const passer = await newPage(PHONE);
    const [followed] = await Promise.all([passer.waitForResponse(code), passer.goto(code)]);
    expect(followed.status()).toBe(302);
    expect(new URL(passer.url()).pathname).toBe('/c/essentiels-infranum');
    await passer.context().close();
    await relay.goto(`${kit}#chiffres`);
    await reloadUntil(relay, /affiche\s+1 retenu/);
    expect(await clicksOfThePush()).toBe(before);
  });

  /** What the newsletters brought, from the report. */
  async function clicksOfThePush(): Promise<number> {
    const camille = await as(CAMILLE, `${CAMPAIGN}/rapport`);
    const report = await (await camille.request.get(`${CAMPAIGN}/rapport.json`)).json();
    return report.figures.clics.value;
  }

  test('« J’ai publié » is one tap, and stays apart from what is counted', async () => {
    await relay.goto(kit);
    await relay.getByRole('button', { name: 'Par une affiche' }).tap();
    await relay.getByText('Votre publication est notée').waitFor();
    expect(await relay.locator('#chiffres').innerText()).toMatch(/Vous déclarez, à part\s+1.publication/);
    await readableByAll(relay);
  });

  test('Constructys sees what its leaving would stop, then leaves: its yes is awaited no more', async () => {
    const other = `${CAMPAIGN}/envois/outil-gepp-en-15-minutes`;
    const camille = await as(CAMILLE, other);
    await camille.getByRole('button', { name: 'Soumettre à la validation' }).click();
    const bruno = await as(BRUNO, `${CAMPAIGN}/reglages`);
    await bruno.getByRole('link', { name: 'Retirer votre organisation de la campagne' }).click();
    expect(await bruno.innerText('main')).toMatch(/n’est plus attendue pour «.L’outil GEPP en 15 minutes/);
    await readableByAll(bruno);
    await bruno.getByLabel('La raison').fill('La branche change d’opérateur de compétences.');
    await bruno.getByRole('button', { name: 'Retirer votre organisation' }).click();
    expect(await said(bruno)).toContain('est enregistré');
    await camille.goto(other);
    expect(await camille.getByRole('list', { name: 'Signataires' }).innerText()).toMatch(/Constructys.*s’est retirée/s);
  });

  test('the handover tells it, the memory has the decision, the report marks it', async () => {
    const camille = await as(CAMILLE, `${CAMPAIGN}/passation`);
    const line = camille.getByRole('listitem').filter({ hasText: 'Constructys' }).first();
    expect(await line.innerText()).toMatch(/raison donnée.: La branche change.*retirée le/s);
    expect(await camille.innerText('main')).toContain('Retrait de Constructys');
    await camille.goto(`${CAMPAIGN}/memoire?recherche=retraits`);
    await camille.getByRole('link', { name: 'Retrait de Constructys' }).click();
    expect(await camille.innerText('main')).toContain('La branche change d’opérateur');
    await camille.goto(`${CAMPAIGN}/rapport`);
    expect(await camille.innerText('main')).toMatch(/Constructys s’est retirée le/);
    await camille.goto(`${CAMPAIGN}/rapport/publics`);
    expect(await camille.innerText('main')).toMatch(/Constructys \(s’est retirée le/);
  });

  test('a push submitted after that asks the others, and not Constructys', async () => {
    const camille = await as(CAMILLE, `${CAMPAIGN}/envois/nouveau`);
    expect(await camille.getByRole('group', { name: /^Qui signe/ }).innerText()).not.toContain('Constructys');
    await camille.goto(`${CAMPAIGN}/envois/lancement-de-la-campagne`);
    await camille.getByRole('button', { name: 'Soumettre à la validation' }).click();
    expect(await said(camille)).toMatch(/2.organisations sont appelées/);
  });
});
