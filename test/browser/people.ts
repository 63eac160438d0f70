import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { openBrowser, violationsOf } from '../support/browser.ts';
import { newPlace, type Running, start, temporaryFolder } from '../support/running.ts';

/** The people of the demonstration in a real browser, on the whole service: what the journeys share. */
export const CAMPAIGN = '/campagnes/essentiels-infranum';
export const CAMILLE = 'camille@afdas.example';
export const AMINA = 'amina@afdas.example';
export const BRUNO = 'bruno@constructys.example';
export const CHLOE = 'chloe@federation.example';

/** A telephone, as most people open what they receive. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** A robot would be counted apart: these are the words of a person's browser. */
const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

export let service: Running;
let browser: Browser;
/** The session of each person who signed in. */
export const kept = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>();

const pages = new Map<string, Page>();

/** Said once at the top of a journey: the service and the browser live as long as its file. */
export function wholeService(): void {
  beforeAll(async () => {
    kept.clear();
    pages.clear();
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
}

export async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
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
export async function signIn(page: Page, address: string): Promise<void> {
  await page.getByLabel('Votre adresse électronique').fill(address);
  await page.getByRole('button', { name: 'Recevoir un code' }).click();
  await page.getByLabel('Code à six chiffres').fill(await codeOn(page));
  await page.getByRole('button', { name: 'Se connecter' }).click();
  kept.set(address, await page.context().storageState());
}

/** The page of one of the people, signed in where the address leads; `options` are of the first time it is opened. */
export async function as(address: string, path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = pages.get(address) ?? (await newPage(options));
  pages.set(address, page);
  await page.goto(path);
  if (!kept.has(address)) await signIn(page, address);
  return page;
}

/** The last message of their organisation's mailbox that these words find, open as its reader sees it. */
export async function openMail(address: string, search: string, seconds = 30): Promise<Page> {
  const page = await as(address, '/courrier');
  const found = page.locator('main a[href^="/courrier/"]').first();
  for (const end = Date.now() + seconds * 1000; ; ) {
    await page.goto(`/courrier?recherche=${encodeURIComponent(search)}`);
    if (await found.count()) break;
    if (Date.now() > end) throw new Error(`Aucun message pour « ${search} »`);
    await page.waitForTimeout(500);
  }
  await page.goto((await found.getAttribute('href')) ?? '');
  return page;
}

/** The same message, as text. */
export async function mailIn(address: string, search: string, seconds = 30): Promise<string> {
  const page = await openMail(address, search, seconds);
  await page.goto(`${page.url()}?vue=texte`);
  return page.innerText('main');
}

/** What the last act did, as its page says it. */
export const said = (page: Page): Promise<string> => page.getByRole('status').first().innerText();

/** The next minute; the one after when it is too near to be typed. */
export const soon = (): Date => new Date(Date.now() + 80_000);

export const codeOn = async (page: Page): Promise<string> =>
  /\d{6}/.exec((await page.textContent('#code-de-demonstration')) ?? '')?.[0] ?? '';
export const heading = (page: Page): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();

/** The page once it says this, reloaded as a reader without script does. */
export async function reloadUntil(page: Page, words: RegExp, seconds = 60): Promise<void> {
  const read = () => page.getByRole('main').innerText();
  for (const end = Date.now() + seconds * 1000; !words.test(await read()); await page.reload()) {
    if (Date.now() > end) throw new Error(`${page.url()} ne dit pas ${words} : ${await read()}`);
    await page.waitForTimeout(500);
  }
}

/** WCAG 2.2 AA, in light and dark, on a phone and on a desk. Nothing of a page but its colours changes with the scheme. */
export async function readableByAll(page: Page): Promise<void> {
  const size = page.viewportSize();
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    // Read without moving it sideways (WCAG 1.4.10): what is wider scrolls in its own frame.
    expect(await page.evaluate('document.documentElement.scrollWidth'), `${page.url()}, ${width} px`).toBe(width);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await violationsOf(page, colorScheme === 'dark');
      expect(found, `${page.url()}, ${colorScheme}, ${width} px`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (size) await page.setViewportSize(size);
}

/** A file of contacts of this test's own. */
export function contactFile(name: string, text: string | Buffer): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}
