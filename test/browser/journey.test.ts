import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, violationsOf } from '../support/browser.ts';
import { newPlace, type Running, start, temporaryFolder } from '../support/running.ts';

/** One joint campaign as its people live it, in a real browser, on the whole service with its demonstration. */
const CAMPAIGN = '/campagnes/essentiels-infranum';
const PUSH = `${CAMPAIGN}/envois/recruter-et-garder-ses-raccordeurs`;
const [CAMILLE, AMINA, BRUNO, CHLOE] = [
  'camille@afdas.example',
  'amina@afdas.example',
  'bruno@constructys.example',
  'chloe@federation.example',
];
/** A robot would be counted apart: these are the words of a person's browser. */
const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

let service: Running;
let browser: Browser;
/** Signed in, with scripts and without. */
let camille: Page;
const kept = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>();

beforeAll(async () => {
  // No page asks for anything elsewhere; a followed link ends at a host that answers nothing.
  [service, browser] = await Promise.all([
    newPlace().then((place) => start(place)),
    openBrowser('--host-resolver-rules=MAP *.example ~NOTFOUND'),
  ]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await service?.stop();
}, 60_000);

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: service.url,
    userAgent: PERSON,
    locale: 'fr-FR',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(20_000);
  return context.newPage();
}

/** Signs in with the code that the demonstration shows. */
async function signIn(page: Page, address: string): Promise<void> {
  await page.getByLabel('Votre adresse électronique').fill(address);
  await page.getByRole('button', { name: 'Recevoir un code' }).click();
  await page.getByLabel('Code à six chiffres').fill(await codeOn(page));
  await page.getByRole('button', { name: 'Se connecter' }).click();
  kept.set(address, await page.context().storageState());
}

const codeOn = async (page: Page): Promise<string> =>
  /\d{6}/.exec((await page.textContent('#code-de-demonstration')) ?? '')?.[0] ?? '';
const heading = (page: Page): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();

/** The page once it says this, reloaded as a reader without script does. */
async function reloadUntil(page: Page, words: RegExp, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !words.test(await page.innerText('main')); await page.reload()) {
    if (Date.now() > end) throw new Error(`${page.url()} ne dit pas ${words} : ${await page.innerText('main')}`);
    await page.waitForTimeout(500);
  }
}

/** WCAG 2.2 AA, in light and dark, on a phone and on a desk. */
async function readableByAll(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await violationsOf(page), `${page.url()}, ${colorScheme}, ${width} px`).toEqual([]);
    }
}

const FILE = [
  'Civilité;Nom;Prénom;Adresse mél;Fonction;Niveau',
  'Mme;Aubry;Lucie;lucie.aubry@fibre-essai.example;Gérante;terrain',
  'M.;Costa;Rui;rui.costa@fibre-essai.example;Conducteur de travaux;terrain',
  'M.;Sans;Adresse;;Technicien;terrain',
  'Mme;Fautive;Inès;ines.fautive@;Directrice;institutionnel',
].join('\r\n');

function contactFile(name: string, text = FILE): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

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
    await camille.keyboard.type(CAMILLE ?? '');
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
    kept.set(CAMILLE ?? '', await camille.context().storageState());
  });

  test('a file with flaws is read before anything changes: the refused lines are shown with their reason', async () => {
    await camille.goto('/contacts/imports/nouveau');
    await camille.getByLabel('Fichier', { exact: true }).setInputFiles(contactFile('salon.csv'));
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
    const page = await newPage({ javaScriptEnabled: false, storageState: kept.get(CAMILLE ?? '') });
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
    async (address = '') => {
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
    const page = await newPage({ javaScriptEnabled: false, storageState: kept.get(CAMILLE ?? '') });
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
    CAMILLE ?? null,
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
    AMINA ?? null,
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
