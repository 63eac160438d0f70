import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';

/** `--no-sandbox`: as root, Chromium starts no other way. The rest keeps it from calling anybody. */
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The machine's own Chromium, driven by the tests; `npm test` finds or installs it. */
export function openBrowser(...more: string[]): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('Aucun Chromium : npm test en installe un, ou CHROMIUM_PATH=/chemin/de/chromium le nomme.');
  return chromium.launch({ executablePath, args: [...ARGS, ...more] });
}

/** The rules that a colour scheme alone may break. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * What the page breaks of WCAG 2.2 AA, as sentences with the elements concerned; empty when nothing. `coloursOnly`: the
 * same page was judged in another colour scheme. A framed message runs no script, so that axe would wait in it for ever:
 * messages are judged by the rendering tests, and the page alone is run (« legacy »), which halves the time.
 */
export async function violationsOf(page: Page, coloursOnly = false): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode(true).exclude('iframe');
  const { violations } = await (coloursOnly
    ? axe.withRules(COLOURS)
    : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
  ).analyze();
  const untitled = await page.locator('iframe:not([title])').count();
  return [
    ...violations.map((v) => `${v.id} : ${v.nodes.map((n) => n.html).join(' ')}`),
    ...(untitled > 0 ? ['frame-title'] : []),
  ];
}
