import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LEVELS, type Level } from '../../src/base/words.ts';
import { renderNewsletter } from '../../src/rendering/newsletter.ts';
import { fillSample } from '../../src/rendering/sample.ts';
import { openBrowser, undecidedOf, violationsOf } from '../support/browser.ts';
import { variant } from './letter.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function open(level: Level, colorScheme: 'light' | 'dark', width: number, input = variant(level)) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const asked: string[] = [];
  await page.route('**/*', (route) => {
    asked.push(route.request().url());
    return route.fulfill({ contentType: 'image/png', body: PIXEL });
  });
  await page.setContent(fillSample(await renderNewsletter(input)).html);
  return { page, asked, close: () => context.close() };
}

const SCHEMES = ['light', 'dark'] as const;
test.each(LEVELS.flatMap((level) => SCHEMES.map((scheme) => [level, scheme] as const)))(
  'A11Y-20, A11Y-21: the %s letter in %s passes axe, wide and narrow',
  async (level, scheme) => {
    for (const width of [680, 320]) {
      const { page, close } = await open(level, scheme, width);
      expect(await violationsOf(page)).toEqual([]);
      // What axe could not judge is the one-character shapes, which nobody has to read.
      expect((await undecidedOf(page)).filter((t) => !/^[▲■●△□○]$/.test(t))).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await close();
    }
  },
  30_000,
);

test.each(SCHEMES)('A11Y-20: colours chosen without care are read all the same, in %s', async (scheme) => {
  const input = variant('terrain');
  input.campaign.colour = '#ffe600';
  input.campaign.accent = '#fff9c4';
  input.organisation.colour = '#ffffff';
  const { page, close } = await open('terrain', scheme, 680, input);
  expect(await violationsOf(page, true)).toEqual([]);
  await close();
});

test('A11Y-20: the button is at least 44 px high, and PRV-02: only our own image is asked for', async () => {
  const { page, asked, close } = await open('terrain', 'light', 390);
  const box = await page.getByRole('link', { name: 'Ouvrir l’outil GEPP' }).boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  expect([...new Set(asked)]).toEqual(['https://lettre.afdas.example/fichiers/essentiels/raccordeur.png']);
  await close();
});
