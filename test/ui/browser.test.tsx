import { type ServerType, serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assets } from '../../src/web/assets.ts';
import { Progress } from '../../src/web/ui/flow.tsx';
import { Layout } from '../../src/web/ui/layout.tsx';
import { openBrowser, violationsOf } from '../support/browser.ts';
import { PAGES } from './gallery.tsx';

/** The strictest policy the pages must bear: nothing inline, nobody else's files. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

let browser: Browser;
let server: ServerType;
let base: string;
let done = 0;

beforeAll(async () => {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('content-security-policy', POLICY);
  });
  app.route('/', assets);
  for (const [name, Page] of Object.entries(PAGES)) app.get(`/${name}`, (c) => c.html(<Page />));
  const Work = () => (
    <Progress label="Import" done={done} total={2} text={`${done} sur 2`} live={done < 2 ? '/avancement' : undefined} />
  );
  app.get('/avancement', (c) => {
    done++;
    return c.html(<Work />);
  });
  app.get('/travail', (c) => {
    done = 0;
    return c.html(
      <Layout title="Import">
        <h1>Import</h1>
        <Work />
      </Layout>,
    );
  });
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function withPage<T>(path: string, options: BrowserContextOptions, run: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  try {
    const page = await context.newPage();
    await page.goto(base + path, { waitUntil: 'load' });
    return await run(page);
  } finally {
    await context.close();
  }
}

const tooWide = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

test('what judges the pages sees what is wrong with one, in either scheme and at its second look', async () => {
  await withPage(`/${Object.keys(PAGES)[0]}`, {}, async (page) => {
    // Away from our policy, which would refuse the style.
    await page.goto('about:blank');
    await page.setContent(
      '<html lang="fr"><title>x</title><p style="color:#ccc;background:#fff">Pâle</p><input></html>',
    );
    const rules = async (coloursOnly: boolean) => (await violationsOf(page, coloursOnly)).map((v) => v.split(' ')[0]);
    expect(await rules(false)).toEqual(['color-contrast', 'label']);
    expect(await rules(true)).toEqual(['color-contrast']);
    await page.setContent('<html lang="fr"><title>x</title><p>Un texte</p><iframe></iframe></html>');
    expect(await rules(false)).toEqual(['frame-title']);
  });
});

describe.each(Object.keys(PAGES))('in a browser, the page « %s »', (name) => {
  test.each([
    ['light', 390],
    ['light', 1280],
    ['dark', 390],
    ['dark', 1280],
  ] as const)(
    'breaks no rule of WCAG 2.2 AA (%s, %i px)',
    async (colorScheme, width) => {
      await withPage(`/${name}`, { colorScheme, viewport: { width, height: 900 } }, async (page) => {
        await page.evaluate('document.querySelectorAll("details").forEach((d) => { d.open = true; })');
        expect(await violationsOf(page)).toEqual([]);
      });
    },
    30_000,
  );

  test('needs no sideways scrolling at 320 px (A11Y-06)', async () => {
    await withPage(`/${name}`, { viewport: { width: 320, height: 800 } }, async (page) => {
      expect(await tooWide(page)).toBe(0);
    });
  });

  test('writes no text under 14 px on a phone (A11Y-05)', async () => {
    await withPage(`/${name}`, { viewport: { width: 390, height: 800 } }, async (page) => {
      const smallest = await page.evaluate(
        '[...document.querySelectorAll("body *")].filter((e) => e.childNodes.length && e.textContent.trim()).map((e) => parseFloat(getComputedStyle(e).fontSize)).reduce((a, b) => Math.min(a, b))',
      );
      expect(smallest).toBeGreaterThanOrEqual(14);
    });
  });

  test('is accepted whole by a strict policy', async () => {
    await withPage('/accueil', {}, async (page) => {
      const refused: string[] = [];
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) refused.push(message.text());
      });
      await page.goto(`${base}/${name}`, { waitUntil: 'networkidle' });
      expect(refused).toEqual([]);
    });
  });
});

test('a reader who set letters twice as large loses nothing and scrolls one way only (A11Y-06)', async () => {
  const large = await openBrowser('--blink-settings=defaultFontSize=32');
  try {
    for (const width of [640, 1280])
      for (const name of Object.keys(PAGES)) {
        const page = await large.newPage({ viewport: { width, height: 900 } });
        await page.goto(`${base}/${name}`);
        expect(await page.evaluate('getComputedStyle(document.documentElement).fontSize')).toBe('34px');
        expect(await tooWide(page), `${name}, ${width} px`).toBe(0);
        await page.close();
      }
  } finally {
    await large.close();
  }
}, 30_000);

test('after a refused form the focus is on what is to correct', async () => {
  await withPage('/formulaire', {}, async (page) => {
    await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('errors');
  });
});

test('work under way advances by itself, is said aloud, then is left alone (A11Y-03)', async () => {
  await withPage('/travail', {}, async (page) => {
    await expect.poll(() => page.textContent('.progress .meta'), { timeout: 8000 }).toBe('2 sur 2');
    expect(await page.textContent('#annonce')).toBe('Import : 2 sur 2');
    const asked = done;
    await page.waitForTimeout(2000);
    expect(done).toBe(asked);
  });
}, 20_000);

test('without script, work under way offers to reload', async () => {
  await withPage('/travail', { javaScriptEnabled: false }, async (page) => {
    expect(await page.textContent('noscript')).toContain('Actualiser cette page');
  });
});

test('on paper every figure shows how it was counted', async () => {
  await withPage('/accueil', {}, async (page) => {
    await page.emulateMedia({ media: 'print' });
    const box = await page.locator('.figure .how dl').first().boundingBox();
    expect(box?.height).toBeGreaterThan(40);
    expect(await page.locator('.nav').isVisible()).toBe(false);
  });
});
