import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { afterAll, expect, test } from 'vitest';
import { acrossOrganisations, type Database } from '../../src/db/database.ts';
import { type RedirectDeps, redirect } from '../../src/public/redirect.ts';
import { networkHash } from '../../src/tracking/features.ts';
import { flushJournal, newReading } from '../../src/tracking/flush.ts';
import { openJournal } from '../../src/tracking/journal.ts';
import type { NewLine } from '../../src/tracking/lines.ts';
import { mintSourceTokens } from '../../src/tracking/mint-source-tokens.ts';
import { destination, openTokenStore, type TokenStore } from '../../src/tracking/token-store.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { makePush } from './cast.ts';

const { db, cast } = await testDatabase();
const push = await makePush(db, cast, { urls: ['https://www.example.org/étude?a=1#b', 'https://b.example/'] });
const first = push.tokens[0]?.token ?? '';
const dataDir = mkdtempSync(join(tmpdir(), 'porte-voix-redirect-'));
const journal = await openJournal(dataDir);
const T0 = NOW.getTime();
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const away = {
  ...db,
  kysely: new Proxy(db.kysely, {
    get: () => () => {
      throw new Error('connexion refusée');
    },
  }),
} as Database;
const silent = {
  ...db,
  kysely: new Proxy(db.kysely, { get: () => () => ({ execute: () => new Promise(() => undefined) }) }),
} as Database;
const store = (database: Database, folder = dataDir) => openTokenStore(database, folder, { now: () => T0, everyMs: 0 });

const close: (() => void)[] = [];
afterAll(async () => {
  for (const c of close) c();
  await journal.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A real server on a real socket: the client's address comes from there. */
async function listen(
  tokens: TokenStore,
  more: Partial<RedirectDeps> = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const app = redirect({ tokens, journal, trustedProxies: 0, secrets: SECRETS, now: () => T0, ...more });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const s = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(s));
  });
  close.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init });
}

const online = store(db);
await online.refresh();
const get = await listen(online);

test('a tracked link leads where it was stored to lead, with no cookie, no script and nothing to remember (PRV-15, SEC-10)', async () => {
  const before = journal.state().written;
  const answer = await get(`/r/${first}?url=https://evil.example/`, { headers: { 'user-agent': FIREFOX } });
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toBe('https://www.example.org/%C3%A9tude?a=1#b');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(answer.headers.get('x-robots-tag')).toContain('noindex');
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(await answer.text()).toBe('');
  expect(journal.state().written).toBe(before + 1);
});

test.each([
  [0, '203.0.113.9', '127.0.0.1'],
  [1, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  [2, '198.51.100.1, 203.0.113.9, 10.0.0.1', '203.0.113.9'],
  [1, '', '127.0.0.1'],
  // Two proxies of ours, of which one wrote nothing: nobody outside is believed in its place.
  [2, '203.0.113.9', '127.0.0.1'],
])(
  'behind %i proxies « %s » comes from %s, whatever a client wrote before it (BOT-06)',
  async (proxies, said, from) => {
    const seen: (string | null)[] = [];
    const append = (line: NewLine) => {
      seen.push(line.network);
      return Promise.resolve(true);
    };
    const server = await listen(online, { journal: { append }, trustedProxies: proxies });
    await server(`/r/${first}`, { headers: said === '' ? {} : { 'x-forwarded-for': said } });
    expect(seen).toEqual([networkHash(SECRETS.network, from, T0)]);
  },
);

test('HEAD is answered like GET, a prefetch with nothing, and both are recorded as robots', async () => {
  const before = journal.state().written;
  expect((await get(`/r/${first}`, { method: 'HEAD' })).status).toBe(302);
  expect((await get(`/r/${first}`, { headers: { 'sec-purpose': 'prefetch' } })).status).toBe(204);
  expect(journal.state().written).toBe(before + 2);
  await flushJournal(db, newReading([...journal.segments]), () => T0 + 120_000, 60_000);
  const classes = await acrossOrganisations(db, (trx) =>
    trx.selectFrom('hits').select(['reason', 'class']).where('class', '=', 'scanner').execute(),
  );
  expect(classes.map((c) => c.reason).sort()).toEqual(['methode', 'prechargement']);
});

test('an unknown or malformed token gets a plain page that says nothing, and no hit (SEC-10)', async () => {
  const before = journal.state().written;
  for (const path of [
    '/r/abcdefghijklmnopqrstuv',
    '/r/x',
    "/r/'%3B%20drop%20table%20tokens",
    `/r/${'a'.repeat(5_000)}`,
    '/r/%00',
    '/r/%ff',
  ]) {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 404]);
    const body = await answer.text();
    expect(body).toContain('Ce lien ne mène nulle part');
    expect(body).not.toContain('<script');
  }
  expect(journal.state().written).toBe(before);
});

