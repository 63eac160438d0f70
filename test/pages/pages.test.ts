import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { csrfToken } from '../../src/organisations/sessions.ts';
import { readPage } from '../../src/pages/read-pages.ts';
import { signedIn } from '../../src/server.ts';
import { errorPage, missingPage } from '../../src/web/errors.tsx';
import { NOW, type Person, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { png } from '../support/images.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'x-pages-web-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
let t: TestDatabase;
let campaign: string;
let app: Hono;
beforeAll(async () => {
  t = await testDatabase();
  app = new Hono();
  app.route(
    '/',
    signedIn({
      db: t.db,
      secrets: SECRETS,
      publicUrl: 'https://pv.example',
      now: () => NOW,
      demo: true,
      trustedProxies: 0,
      dataDir,
      wake: async () => {},
    }),
  );
  app.onError(errorPage);
  app.notFound(missingPage);
});
beforeEach(async () => {
  campaign = (await makeCampaign(t)).slug;
});
const at = (part = '') => `/campagnes/${campaign}/pages${part}`;

/** A browser of this person: forms carry what the page before showed. */
async function browser(person: Person) {
  const secret = `essai-${Math.random()}`;
  await acrossOrganisations(t.db, (trx) =>
    trx
      .insertInto('sessions')
      .values({
        id_hash: sha256(secret),
        user_id: person.userId,
        organisation_id: person.organisationId,
        created_at: NOW,
        last_seen_at: NOW,
        expires_at: new Date(NOW.getTime() + 86_400_000),
      })
      .execute(),
  );
  const headers = { cookie: `__Host-porte-voix=${secret}` };
  const answer = async (response: Response) => ({
    status: response.status,
    location: response.headers.get('location'),
    text: (await response.text()).replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll('&#39;', "'"),
  });
  type Fields = Record<string, string> | [string, string][];
  return {
    get: async (path: string) => answer(await app.request(`https://pv.example${path}`, { headers })),
    post: async (path: string, fields: Fields, file?: { name: string; bytes: Buffer }) => {
      const body = new FormData();
      body.append('csrf', csrfToken({ secrets: SECRETS }, secret));
      for (const [name, value] of Array.isArray(fields) ? fields : Object.entries(fields)) body.append(name, value);
      if (file) body.append('fichier', new File([new Uint8Array(file.bytes)], file.name));
      return answer(await app.request(`https://pv.example${path}`, { method: 'POST', headers, body }));
    },
  };
}
/** The hidden fields of the form of this page that leads there, as a browser would send them. */
function fieldsOf(html: string, action: string): [string, string][] {
  const form = html.split('<form').find((f) => f.includes(`action="${action}"`)) ?? '';
  return [...(form.split('</form>')[0] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
    .map((m): [string, string] => [m[1] ?? '', (m[2] ?? '').replaceAll('&amp;', '&')])
    .filter(([name]) => name !== 'csrf');
}
const FICHE = { name: 'La fiche', url: 'https://ft.example/fiche', owner: 'France Travail' };
const csv = (text: string) => ({ name: 'export.csv', bytes: Buffer.from(text) });

test('a page is followed, and says at once what no figure of it could prove', async () => {
  const alice = await browser(t.cast.alice);
  expect((await alice.get(at())).text).toContain('Aucune page n’est suivie.');
  // Windows are proposed when the page is made, from the dates of the campaign (VIS-03).
  const form = (await alice.get(at('/nouvelle'))).text;
  const dates = [...form.matchAll(/name="(\w+(?:From|To))"[^>]*value="(\d{4}-\d\d-\d\d)"/g)].map(
    (m) => `${m[1]} ${m[2]}`,
  );
  expect(dates).toEqual([
    'baselineFrom 2026-10-05',
    'baselineTo 2026-11-01',
    'windowFrom 2026-11-02',
    'windowTo 2027-06-30',
  ]);
  const wrong = await alice.post(at('/nouvelle'), { ...FICHE, url: 'ft', baselineFrom: '2026-09-01' });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('Donnez une adresse complète');
  expect(wrong.text).toContain('ou aucun des deux');
  expect(await alice.post(at('/nouvelle'), FICHE)).toMatchObject({ status: 303, location: at('/la-fiche') });
  const page = await alice.get(at('/la-fiche'));
  expect(page.text).toContain('on ne peut rien affirmer de son effet sur cette page');
  expect(page.text).toContain('France Travail n’a pas donné d’export');
  expect((await alice.get(at())).text).toContain('sans référence');
  expect(
    await alice.post(at('/la-fiche/modifier'), { ...FICHE, baselineFrom: '2026-09-01', baselineTo: '2026-09-30' }),
  ).toMatchObject({
    status: 303,
  });
  expect((await alice.get(at())).text).toContain('référence posée');
  expect(await alice.post(at('/la-fiche/retrait'), {})).toMatchObject({ status: 303, location: at() });
  expect((await alice.get(at('/la-fiche'))).status).toBe(404);
});

test('« personnes » makes the form ask back, and both the word and the remark are kept', async () => {
  const alice = await browser(t.cast.alice);
  await alice.post(at('/nouvelle'), FICHE);
  const figure = {
    value: '9 000',
    atLeast: '1',
    unit: 'personnes',
    windowSaid: 'trois mois',
    saidBy: 'Le rapport',
    source: 'page 41',
    quote: 'plus de 9 000 <b>personnes</b>',
  };
  const asked = await alice.post(at('/la-fiche/declarations'), figure);
  expect(asked.status).toBe(422);
  expect(asked.text).toContain('Des personnes, ou des visites ? Qui revient compte deux fois.');
  expect(asked.text).toContain('name="sure"');
  expect(asked.text).toContain('value="9 000"');
  const again = await alice.post(at('/la-fiche/declarations'), { ...figure, sure: '1' });
  expect(again.status).toBe(422);
  expect(again.text).toContain('Dites comment ces personnes ont été comptées');
  const kept = { ...figure, sure: '1', note: 'Rien ne le dit.' };
  const done = await alice.post(at('/la-fiche/declarations'), kept, { name: 'page-41.png', bytes: png() });
  expect(done).toMatchObject({ status: 303, location: at('/la-fiche') });
  await alice.post(at('/la-fiche/declarations'), { ...figure, unit: 'visites', windowSaid: 'deux mois' });

  const page = await (await browser(t.cast.david)).get(at('/la-fiche'));
  expect(page.text).toContain('plus de 9 000 personnes en trois mois');
  expect(page.text).toContain('Remarque : Rien ne le dit.');
  expect(page.text).toContain('« plus de 9 000 &lt;b&gt;personnes&lt;/b&gt; »');
  expect(page.text).toContain('Ces chiffres se contredisent');
  expect(page.text).toContain('On ne peut pas en conclure combien de personnes sont venues');
  // A window without dates stands in no calendar.
  expect(page.text).toContain('<dd>sans dates</dd>');
  // The evaluator reads all of it, and writes nothing.
  expect(page.text).not.toContain('<form method="post" action="/campagnes');
  const file = /href="([^"]+\/declarations\/\d+\/fichier)"/.exec(page.text)?.[1] ?? '';
  expect((await (await browser(t.cast.david)).get(file)).status).toBe(200);

  const id = /declarations\/(\d+)\/retrait/.exec((await alice.get(at('/la-fiche'))).text)?.[1];
  expect(await alice.post(at(`/la-fiche/declarations/${id}/retrait`), {})).toMatchObject({ status: 303 });
  const after = await alice.get(at('/la-fiche'));
  expect(after.text).toContain('<s>plus de 9 000 personnes en trois mois</s>');
  expect(after.text).not.toContain('Ces chiffres se contredisent');
});

test('a file is looked at, asked about, imported, replaced and taken back', async () => {
  const alice = await browser(t.cast.alice);
  await alice.post(at('/nouvelle'), FICHE);
  const exports = at('/la-fiche/exports');
  const none = await alice.post(exports, {});
  expect(none.status).toBe(422);
  const asked = await alice.post(exports, {}, csv('Jour;Sessions\n01/11/2026;12\n02/11/2026;14\n'));
  expect(asked.text).toContain('Dites quelle colonne est laquelle.');
  const titles: [string, string][] = [
    ['titre', 'Jour'],
    ['colonne', 'day'],
    ['titre', 'Sessions'],
    ['colonne', 'visites'],
  ];
  const dates = await alice.post(exports, [...fieldsOf(asked.text, exports).filter(([n]) => n !== 'titre'), ...titles]);
  expect(dates.text).toContain('Les jours de ce fichier se lisent de deux façons.');
  const shown = await alice.post(exports, [...fieldsOf(dates.text, exports), ['dates', 'jour']]);
  expect(shown.text).toContain('3 : 2 lues, 1 mises de côté, 0 refusées');
  expect((await readPage(t.ctx(t.cast.alice), campaign, 'la-fiche')).imports).toEqual([]);
  const done = await alice.post(`${exports}/import`, fieldsOf(shown.text, `${exports}/import`));
  expect(done).toMatchObject({ status: 303, location: `${at('/la-fiche')}#exports` });
  const page = await alice.get(at('/la-fiche'));
  expect(page.text).toContain('Visites, selon le propriétaire, par jour');

  const other = csv('Date,Visites\n2026-11-02,15\n');
  const differing = await alice.post(exports, {}, other);
  expect(differing.text).toContain('Un autre fichier donne ces jours autrement');
  const fields = fieldsOf(differing.text, `${exports}/import`);
  const refused = await alice.post(`${exports}/import`, fields);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('sont déjà donnés autrement par « export.csv »');
  expect(await alice.post(`${exports}/import`, [...fields, ['remplacer', '1']])).toMatchObject({ status: 303 });
  expect((await alice.post(exports, {}, other)).text).toContain('Ce fichier est déjà importé.');

  const id = (await readPage(t.ctx(t.cast.alice), campaign, 'la-fiche')).imports.at(-1)?.id;
  const one = await (await browser(t.cast.david)).get(`${exports}/${id}`);
  expect(one.text).toContain('Empreinte (SHA-256)');
  expect(one.text).not.toContain('Retirer ce fichier');
  expect(await alice.post(`${exports}/${id}/retrait`, {})).toMatchObject({ status: 303 });
  expect((await alice.get(`${exports}/${id}`)).status).toBe(404);
  const big = { name: 'gros.csv', bytes: Buffer.alloc(5 * 1024 * 1024 + 1, 'a') };
  expect((await alice.post(exports, {}, big)).text).toContain('« visits import »');
});

test('a partner’s site has its line, what it does and does not, and it stops', async () => {
  const bruno = await browser(t.cast.bruno);
  expect((await bruno.post(at('/sites/nouveau'), { name: 'Site', origin: 'partenaire' })).status).toBe(422);
  const made = await bruno.post(at('/sites/nouveau'), {
    name: 'Notre site',
    origin: 'https://www.btp.example/accueil?x',
  });
  expect(made.status).toBe(303);
  const page = await bruno.get(made.location ?? '');
  expect(page.text).toMatch(/&lt;script async src=(&quot;|")https:\/\/pv\.example\/v\.js/);
  expect(page.text).toContain('https://www.btp.example');
  expect(page.text).toContain('window.porteVoixRefus = true');
  const seen = await (await browser(t.cast.alice)).get(made.location ?? '');
  expect(seen.status).toBe(200);
  expect(seen.text).not.toContain('Ne plus mesurer ce site');
  expect(await (await browser(t.cast.alice)).post(`${made.location}/arret`, {})).toMatchObject({ status: 403 });
  expect(await bruno.post(`${made.location}/arret`, {})).toMatchObject({ status: 303 });
  expect((await bruno.get(made.location ?? '')).text).toContain('Notre site n’est plus mesuré');
});
