import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { openSite } from '../../src/pages/sites.ts';
import { openVisitCounter } from '../../src/pages/visit-counter.ts';
import { visitPages } from '../../src/public/visits.ts';
import { openBrowser } from '../support/browser.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

/** The line that a partner copies, in a real browser, on a page of another origin than ours. */

let t: TestDatabase;
let browser: Browser;
let context: BrowserContext;
let house: ReturnType<typeof serve>;
let partner: Server;
let here: string;
let there: string;
let campaignId: number;
let line: string;
/** What the partner's page holds beside the line, and the headers it comes with. */
let around = { html: '', head: '', headers: {} as Record<string, string> };
/** Every request that reached us, with its cookies. */
const asked: { path: string; cookie: string | undefined }[] = [];

const addressOf = (server: { address: () => unknown }) => `http://localhost:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  t = await testDatabase();
  browser = await openBrowser();
  partner = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...around.headers });
    response.end(
      `<!doctype html><html lang="fr"${around.html}><head><title>Partenaire</title>${around.head}</head><body><p>${request.url}</p>${line}</body></html>`,
    );
  }).listen(0, 'localhost');
  await new Promise((resolve) => partner.once('listening', resolve));
  there = addressOf(partner);
  const app = new Hono();
  app.use(async (c, next) => {
    asked.push({ path: c.req.path, cookie: c.req.header('cookie') });
    await next();
  });
  app.route(
    '/',
    visitPages({
      visits: openVisitCounter({ db: t.db, secrets: SECRETS, now: () => NOW, publicUrl: 'http://localhost' }),
      networkOf: () => '192.0.2.1',
    }),
  );
  house = await new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: 'localhost' }, () => resolve(server));
  });
  here = addressOf(house);
});
afterAll(async () => {
  await browser?.close();
  house?.close();
  partner?.close();
});
beforeEach(async () => {
  const campaign = await makeCampaign(t);
  campaignId = campaign.id;
  const { id } = await openSite(t.ctx(t.cast.alice), campaign.slug, { name: 'Site', origin: there });
  const { key } = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('measured_sites').select('key').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  line = `<script async src="${here}/v.js" data-cle="${key}"></script>`;
  around = { html: '', head: '', headers: {} };
  asked.length = 0;
  await context?.close();
  // Another browser each time, or one visit would go on; and none that says it is driven by a program.
  context = await browser.newContext({
    userAgent: `Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 ${id}`,
  });
});

const counted = () =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('visit_counts')
      .select(['page', 'channel', 'visits', 'pages', 'robots'])
      .where('campaign_id', '=', campaignId)
      .orderBy('page')
      .execute(),
  );
async function until(n: number) {
  for (let tries = 0; tries < 100; tries += 1) {
    const rows = await counted();
    if (rows.reduce((sum, r) => sum + r.pages, 0) >= n) return rows;
    await pause(50);
  }
  return counted();
}
async function open(path: string, page?: Page): Promise<Page> {
  const tab = page ?? (await context.newPage());
  await tab.goto(`${there}${path}`, { waitUntil: 'networkidle' });
  return tab;
}

test('counts a visit and its pages from another origin, writes nothing in the browser, and says no error (PRV-20)', async () => {
  const tab = await context.newPage();
  const said: string[] = [];
  tab.on('console', (message) => said.push(message.text()));
  tab.on('pageerror', (error) => said.push(error.message));
  await open('/metiers?utm_medium=email&nom=Dupont', tab);
  await open('/metiers/raccordeur#haut', tab);
  expect(await until(2)).toEqual([
    { page: '/metiers', channel: 'lettre', visits: 1, pages: 1, robots: 0 },
    { page: '/metiers/raccordeur', channel: 'lettre', visits: 0, pages: 1, robots: 0 },
  ]);
  expect(said.filter((text) => !text.includes('favicon'))).toEqual([]);
  const { cookies, origins } = await context.storageState({ indexedDB: true });
  expect({ cookies, origins }).toEqual({ cookies: [], origins: [] });
  expect(asked.every((a) => a.cookie === undefined)).toBe(true);
});

test('sends no cookie of ours, even one that this browser has', async () => {
  await context.addCookies([{ name: 'nomesure', value: '1', url: here }]);
  await open('/');
  await until(1);
  expect(asked.find((a) => a.path === '/v')?.cookie).toBeUndefined();
});

test.each([
  ['the site says so before the line', { head: '<script>window.porteVoixRefus = true</script>' }],
  ['the page is marked', { html: ' data-mesure="non"' }],
])('sends nothing where %s (PRV-23)', async (_, over) => {
  around = { ...around, ...over };
  await open('/');
  await pause(300);
  expect(asked.map((a) => a.path)).toEqual(['/v.js']);
  expect(await counted()).toEqual([]);
});

test('sends nothing where the browser asks not to be tracked (PRV-23)', async () => {
  await context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  await open('/');
  await pause(300);
  expect(asked.map((a) => a.path)).toEqual(['/v.js']);
});

test('works under the policy that the page of the site asks a webmaster to write', async () => {
  around.headers = {
    'content-security-policy': `default-src 'none'; script-src ${here}; connect-src ${here}`,
    'referrer-policy': 'no-referrer',
  };
  await open('/stricte');
  expect(await until(1)).toMatchObject([{ page: '/stricte', visits: 1, pages: 1 }]);
});
