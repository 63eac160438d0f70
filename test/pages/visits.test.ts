import { Hono } from 'hono';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { openSite, stopSite } from '../../src/pages/sites.ts';
import { openVisitCounter } from '../../src/pages/visit-counter.ts';
import { openSessions, SESSION_MS } from '../../src/pages/visit-sessions.ts';
import { channelOf, pathOf } from '../../src/pages/where-from.ts';
import { count, countingVisits } from '../../src/public/measure.tsx';
import { VISIT_SCRIPT, visitPages } from '../../src/public/visits.ts';
import { saveRelay } from '../../src/relays/save-relay.ts';
import { pagesReport } from '../../src/reports/pages.ts';
import { withScope } from '../../src/reports/scope.ts';
import { relayOrigin } from '../../src/webinars/origins.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

let t: TestDatabase;
let at = NOW;
let site: { id: number; key: string };
let campaign: { id: number; slug: string };
let app: Hono;

/** A process of its own: its memory is all that knows a visit. */
function start(): Hono {
  const deps = {
    visits: openVisitCounter({ db: t.db, secrets: SECRETS, now: () => at, publicUrl: 'https://pv.example' }),
    networkOf: (c: { req: { header: (name: string) => string | undefined } }) =>
      c.req.header('x-test-address') ?? '192.0.2.1',
  };
  const made = new Hono();
  made.use(countingVisits(deps));
  made.route('/', visitPages(deps));
  made.get('/ressources', async (c) => {
    await count(
      c,
      { db: t.db, now: () => at },
      { organisationId: t.cast.organisations.opco, campaignId: campaign.id, page: 'ressources', what: 'visite' },
    );
    return c.text('liste');
  });
  return made;
}

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  at = NOW;
  campaign = await makeCampaign(t);
  const { id } = await openSite(t.ctx(t.cast.alice), campaign.slug, {
    name: 'Site',
    origin: 'https://www.partenaire.example/accueil',
  });
  const key = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('measured_sites').select('key').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  site = { id, key: key.key };
  app = start();
});

type Sent = {
  path?: unknown;
  from?: unknown;
  medium?: unknown;
  de?: unknown;
  key?: unknown;
  headers?: Record<string, string>;
};
const send = (s: Sent = {}, house = app) =>
  house.request('https://pv.example/v', {
    method: 'POST',
    headers: { origin: 'https://www.partenaire.example', 'user-agent': FIREFOX, ...s.headers },
    body: JSON.stringify({
      k: s.key ?? site.key,
      p: s.path ?? '/',
      r: s.from ?? '',
      m: s.medium ?? null,
      d: s.de ?? null,
    }),
  });
const later = (minutes: number) => {
  at = new Date(at.getTime() + minutes * 60_000);
};
const rows = () =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('visit_counts')
      .select(['site_id as site', 'page', 'channel', 'relay_id as relay', 'visits', 'pages', 'robots'])
      .where('campaign_id', '=', campaign.id)
      .orderBy('site_id')
      .orderBy('page')
      .orderBy('channel')
      .orderBy('hour')
      .execute(),
  );

describe('the script (PRV-20, PRV-23)', () => {
  test('is under a kilo-octet, sets no cookie, and any site may load it', async () => {
    const answer = await app.request('https://pv.example/v.js');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(answer.headers.get('content-type')).toContain('text/javascript');
    expect(Buffer.byteLength(await answer.text())).toBeLessThan(1024);
  });

  /** The script in a browser of nothing: what it touches and what it sends. */
  function run(page: {
    doNotTrack?: string;
    gpc?: boolean;
    refused?: boolean;
    said?: string;
    search?: string;
    referrer?: string;
  }) {
    const sent: { url: string; init: RequestInit }[] = [];
    const touched: string[] = [];
    const deny = (name: string) => ({
      get: () => {
        touched.push(name);
        throw new Error(name);
      },
    });
    const document = Object.defineProperty(
      {
        currentScript: { src: 'https://pv.example/v.js', getAttribute: () => site.key },
        referrer: page.referrer ?? '',
        documentElement: { getAttribute: () => page.said ?? null },
      },
      'cookie',
      deny('cookie'),
    );
    const window = {
      location: { pathname: '/metiers', search: page.search ?? '' },
      porteVoixRefus: page.refused,
    };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
      Object.defineProperty(window, name, deny(name));
    const fetch = (url: URL, init: RequestInit) => {
      sent.push({ url: url.href, init });
      return Promise.resolve();
    };
    const navigator = Object.defineProperty(
      { doNotTrack: page.doNotTrack, globalPrivacyControl: page.gpc },
      'userAgent',
      deny('userAgent'),
    );
    new Function('window', 'document', 'navigator', 'fetch', 'URL', 'URLSearchParams', VISIT_SCRIPT)(
      window,
      document,
      navigator,
      fetch,
      URL,
      URLSearchParams,
    );
    expect(touched).toEqual([]);
    return sent;
  }

  test('sends the path, the host that led there and two words of the address: nothing else, without credentials', () => {
    const [call] = run({
      search: '?utm_medium=email&de=abc&nom=Dupont',
      referrer: 'https://recherche.example/?q=secret',
    });
    expect(call?.url).toBe('https://pv.example/v');
    expect(call?.init).toMatchObject({ method: 'POST', credentials: 'omit' });
    expect(JSON.parse(String(call?.init.body))).toEqual({
      k: site.key,
      p: '/metiers',
      r: 'recherche.example',
      m: 'email',
      d: 'abc',
    });
  });

  test.each([
    ['Do Not Track', { doNotTrack: '1' }],
    ['Global Privacy Control', { gpc: true }],
    ['the switch of the site', { refused: true }],
    ['the mark of the site', { said: 'non' }],
  ])('does nothing under %s', (_, page) => expect(run(page)).toEqual([]));

  test('and whoever refuses is not counted by us either, were it sent', async () => {
    expect((await send({ headers: { dnt: '1' } })).status).toBe(204);
    expect((await send({ headers: { 'sec-gpc': '1' } })).status).toBe(204);
    expect(await rows()).toEqual([]);
  });
});