test('another method is answered in the same words, and counts for nothing', async () => {
  const before = journal.state().written;
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await get(`/r/${first}`, { method });
    expect([method, answer.status, answer.headers.get('cache-control')]).toEqual([method, 404, 'no-store']);
    expect(await answer.text()).toContain('Ce lien ne mène nulle part');
  }
  expect(journal.state().written).toBe(before);
});

test('a process that starts while the database is away answers from its snapshot', async () => {
  const offline = await listen(store(away));
  expect((await offline(`/r/${first}`)).status).toBe(302);
});

test.each(['relais', 'affiche', 'social', 'action'] as const)(
  'the link of a %s that nobody has opened yet leads on with the database away',
  async (kind) => {
    const source = { organisationId: cast.organisations.opco, campaignId: push.campaignId, kind };
    const url = `https://a.example/${kind}`;
    // Older than any newsletter that is kept at hand: a poster hangs for years.
    const made = new Date(T0 - 900 * 86_400_000);
    const minted = await acrossOrganisations(db, (trx) => mintSourceTokens(trx, source, [{ url, label: kind }], made));
    const folder = mkdtempSync(join(dataDir, 'source-'));
    await store(db, folder).refresh();
    const offline = await listen(store(away, folder));
    const answer = await offline(`/r/${minted.get(url)}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, url]);
  },
);

test('a link handed on after the first look is kept at hand at the next', async () => {
  const tokens = store(db, mkdtempSync(join(dataDir, 'later-')));
  await tokens.refresh();
  const source = { organisationId: cast.organisations.opco, campaignId: push.campaignId, kind: 'carte' as const };
  const links = [{ url: 'https://a.example/carte', label: 'Carte' }];
  const minted = await acrossOrganisations(db, (trx) => mintSourceTokens(trx, source, links, new Date(T0 + 5_000)));
  const token = minted.get('https://a.example/carte') ?? '';
  expect(tokens.find(token)).toBeUndefined();
  await tokens.refresh();
  expect(tokens.find(token)).toBe('https://a.example/carte');
});

test('with the database away or silent, what is not in memory gets a 503 within a moment, never a false 404', async () => {
  for (const database of [away, silent]) {
    const offline = await listen(store(database, join(dataDir, 'vide')));
    const started = performance.now();
    const answer = await offline(`/r/${first}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('30');
    expect(await answer.text()).toContain('Rechargez cette page');
    expect(performance.now() - started).toBeLessThan(1_000);
  }
});

test('a link made after the last refresh is found in the database, and kept', async () => {
  const late = await makePush(db, cast, { slug: 'tardive' });
  const token = late.tokens[0]?.token ?? '';
  expect(online.find(token)).toBeUndefined();
  expect((await get(`/r/${token}`)).status).toBe(302);
  expect(online.find(token)).toBe('https://a.example/');
});

test('the first click on a push that has just left brings all its links: its readers come together', async () => {
  const urls = Array.from({ length: 80 }, (_, n) => `https://a.example/${n}`);
  const wide = await makePush(db, cast, { slug: 'a-l-instant', urls });
  const tokens = store(db, mkdtempSync(join(dataDir, 'store-')));
  await tokens.ask(wide.tokens[0]?.token ?? '');
  expect(wide.tokens.map((t) => tokens.find(t.token))).toEqual(wide.tokens.map((t) => t.url));
});

test('guessing tokens is slowed down: past fifty a second nobody asks the database', async () => {
  const one = store(db);
  const refused = await Promise.allSettled(
    Array.from({ length: 80 }, (_, i) => one.ask(`inconnu-${String(i).padStart(14, '0')}`)),
  );
  expect(refused.filter((r) => r.status === 'rejected').length).toBeGreaterThanOrEqual(30);
});

test('only http and https destinations without credentials are followed (SEC-10)', () => {
  expect(destination('https://a.example/x y')).toBe('https://a.example/x%20y');
  for (const bad of [
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:pass@a.example/',
    '//a.example',
    'ftp://a.example/',
  ])
    expect(destination(bad)).toBeNull();
});
