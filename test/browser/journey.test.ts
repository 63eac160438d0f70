import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  AMINA,
  BRUNO,
  CAMILLE,
  CAMPAIGN,
  CHLOE,
  codeOn,
  contactFile,
  heading,
  kept,
  newPage,
  readableByAll,
  reloadUntil,
  service,
  signIn,
  wholeService,
} from './people.ts';

wholeService();

/** One joint campaign as its people live it, in a real browser, on the whole service with its demonstration. */
const PUSH = `${CAMPAIGN}/envois/recruter-et-garder-ses-raccordeurs`;

/** Signed in, with scripts and without. */
let camille: Page;

const FILE = [
  'Civilité;Nom;Prénom;Adresse mél;Fonction;Niveau',
  'Mme;Aubry;Lucie;lucie.aubry@fibre-essai.example;Gérante;terrain',
  'M.;Costa;Rui;rui.costa@fibre-essai.example;Conducteur de travaux;terrain',
  'M.;Sans;Adresse;;Technicien;terrain',
  'Mme;Fautive;Inès;ines.fautive@;Directrice;institutionnel',
].join('\r\n');

describe('a campaign, from the file to the click', { timeout: 120_000 }, () => {
  test('one signs in with the keyboard alone, and always sees where one is (A11Y-02)', async () => {
    camille = await newPage();
    await camille.goto('/');
    const focused = () =>
      camille.evaluate<string>('document.activeElement?.name || document.activeElement?.textContent?.trim() || ""');
    const tabTo = async (name: string) => {
      for (let tabs = 0; (await focused()) !== name; tabs++) {
        if (tabs > 20) throw new Error(`Tabulation : « ${name} » n’est pas atteint sur ${camille.url()}`);
        await camille.keyboard.press('Tab');
        expect(
          await camille.evaluate('getComputedStyle(document.activeElement).outlineStyle'),
          await focused(),
        ).not.toBe('none');
      }
    };
    await tabTo('adresse');
    await camille.keyboard.type(CAMILLE);
    await tabTo('Recevoir un code');
    await camille.keyboard.press('Enter');
    await camille.waitForSelector('#code-de-demonstration');
    await readableByAll(camille);
    const code = await codeOn(camille);
    await tabTo('code');
    await camille.keyboard.type(code);
    await camille.keyboard.press('Enter');
    await camille.waitForURL(`${service.url}/`);
    expect(await camille.innerText('body')).toContain('Camille Aubert');
    kept.set(CAMILLE, await camille.context().storageState());
  });

  test('a file with flaws is read before anything changes: the refused lines are shown with their reason', async () => {
    await camille.goto('/contacts/imports/nouveau');
    await camille.getByLabel('Fichier', { exact: true }).setInputFiles(contactFile('salon.csv', FILE));
    await camille.getByLabel('D’où viennent ces adresses ?').fill('Salon de la fibre');
    await camille.getByRole('button', { name: 'Vérifier ce fichier' }).click();
    await camille.getByRole('heading', { name: /2\s+lignes refusées/ }).waitFor();
    const lines = await camille.getByRole('row').allInnerTexts();
    expect(lines.filter((line) => /^[45]\s.*\S/s.test(line))).toEqual([
      expect.stringMatching(/adresse/i),
      expect.stringMatching(/adresse/i),
    ]);
    await readableByAll(camille);
    await camille.getByRole('button', { name: /^Importer/ }).click();
    // The page follows the import by itself, then offers its report.
    const report = camille.getByRole('link', { name: 'Lire le compte rendu' });
    await report
      .or(camille.getByRole('heading', { name: /rejoint votre liste/ }))
      .first()
      .waitFor();
    if (await report.isVisible()) await report.click();
    expect(await heading(camille)).toMatch(/^2\s+contacts ont rejoint votre liste\.$/);
    expect(await camille.innerText('main')).toMatch(/2\s+lignes refusées/);
    await readableByAll(camille);
  });

  test('without JavaScript, the same import ends on the same report', async () => {
    const page = await newPage({ javaScriptEnabled: false, storageState: kept.get(CAMILLE) });
    await page.goto('/contacts/imports/nouveau');
    const file = contactFile('sans-script.csv', `${FILE}\r\nMme;Noël;Ève;eve.noel@fibre-essai.example;Gérante;terrain`);
    await page.getByLabel('Fichier', { exact: true }).setInputFiles(file);
    await page.getByLabel('D’où viennent ces adresses ?').fill('Salon de la fibre');
    await page.getByRole('button', { name: 'Vérifier ce fichier' }).click();
    await page.getByRole('button', { name: /^Importer/ }).click();
    await reloadUntil(page, /rejoint votre liste/);
    expect(await heading(page)).toMatch(/^1\s+contact a rejoint votre liste\.$/);
    await page.context().close();
  });

  test('the author submits what would leave, and it cannot leave before everybody said yes', async () => {
    await camille.goto(PUSH);
    await camille.getByRole('button', { name: /Soumettre/ }).click();
    expect(await camille.innerText('main')).toMatch(/3\s+organisations/);
    const early = await camille.goto(`${PUSH}/depart`);
    expect(early?.status()).toBe(409);
  });

  test.each([AMINA, BRUNO, CHLOE])(
    '%s reads what leaves under its organisation’s name, and approves',
    async (address) => {
      const page = await newPage();
      await page.goto(`${PUSH}/validation`);
      await signIn(page, address);
      expect(new URL(page.url()).pathname).toBe(`${PUSH}/validation`);
      const shown = page.frameLocator('iframe').first();
      await expect.poll(() => shown.locator('body').innerText(), { timeout: 20_000 }).toMatch(/raccordeur/i);
      await page.getByRole('button', { name: 'Valider ce texte' }).first().click();
      expect(await page.innerText('body')).toContain('Votre accord est noté');
      await page.context().close();
    },
  );

  test('it is sent without JavaScript: the effect first, the act, then its progress to the end', async () => {
    const page = await newPage({ javaScriptEnabled: false, storageState: kept.get(CAMILLE) });
    await page.goto(`${PUSH}/depart`);
    expect(await page.innerText('main')).toMatch(/\d+\smessages/);
    await page.getByRole('button', { name: 'Envoyer maintenant' }).click();
    expect(new URL(page.url()).pathname).toBe(PUSH);
    await reloadUntil(page, /terminé/i, 90);
    await page.context().close();
  });

  test('the message is in the catcher, a person clicks, and the click is in the report', async () => {
    await camille.goto(`${CAMPAIGN}/rapport`);
    const clicks = async () => {
      const answer = await camille.request.get(`${CAMPAIGN}/rapport.json`);
      return (await answer.json()).figures.clics.value as number;
    };
    const before = await clicks();
    await camille.goto('/courrier?recherche=lucie.aubry');
    await camille
      .getByRole('link', { name: /raccordeur/i })
      .first()
      .click();
    const link = camille.frameLocator('iframe').getByRole('link', { name: 'Réécrire mon annonce' });
    const [followed] = await Promise.all([
      camille.context().waitForEvent('request', (r) => r.url().includes('/r/')),
      link.click(),
    ]);
    expect((await followed.response())?.status()).toBe(302);
    await expect.poll(clicks, { timeout: 30_000 }).toBe(before + 1);
    await camille.goto(`${CAMPAIGN}/rapport`);
    expect(await camille.innerText('main')).toMatch(/clics? retenus?/i);
    expect(await camille.innerText('main')).toContain('comment c’est compté');
  });

  test('the foot of the message opens pages that ask for no account; leaving takes one click and no script', async () => {
    await camille.goto('/courrier?recherche=lucie.aubry');
    await camille
      .getByRole('link', { name: /raccordeur/i })
      .first()
      .click();
    const letter = camille.frameLocator('iframe');
    const linked = (path: RegExp) =>
      letter
        .locator('a')
        .evaluateAll(
          (links, source) =>
            links.map((a) => a.getAttribute('href') ?? '').find((href) => new RegExp(source).test(href)) ?? '',
          path.source,
        );
    const [leave, preferences, online] = await Promise.all([
      linked(/\/d\//),
      linked(/\/preferences\//),
      linked(/\/lettre\//),
    ]);
    const reader = await newPage();
    for (const address of [online, preferences, leave]) {
      expect((await reader.goto(address))?.status()).toBe(200);
      await readableByAll(reader);
    }
    await reader.context().close();
    const plain = await newPage({ javaScriptEnabled: false });
    await plain.goto(leave);
    await plain.getByRole('button').first().click();
    expect(await plain.innerText('main')).toMatch(/ne recevrez plus/i);
    await plain.context().close();
  });
});

/** By whom each page is looked at; what is not there must be as good as what is. */
const FIRST_MAIL = 'le premier message de /courrier';
const PAGES: [string | null, string[]][] = [
  [null, ['/connexion', '/confidentialite/essentiels-infranum', '/accessibilite', '/introuvable']],
  [
    CAMILLE,
    [
      '/',
      '/campagnes',
      CAMPAIGN,
      `${CAMPAIGN}/ressources`,
      `${CAMPAIGN}/elements`,
      `${CAMPAIGN}/rapport`,
      PUSH,
      `${PUSH}/contenu`,
      `${PUSH}/apercu`,
      `${PUSH}/validation`,
      `${PUSH}/destinataires`,
      `${PUSH}/destinataires/1`,
      `${CAMPAIGN}/envois/nouveau`,
      '/campagnes/nouvelle',
      '/contacts',
      '/contacts/imports',
      '/contacts/imports/nouveau',
      '/contacts/imports/1',
      '/sollicitations',
      '/audiences',
      '/audiences/nouvelle',
      '/audiences/1',
      '/courrier',
      FIRST_MAIL,
      '/organisation',
    ],
  ],
  [
    AMINA,
    [
      '/',
      '/organisation/identite',
      '/organisation/invitation',
      '/organisation/envoi',
      '/organisation/envoi/serveur',
      '/organisation/envoi/domaines/nouveau',
    ],
  ],
];

/** Whatever its number: the mailbox is shared with the codes of those who signed in. */
async function firstMail(page: Page): Promise<string> {
  await page.goto('/courrier');
  return (await page.locator('main a[href^="/courrier/"]').first().getAttribute('href')) ?? '';
}

describe.each(PAGES)('to the eyes of %s', { timeout: 120_000 }, (address, paths) => {
  test.each(paths)(
    '%s breaks no rule of WCAG 2.2 AA, in light and dark, at 390 and 1280 px',
    async (path) => {
      const page = await newPage({ ...(address ? { storageState: kept.get(address) } : {}) });
      try {
        expect((await page.goto(path === FIRST_MAIL ? await firstMail(page) : path))?.status()).toBe(200);
        if (address) expect(page.url()).not.toContain('/connexion');
        await readableByAll(page);
      } finally {
        await page.context().close();
      }
    },
    60_000,
  );
});
