import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readResourcePage } from '../../src/resources/read-resource-page.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { browser, house } from '../web/campaigns/house.ts';
import { add } from './house.ts';
import { PDF, SVG } from './samples.ts';

const t = await testDatabase();
const served = house(t);
afterAll(() => rmSync(served.deps.dataDir, { recursive: true, force: true }));
let campaign: { id: number; slug: string };
let [alice, bruno, david, stranger] = [] as unknown as Awaited<ReturnType<typeof browser>>[];
const base = () => `/campagnes/${campaign.slug}/ressources`;
beforeAll(async () => {
  campaign = await makeCampaign(t);
  [alice, bruno, david, stranger] = await Promise.all(
    [t.cast.alice, t.cast.bruno, t.cast.david, t.cast.etranger].map((person) => browser(served, person)),
  );
});

test('an empty inventory says what to do first, to whom may do it', async () => {
  expect((await alice!.get(base())).text).toContain(`href="${base()}/nouvelle"`);
  const read = (await david!.get(base())).text;
  expect(read).toContain('Aucune ressource pour l’instant.');
  expect(read).not.toContain('/nouvelle');
});

test('a resource is added with its title and its form alone; the page then says what is missing, and where', async () => {
  const { status, location } = await alice!.post(`${base()}/nouvelle`, {
    title: 'Étude des métiers',
    kind: 'etude',
    listed: '1',
  });
  expect([status, location]).toEqual([303, `${base()}/etude-des-metiers`]);
  const { text } = await alice!.get(location);
  expect(text).toContain('Le résumé manque');
  expect(text).toContain(`href="${location}/modifier#champ-levelUses-terrain"`);
  expect(text).toContain(`href="${location}/formats"`);
  expect((await alice!.get(base())).text).toMatch(/Une ressource n’a jamais été diffusée\.[\s\S]*0 sur 1 complètes/);
});

test('a refused form comes back with what was typed, and its errors beside the fields (A11Y-02)', async () => {
  const { status, text } = await alice!.post(`${base()}/nouvelle`, {
    title: '',
    kind: 'etude',
    summary: 'Déjà écrit <b>',
    url: 'exemple.fr',
    'uses.salarie': 'x'.repeat(400),
  });
  expect(status).toBe(422);
  expect(text).toContain('Déjà écrit &lt;b&gt;');
  expect(text).toContain('href="#champ-title"');
  expect(text).toContain('href="#champ-uses-salarie"');
  expect(text).toMatch(/<details class="how" open/);
  expect(text).toContain('id="champ-url-erreur"');
});

describe('one resource', () => {
  const here = () => `${base()}/guide`;
  beforeAll(() => add(t, campaign.id, { slug: 'guide', title: 'Le guide', listed: false, reviewOn: '2026-11-20' }));
  const page = () => readResourcePage(t.ctx(t.cast.alice, NOW), campaign.id, 'guide');

  test('is corrected by its holder; another partner reads it, a stranger finds nothing', async () => {
    const form = (await alice!.get(`${here()}/modifier`)).text;
    expect(form).toContain('value="Le guide"');
    const fields = { title: 'Le guide complet', kind: 'guide', reviewOn: '2027-01-15', 'levelUses.terrain': 'Agir.' };
    expect((await alice!.post(`${here()}/modifier`, fields)).status).toBe(303);
    expect(await page()).toMatchObject({ title: 'Le guide complet', reviewOn: '2027-01-15', listed: false });
    expect((await bruno!.get(here())).status).toBe(200);
    expect((await bruno!.get(here())).text).not.toContain('Corriger la fiche');
    for (const path of ['/modifier', '/formats', '/retrait'])
      expect(
        (await bruno!.post(here() + path, { ...fields, format: 'faq', way: 'adresse', url: 'https://x.fr' })).status,
      ).toBe(path === '/retrait' ? 409 : 403);
    for (const path of ['', '/modifier', '/formats', '/retrait'])
      expect((await stranger!.get(here() + path)).status).toBe(404);
    expect((await david!.get(`${here()}/modifier`)).status).toBe(403);
  });

  test('takes a file, shows it to the partners, and keeps it from everybody else while it is unlisted', async () => {
    const sent = await alice!.upload(`${here()}/formats`, {
      format: 'une_page',
      title: '',
      way: 'fichier',
      file: new File([new Uint8Array(PDF)], '../../Résumé.pdf', { type: 'text/html' }),
    });
    expect([sent.status, sent.location]).toEqual([303, here()]);
    const support = (await page()).supports[0]!;
    expect(support).toMatchObject({ name: 'resume.pdf', type: 'application/pdf', size: PDF.length });
    const address = `${here()}/fichiers/${support.id}`;
    const file = await bruno!.get(address);
    expect([file.status, file.headers.get('content-type'), file.headers.get('cache-control')]).toEqual([
      200,
      'application/pdf',
      'private, no-store',
    ]);
    expect((await stranger!.get(address)).status).toBe(404);
    expect((await served.app.request(address)).headers.get('location')).toMatch(/^\/connexion/);
    expect((await alice!.post(`${here()}/formats/${support.id}/retrait`, {})).status).toBe(303);
    expect((await bruno!.get(address)).status).toBe(404);
  });

  test.each([
    ['an SVG', new File([new Uint8Array(SVG)], 'dessin.svg'), /SVG peut contenir un programme/],
    ['an SVG named PNG', new File([new Uint8Array(SVG)], 'dessin.png'), /n’est pas d’un type accepté/],
    ['no file', new File([], ''), /Choisissez un fichier/],
  ])('refuses %s on the form itself, in French, without a page of error', async (_, file, why) => {
    const { status, text } = await alice!.upload(`${here()}/formats`, {
      format: 'faq',
      title: 'La FAQ',
      way: 'fichier',
      file,
    });
    expect(status).toBe(422);
    expect(text).toMatch(why);
    expect(text).toContain('value="La FAQ"');
  });

  test('says that it is to be read again, is retired after a page that says the effect, and comes back', async () => {
    await alice!.post(`${here()}/modifier`, { title: 'Le guide', kind: 'guide', reviewOn: '2026-11-20' });
    expect((await alice!.get(here())).text).toContain('Depuis le vendredi 20 novembre 2026');
    expect((await alice!.get(`${here()}/retrait`)).text).toContain('elle reste à la même adresse');
    expect((await alice!.post(`${here()}/retrait`, {})).status).toBe(303);
    expect((await page()).retiredOn).toBe('2026-11-22');
    // Correcting the sheet of a retired resource does not bring it back by itself.
    await alice!.post(`${here()}/modifier`, { title: 'Le guide', kind: 'guide' });
    expect((await page()).retiredOn).toBe('2026-11-22');
    expect((await alice!.post(`${here()}/retour`, {})).status).toBe(303);
    expect((await page()).retiredOn).toBeNull();
  });
});

test('each partner is given the lines to paste, with the name of the campaign made harmless', async () => {
  const { text } = await bruno!.get(`${base()}/partager`);
  expect(text).toContain(`&lt;iframe src=&quot;https://pv.example/ressources/integrer/${campaign.slug}&quot;`);
  expect(text).toContain(`https://pv.example/ressources/campagne/${campaign.slug}.rss`);
});