describe('a visit', () => {
  test('is what is opened without half an hour of rest, under what it began by (brief.md, « Visites »)', async () => {
    await send({ path: '/a', from: 'www.google.fr' });
    later(29);
    await send({ path: '/b', from: 'www.partenaire.example' });
    later(29);
    await send({ path: '/a' });
    expect(await rows()).toMatchObject([
      { page: '/a', channel: 'recherche', visits: 1, pages: 2 },
      { page: '/b', channel: 'recherche', visits: 0, pages: 1 },
    ]);
    later(30);
    await send({ path: '/a' });
    expect((await rows()).filter((r) => r.channel === 'direct')).toMatchObject([{ page: '/a', visits: 1, pages: 1 }]);
  });

  test('is another one from another network, another browser, another site', async () => {
    await send();
    await send({ headers: { 'x-test-address': '198.51.100.7' } });
    await send({ headers: { 'user-agent': `${FIREFOX} 2` } });
    const other = await openSite(t.ctx(t.cast.alice), campaign.slug, {
      name: 'Autre',
      origin: 'https://autre.example',
    });
    const { key } = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('measured_sites').select('key').where('id', '=', other.id).executeTakeFirstOrThrow(),
    );
    await send({ key, headers: { origin: 'https://autre.example' } });
    expect((await rows()).map((r) => r.visits)).toEqual([3, 1]);
  });

  test('a restart counts one twice, and the figure says so', async () => {
    await send();
    await send({}, start());
    expect(await rows()).toMatchObject([{ visits: 2, pages: 2 }]);
    const visits = await withScope(
      t.ctx(t.cast.david),
      campaign.slug,
      {},
      async (trx, scope) => (await pagesReport(trx, scope)).visits,
    );
    expect(visits.sites).toMatchObject({
      value: 2,
      unit: 'visites',
      leftOut: expect.stringContaining('un redémarrage'),
    });
    expect(visits.pages?.value).toBe(2);
    expect(visits.bySite).toMatchObject([{ name: 'Site', visits: { value: 2 } }]);
    expect(visits.byChannel).toMatchObject([{ channel: 'direct', visits: { value: 2 } }]);
  });

  test('a robot is apart, and begins no visit', async () => {
    await send({ headers: { 'user-agent': BOT } });
    expect(await rows()).toMatchObject([{ visits: 0, pages: 0, robots: 1 }]);
  });

  test('by a relay of the campaign is the relay’s; by one of another campaign, nobody’s', async () => {
    const { id } = await saveRelay(t.ctx(t.cast.alice), campaign.slug, {
      name: 'Relais',
      kind: 'guichet',
      territory: '35',
      address: 'r@relais.example',
    });
    await send({ de: relayOrigin(SECRETS, id, 'affiche') });
    expect(await rows()).toMatchObject([{ channel: 'relais', relay: id, visits: 1 }]);
    const elsewhere = await makeCampaign(t);
    const { id: stranger } = await saveRelay(t.ctx(t.cast.alice), elsewhere.slug, {
      name: 'Autre',
      kind: 'guichet',
      territory: '35',
      address: 's@relais.example',
    });
    later(60);
    await send({ de: relayOrigin(SECRETS, stranger, 'relais') });
    expect((await rows()).filter((r) => r.relay === 0)).toMatchObject([{ channel: 'direct', visits: 1 }]);
  });

  test('of the same hour, twice, when clocks go back: both hours of Paris are of one day', async () => {
    at = fromParis(2026, 10, 25, 2, 30);
    await send();
    later(60);
    await send();
    const day = { from: '2026-10-25', to: '2026-10-25' };
    const counted = await withScope(
      t.ctx(t.cast.david),
      campaign.slug,
      day,
      async (trx, scope) => (await pagesReport(trx, scope)).visits.sites,
    );
    expect(counted).toMatchObject({ value: 2, window: day });
    expect(await rows()).toHaveLength(2);
    const before = { from: '2026-10-24', to: '2026-10-24' };
    expect(
      await withScope(
        t.ctx(t.cast.david),
        campaign.slug,
        before,
        async (trx, scope) => (await pagesReport(trx, scope)).visits.sites,
      ),
      // The site was not measured yet that day: nobody counted, which is not a nought.
    ).toMatchObject({ value: null, leftOut: 'Tout : rien n’y était mesuré avant le 22 novembre 2026.' });
    expect(
      await withScope(
        t.ctx(t.cast.david),
        campaign.slug,
        {},
        async (trx, scope) => (await pagesReport(trx, scope)).visits.bySite[0]?.visits.value,
      ),
    ).toBe(0);
  });
});

