import { beforeEach, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { openHouse } from '../structure/house.ts';
import { testDatabase } from '../support/database.ts';
import { publicHouse } from './public-house.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { get, campaign } = await publicHouse(t, app, service.config.dataDir);

const counts = () =>
  acrossOrganisations(t.db, async (trx) =>
    Object.fromEntries(
      (await trx.selectFrom('page_counts').select(['page', 'what', 'class', 'n', 'campaign_id']).execute()).map((r) => [
        `${r.page.replace(/\d+/, 'n')} ${r.what} ${r.class} ${r.campaign_id}`,
        r.n,
      ]),
    ),
  );
beforeEach(async () => {
  await acrossOrganisations(t.db, (trx) => trx.updateTable('page_counts').set({ n: 0 }).execute());
});
const counted = async () => Object.fromEntries(Object.entries(await counts()).filter(([, n]) => n > 0));

const PUBLIC_PAGES = [
  '/ressources',
  '/ressources?q=etudes&profil=entreprise',
  '/ressources/campagne/essentiels',
  '/ressources/essentiels/etude',
  '/ressources/essentiels/etude/synthese.pdf',
  '/ressources/integrer',
  '/ressources/integrer/essentiels',
  '/ressources.rss',
  '/ressources.json',
  '/ressources/campagne/essentiels.rss',
  '/ressources/campagne/essentiels.json',
  '/ressources/campagne/essentiels/carte.png',
  '/mesure',
];

test.each(PUBLIC_PAGES)('%s opens without a session, sets no cookie and calls no other host (PRV-20)', async (path) => {
  const { status, headers, text } = await get(path);
  expect(status).toBe(200);
  expect(headers.get('set-cookie')).toBeNull();
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
  if (headers.get('content-type')?.startsWith('text/html')) {
    expect(text).not.toMatch(/(?:src|href)="https?:\/\/(?!pv\.example|exemple\.fr)/);
    expect(text).not.toMatch(/<script(?! src="\/fichiers\/ui\/)/);
    expect(text.match(/<h1/g)).toHaveLength(1);
  }
});

test('what is unlisted, to come, or cannot be opened is not there, by any way', async () => {
  for (const path of [
    '/ressources',
    '/ressources/campagne/essentiels',
    '/ressources/integrer',
    '/ressources.rss',
    '/ressources.json',
  ]) {
    const { text } = await get(path);
    expect(text).toMatch(/tude prospective/);
    expect(text).not.toMatch(/Réservée aux partenaires|Pour plus tard|Rien à ouvrir|vieille/);
  }
  for (const slug of ['reservee', 'demain', 'fermee', 'inconnue'])
    expect((await get(`/ressources/essentiels/${slug}`)).status).toBe(404);
  for (const path of [
    '/ressources/essentiels/reservee/secret.pdf',
    '/ressources/autre-campagne/etude/synthese.pdf',
    '/ressources/essentiels/etude/secret.pdf',
    '/ressources/essentiels/etude/..%2f..%2fsecret',
    '/ressources/campagne/inconnue',
    '/ressources/campagne/inconnue.rss',
    '/ressources/campagne/inconnue/carte.png',
    '/ressources/integrer/inconnue',
  ])
    expect((await get(path)).status, path).toBe(404);
  // Neither « see also » nor a search tells that it exists.
  expect((await get('/ressources/essentiels/etude')).text).not.toContain('Réservée');
  expect((await get('/ressources?q=partenaires')).text).toContain('Aucune ressource ne répond');
});

test('a retired resource keeps its page, which says so, and leaves the lists', async () => {
  const { status, text } = await get('/ressources/essentiels/vieille');
  expect(status).toBe(200);
  expect(text).toMatch(/n’est plus à jour depuis le/);
  expect(text).toContain('<meta name="robots" content="noindex"');
});

describe('the public space', () => {
  test('is a tree: axis, kind, resource, as lists inside lists (A11Y-01)', async () => {
    const { text } = await get('/ressources/campagne/essentiels');
    const tree = /<ul class="tree"[\s\S]*?(?=<\/main>)/.exec(text)?.[0] ?? '';
    expect(tree).toMatch(/<li><h2>Axe 1<\/h2><ul><li><h3>Études<\/h3><ul class="leaves"><li>/);
    expect(tree).toMatch(/<li><h2>Axe 2<\/h2><ul><li><h3>Guides<\/h3>/);
    expect((await get('/ressources')).text).toMatch(/<h2>Autres ressources<\/h2><ul><li><h3>Fiches pratiques<\/h3>/);
  });

  test.each([
    ['q=etudes', ['etude']],
    ['q=ÉTUDE', ['etude']],
    ['q=raccordeur', []],
    ['profil=salarie', ['guide']],
    ['profil=entreprise', ['etude', 'fiches']],
    ['profil=presse', []],
    ['profil=inconnu', ['etude', 'fiches', 'guide']],
    ['niveau=terrain&type=guide', ['guide']],
    ['axe=Axe+1', ['etude']],
    ['page=999', ['etude', 'fiches', 'guide']],
    ['page=-1', ['etude', 'fiches', 'guide']],
  ])('%s', async (query, expected) => {
    const { text } = await get(`/ressources?${encodeURI(query)}`);
    const found = [...text.matchAll(/<p class="what"><a href="\/ressources\/[^/]+\/([a-z]+)/g)].map((m) => m[1] ?? '');
    expect(found.toSorted()).toEqual(expected);
  });

  test('says what each is good for to whom one is, first, and keeps it on the way', async () => {
    const { text } = await get('/ressources?profil=entreprise');
    expect(text).toContain('Situer ses besoins.');
    expect(text).toContain('href="/ressources/essentiels/etude?profil=entreprise"');
    const sheet = (await get('/ressources/essentiels/etude?profil=entreprise')).text;
    expect(sheet).toMatch(/Pour vous, chef d’entreprise[^<]*<\/strong> Situer ses besoins\./);
    expect(sheet).toContain('href="/ressources/campagne/essentiels?profil=entreprise"');
  });

  test('shows a resource with its formats, its neighbours and who carries it', async () => {
    const { text } = await get('/ressources/essentiels/etude');
    for (const piece of [
      'href="https://exemple.fr/etude"',
      'href="/ressources/essentiels/etude/synthese.pdf"',
      'PDF · 1\u00a0Ko',
      'href="https://exemple.fr/film"',
      'href="/ressources/essentiels/guide"',
      'OPCO de test',
      'href="mailto:etudes@opco.example"',
    ])
      expect(text).toContain(piece);
  });

  test('writes what people typed as text, everywhere', async () => {
    for (const path of ['/ressources', '/ressources/essentiels/guide', '/ressources/integrer']) {
      const { text } = await get(`${path}?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
      expect(text).not.toContain('<script>alert');
    }
  });

  test('a shared link shows the card of the campaign (Open Graph)', async () => {
    const { text } = await get('/ressources/essentiels/etude');
    expect(text).toContain('<meta property="og:title" content="Étude prospective"');
    expect(text).toContain('<meta property="og:url" content="https://pv.example/ressources/essentiels/etude"');
    const image = /property="og:image" content="https:\/\/pv\.example([^"]+)"/.exec(text)?.[1] ?? '';
    const card = await app.request(`https://pv.example${image}`);
    const png = Buffer.from(await card.arrayBuffer());
    expect([card.status, png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([200, 1200, 630]);
  });
});

describe('measure', () => {
  const page = '/ressources/essentiels/etude';
  const visit = () => `ressource:n visite inconnu ${campaign.id}`;

  test('a visit is counted by page and hour, and every counted page says how to refuse (PRV-20, PRV-23)', async () => {
    for (const path of [page, '/ressources', '/ressources/campagne/essentiels'])
      expect((await get(path)).text).toContain('href="/mesure"');
    expect(await counted()).toEqual({
      [visit()]: 1,
      'ressources visite inconnu 0': 1,
      [`ressources visite inconnu ${campaign.id}`]: 1,
    });
  });

  test.each([
    ['Do Not Track', { dnt: '1' }],
    ['Global Privacy Control', { 'sec-gpc': '1' }],
    ['the choice of the page /mesure', { cookie: 'nomesure=1' }],
  ])('%s is respected, for pages and for files', async (_, headers) => {
    expect((await get(page, headers)).text).toContain('Votre visite n’est pas comptée');
    await get(`${page}/synthese.pdf`, headers);
    expect(await counted()).toEqual({});
  });

  test('robots stand apart, a look ahead is not a visit, and a HEAD counts nothing', async () => {
    await get(page, { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' });
    await get(page, { 'sec-purpose': 'prefetch' });
    await get(page, {}, 'HEAD');
    await get(`${page}/synthese.pdf`, {}, 'HEAD');
    expect(await counted()).toEqual({ [`ressource:n visite scanner ${campaign.id}`]: 2 });
  });

  test('a file is one download, whatever its parts; what one has already is none', async () => {
    const key = `fichier:n telechargement inconnu ${campaign.id}`;
    const film = `${page}/film.mp4`;
    const first = await get(film, { range: 'bytes=0-' });
    expect(first.status).toBe(206);
    await get(film, { range: 'bytes=50000-' });
    await get(film, { 'if-none-match': first.headers.get('etag') ?? '' });
    expect(await counted()).toEqual({ [key]: 1 });
  });

  test('one click refuses, one takes it back; opening the page does neither (BOT-04)', async () => {
    const post = (body: string) =>
      app.request('https://pv.example/mesure', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const refused = await post('choix=refuser');
    expect(refused.status).toBe(303);
    expect(refused.headers.get('set-cookie')).toMatch(
      /^nomesure=1; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const accepted = await post('choix=accepter');
    expect(accepted.headers.get('set-cookie')).toMatch(/^nomesure=; Max-Age=0/);
    expect((await get('/mesure', { cookie: 'nomesure=1' })).text).toContain('Vos visites ne sont pas comptées.');
    expect((await post('x'.repeat(5_000))).status).toBe(413);
  });

  test('the frame and the feeds count nothing', async () => {
    for (const path of [
      '/ressources/integrer',
      '/ressources/integrer/essentiels',
      '/ressources.rss',
      '/ressources.json',
    ])
      await get(path);
    expect(await counted()).toEqual({});
  });
});
