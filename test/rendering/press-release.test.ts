import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderPressPage } from '../../src/rendering/press-page.ts';
import { renderVariant } from '../../src/rendering/render-variant.ts';
import { fillSample } from '../../src/rendering/sample.ts';
import { globRoot, SOURCES } from '../structure/sources.ts';
import { openBrowser, violationsOf } from '../support/browser.ts';
import { RELEASE, release } from './release.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const publicPage = async (input = release()) => {
  const variant = await renderVariant(input);
  return renderPressPage(variant, {
    url: 'https://pv.example/communiques/essentiels-infranum/fiches-metiers',
    picture: 'https://pv.example/communiques/essentiels-infranum/fiches-metiers/carte.png',
    site: 'Les « essentiels »',
    publishedAt: new Date('2026-12-03T07:00:00Z'),
    links: new Map([['https://www.afdas.example/presse', 'https://pv.example/r/jeton']]),
  });
};

test('the release reads as it was last read by a person', async () => {
  const rendered = await renderVariant(release());
  const { html, text } = fillSample(rendered);
  await expect(html).toMatchFileSnapshot('golden/communique.html.golden');
  await expect(text).toMatchFileSnapshot('golden/communique.text.golden');
  await expect(await publicPage()).toMatchFileSnapshot('golden/communique.page.golden');
});

test('the same release rendered twice gives the same bytes; another embargo gives others, so that it is approved again', async () => {
  const [first, again, moved] = await Promise.all([
    renderVariant(release()),
    renderVariant(release()),
    renderVariant(release({}, { embargoAt: '2026-12-03T08:00:00.000Z' })),
  ]);
  expect(again).toEqual(first);
  expect(moved.skeleton).not.toEqual(first.skeleton);
});

test('its headers are those of a solicited message, told apart by their channel (MAIL-01, MAIL-14)', async () => {
  const { skeleton } = await renderVariant(release());
  const head =
    skeleton.pieces
      .filter((p) => typeof p === 'string')
      .join('')
      .split('\r\n\r\n')[0] ?? '';
  expect(head).toContain('Feedback-ID: fiches-metiers:essentiels-infranum:communique:constructys');
  expect(head).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
});

test('nothing is said in HTML only, and both hold the same links (MAIL-40)', async () => {
  const { html, text } = await renderVariant(release());
  const words = (of: string) => new Set(of.toLowerCase().match(/[\p{L}\d]{5,}/gu));
  const shown = html
    .replace(/<(style|title|head)[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[^>]+>/g, ' ')
    .replace(/&[a-z]+;|&#\d+;/g, ' ');
  const written = words(text);
  expect([...words(shown)].filter((word) => !written.has(word))).toEqual([]);
  const places = (of: string) => new Set(of.match(/\{\{[\w:]+\}\}/g));
  expect(places(html)).toEqual(new Set([...places(text)].filter((place) => place !== '{{greeting}}')));
});

test('every template of the release is used, and every one that is used exists', () => {
  const names = globRoot('templates/communique/*.mjml').map((path) => path.replace(/^.*\/|\.mjml$/g, ''));
  const used = SOURCES.flatMap((s) => [...s.text.matchAll(/\bfillPress\(\s*'([\w-]+)'/g)].map((m) => m[1]));
  expect(new Set(used)).toEqual(new Set(names));
});

test('parts left empty leave no trace of themselves', async () => {
  const empty = {
    chapo: '',
    place: '',
    day: '',
    embargoAt: null,
    about: '',
    contact: { name: '', phone: '', email: '' },
  };
  const { html, text } = await renderVariant(release({ blocks: [] }, empty));
  for (const word of ['Embargo', 'Contact presse', 'À propos']) {
    expect(html).not.toContain(word);
    expect(text).not.toContain(word);
  }
});

test('what an author types is never markup, in the message or on its public page (SEC-12)', async () => {
  const hostile = '<script>alert(1)</script>" onload="x';
  const press = {
    headline: hostile,
    chapo: hostile,
    place: hostile.slice(0, 40),
    about: `${hostile} [x](javascript:alert(1))`,
    contact: { name: hostile, phone: '01 02 03 04 05', email: 'presse@afdas.example' },
  };
  const tab = await browser.newPage();
  await tab.route('**/*', (route) => route.abort());
  for (const page of [
    fillSample(await renderVariant(release({ subject: hostile }, press))).html,
    await publicPage(release({}, press)),
  ]) {
    await tab.setContent(page);
    expect(await tab.evaluate(`document.querySelectorAll('script, [onload], [href^="javascript"]').length`)).toBe(0);
    expect(await tab.title()).toBe(hostile);
  }
  await tab.close();
});

test('the public page says its title and its card to whoever shares it, and nothing about a recipient', async () => {
  const page = await publicPage();
  expect(page).toContain('<meta property="og:title" content="Fibre : 28 fiches métiers pour recruter et se former">');
  expect(page).toContain(`<meta property="og:description" content="${RELEASE.press.chapo}">`);
  expect(page).toContain('content="https://pv.example/communiques/essentiels-infranum/fiches-metiers/carte.png"');
  expect(page).toContain('<meta property="og:site_name" content="Les « essentiels »">');
  expect(page).toContain('href="https://pv.example/r/jeton"');
  expect(page).not.toContain('noindex');
  const tab = await browser.newPage();
  await tab.setContent(page);
  const seen = await tab.evaluate('document.body.innerText');
  expect(seen).toContain('Contact presse');
  expect(seen).toContain('Embargo levé le jeudi 3 décembre 2026');
  expect(seen).not.toMatch(/désinscrire|Vous recevez/);
  await tab.close();
});

const SCHEMES = ['light', 'dark'] as const;
test.each(SCHEMES)(
  'A11Y-20, A11Y-21: message and page pass axe in %s, wide and narrow',
  async (colorScheme) => {
    for (const [html, width] of [
      [fillSample(await renderVariant(release())).html, 680],
      [await publicPage(), 320],
    ] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      await page.route('**/*', (route) => route.abort());
      await page.setContent(html);
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await context.close();
    }
  },
  30_000,
);