test('the day on which clocks go forward has 23 hours of visits, and none of them is another day’s', async () => {
  for (const hour of [
    '2026-03-28T22:30Z',
    '2026-03-28T23:30Z',
    '2026-03-29T00:30Z',
    '2026-03-29T01:30Z',
    '2026-03-29T22:30Z',
  ]) {
    at = new Date(hour);
    await send({ headers: { 'x-test-address': `192.0.2.${at.getTime() % 251}` } });
  }
  const on = (day: string) =>
    withScope(t.ctx(t.cast.david), campaign.slug, { from: day, to: day }, async (trx, scope) => {
      return (await pagesReport(trx, scope)).visits.sites?.value;
    });
  expect([await on('2026-03-28'), await on('2026-03-29'), await on('2026-03-30')]).toEqual([1, 3, 1]);
});

describe('what nobody may do', () => {
  test.each<[string, () => Promise<Sent> | Sent, number]>([
    ['another site under this key', () => ({ headers: { origin: 'https://pirate.example' } }), 403],
    ['no site at all', () => ({ headers: { origin: '' } }), 403],
    ['a key that is none', () => ({ key: 'aaaaaaaaaaaa' }), 403],
    ['a key that is no word', () => ({ key: { $gt: '' } }), 403],
    ['a path that is none', () => ({ path: 'javascript:alert(1)' }), 403],
    ['a path that is a list', () => ({ path: ['/'] }), 403],
    ['a body as long as a book', () => ({ path: `/${'a'.repeat(9000)}` }), 413],
    [
      'a site that stopped',
      async () => {
        await stopSite(t.ctx(t.cast.alice), campaign.slug, site.id);
        return {};
      },
      403,
    ],
  ])('%s counts nothing', async (_, make, status) => {
    expect((await send(await make())).status).toBe(status);
    expect(await rows()).toEqual([]);
  });

  test('what is not our script’s is refused, and no answer sets a cookie', async () => {
    for (const body of ['', '{', 'null', '[]', '"k"', '\u0000']) {
      const answer = await app.request('https://pv.example/v', {
        method: 'POST',
        headers: { origin: 'https://www.partenaire.example' },
        body,
      });
      expect([400, 403], body).toContain(answer.status);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
    const answer = await send();
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://www.partenaire.example');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('hostile paths and referrers are kept as short plain words, or not at all', async () => {
    await send({ path: `/<script>alert(1)</script>?nom=Dupont#x`, from: '<img src=x onerror=alert(1)>' });
    await send({ path: '/a\u0000b\u001b[31m\u202ec', headers: { 'x-test-address': '198.51.100.1' } });
    await send({
      path: `/${'é'.repeat(1_000)}`,
      from: `${'x'.repeat(500)}.example`,
      headers: { 'x-test-address': '198.51.100.2' },
    });
    await send({ path: '/d', from: "'; drop table visit_counts; --", headers: { 'x-test-address': '198.51.100.3' } });
    const all = await rows();
    expect(all.map((r) => r.page)).toEqual(['/<script>alert(1)</script>', '/ab[31mc', '/d', `/${'é'.repeat(299)}`]);
    expect(new Set(all.map((r) => r.channel))).toEqual(new Set(['direct']));
  });

  test('a machine that tries keys is not heard for long, and hides no real site', async () => {
    expect((await send({ headers: { 'x-test-address': '198.51.100.9' } })).status).toBe(204);
    for (let i = 0; i < 62; i += 1) expect((await send({ key: `essai-${i}` })).status).toBe(403);
    // Known already, it goes on counting; asked anew by that machine, it waits for the next minute.
    expect((await send()).status).toBe(204);
    expect((await send({}, start())).status).toBe(204);
    later(1.1);
    expect((await send()).status).toBe(204);
  });

  test('a crowd from one machine is cut short; the next minute it may speak again', async () => {
    const answers: number[] = [];
    for (let i = 0; i < 70; i += 1) answers.push((await send({ path: `/${i}` })).status);
    expect(answers.filter((s) => s === 204)).toHaveLength(60);
    expect(answers.filter((s) => s === 429)).toHaveLength(10);
    later(1);
    expect((await send()).status).toBe(204);
  });
});

describe('somebody who means harm', { timeout: 60_000 }, () => {
  const flood = async (n: number, of: (i: number) => Sent): Promise<number[]> => {
    const answers: number[] = [];
    for (let i = 0; i < n; i += 1) answers.push((await send(of(i))).status);
    return answers;
  };
  const reader = { headers: { 'x-test-address': '198.51.100.77' } };

  test('silences no site from one network, whatever browsers it says it is: the others still count', async () => {
    const answers = await flood(1_300, (i) => ({ headers: { 'user-agent': `${FIREFOX} ${i}` } }));
    expect(answers.filter((s) => s === 204)).toHaveLength(240);
    expect((await send(reader)).status).toBe(204);
  });

  test('fills no table with paths that it makes up: they share one line, and are counted all the same', async () => {
    for (let minute = 0; minute < 3; minute += 1) {
      await flood(240, (i) => ({ path: `/${minute}/${i}`, headers: { 'user-agent': `${FIREFOX} ${i % 5}` } }));
      later(1);
    }
    const all = await rows();
    expect(all).toHaveLength(501);
    expect(all.reduce((n, r) => n + r.pages, 0)).toBe(720);
  });
});

describe('our own public pages', () => {
  test('begin a visit once, and their openings are counted where they were: nothing twice', async () => {
    const open = (headers: Record<string, string> = {}) =>
      app.request('https://pv.example/ressources', { headers: { 'user-agent': FIREFOX, ...headers } });
    await open({ referer: 'https://www.linkedin.com/feed' });
    await open();
    await open({ 'user-agent': BOT });
    await open({ dnt: '1' });
    expect(await rows()).toMatchObject([
      { site: 0, page: 'ressources', channel: 'social', visits: 1, pages: 0, robots: 0 },
    ]);
    const openings = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('page_counts')
        .select(['class', 'n'])
        .where('campaign_id', '=', campaign.id)
        .orderBy('class')
        .execute(),
    );
    expect(openings).toEqual([
      { class: 'inconnu', n: 2 },
      { class: 'scanner', n: 1 },
    ]);
  });
});

