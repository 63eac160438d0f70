import axe, { type AxeResults, type RunOptions } from 'axe-core';
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

/** Read once: injected in every page that is judged, half a megabyte of it. */
const AXE = axe.source;
/** The rules that a colour scheme alone may break. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/**
 * What the page breaks of WCAG 2.2 AA, as sentences with the elements concerned; empty when nothing. `coloursOnly`: the
 * same page was judged in another colour scheme. A framed message runs no script, so that axe would wait in it for ever:
 * messages are judged by the rendering tests.
 */
export async function violationsOf(page: Page, coloursOnly = false): Promise<string[]> {
  const { violations } = await judged(page, coloursOnly);
  const untitled = await page.locator('iframe:not([title])').count();
  return [
    ...violations.map((v) => `${v.id} : ${v.nodes.map((n) => n.html).join(' ')}`),
    ...(untitled > 0 ? ['frame-title'] : []),
  ];
}

/** The texts that axe could neither accept nor refuse, for want of knowing what is behind them. */
export async function undecidedOf(page: Page): Promise<string[]> {
  const { incomplete } = await judged(page, false);
  return incomplete.flatMap((v) => v.nodes.map((n) => n.html.replace(/<[^>]+>/g, '')));
}

async function judged(page: Page, coloursOnly: boolean): Promise<Pick<AxeResults, 'violations' | 'incomplete'>> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE);
  const runOnly: RunOptions['runOnly'] = coloursOnly
    ? { type: 'rule', values: COLOURS }
    : { type: 'tag', values: TAGS };
  const options: RunOptions = { runOnly, resultTypes: ['violations', 'incomplete'], iframes: false };
  return page.evaluate(
    `axe.run({ exclude: [['iframe']] }, ${JSON.stringify(options)}).then(({ violations, incomplete }) => ({ violations, incomplete }))`,
  );
}