describe('the memory of visits', () => {
  test('is bounded, forgets the oldest first, and survives a clock put back', () => {
    const sessions = openSessions(3);
    const direct = { channel: 'direct', relayId: 0 } as const;
    for (let i = 0; i < 50; i += 1) sessions.see(`v${i}`, i, direct);
    expect(sessions.size()).toBe(3);
    expect(sessions.see('v49', 50, direct).first).toBe(false);
    expect(sessions.see('v0', 51, direct).first).toBe(true);
    expect(sessions.see('v0', 10, direct).first).toBe(false);
    expect(sessions.see('v0', 10 + SESSION_MS, direct).first).toBe(true);
  });

  test.each([
    [{ medium: 'email', referrer: 'www.google.com' }, 'lettre'],
    [{ medium: 'EMAIL ' }, 'lettre'],
    [{ origin: 'lettre.opco.terrain' }, 'lettre'],
    [{ medium: 'social' }, 'social'],
    [{ medium: 'qr' }, 'relais'],
    [{ referrer: 'lnkd.in' }, 'social'],
    [{ referrer: 'webmail.opco.example' }, 'lettre'],
    [{ referrer: 'duckduckgo.com' }, 'recherche'],
    [{ referrer: 'google.com.pirate.example' }, 'site'],
    [{ referrer: 'www.opco.example' }, 'site'],
    [{ referrer: 'moi.example' }, 'direct'],
    [{ referrer: 42, medium: null }, 'direct'],
  ] as const)('%o is %s', (told, channel) => expect(channelOf(told, 'moi.example')).toBe(channel));

  test.each([
    ['/a?b=c#d', '/a'],
    ['', null],
    ['a/b', null],
    [null, null],
    ['/  a\t b', '/ a b'],
  ])('the path « %s »', (told, path) => expect(pathOf(told)).toBe(path));
});
