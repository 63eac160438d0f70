import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { csrfToken } from '../../src/organisations/sessions.ts';
import { signedIn } from '../../src/server.ts';
import { errorPage, missingPage } from '../../src/web/errors.tsx';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { type Person, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar, registered } from '../webinars/made-webinar.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
let webinar: WebinarRow;
let app: Hono;
const AFTER = new Date('2027-01-15T09:00:00Z');

beforeAll(async () => {
  t = await testDatabase();
  app = new Hono();
  app.route(
    '/',
    signedIn({
      db: t.db,
      secrets: SECRETS,
      publicUrl: 'https://pv.example',
      now: () => AFTER,
      demo: true,
      trustedProxies: 0,
      dataDir: '/nulle-part',
      wake: async () => {},
    }),
  );
  app.onError(errorPage);
  app.notFound(missingPage);
});
beforeEach(async () => {
  campaign = await makeCampaign(t);
  webinar = await madeWebinar(t, campaign.slug, { platform: 'teams' });
});

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/attendance/${name}`, import.meta.url));
const at = (part = ''): string => `/campagnes/${campaign.slug}/webinaires/${webinar.slug}/presence${part}`;

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
        created_at: AFTER,
        last_seen_at: AFTER,
        expires_at: new Date(AFTER.getTime() + 86_400_000),
      })
      .execute(),
  );
  const headers = { cookie: `__Host-porte-voix=${secret}` };
  const answer = async (response: Response) => ({
    status: response.status,
    location: response.headers.get('location'),
    text: (await response.text()).replaceAll('\u00a0', ' '),
  });
  return {
    get: async (path: string) => answer(await app.request(`https://pv.example${path}`, { headers })),
    post: async (path: string, fields: [string, string][], file?: { name: string; bytes: Buffer }) => {
      const body = new FormData();
      body.append('csrf', csrfToken({ secrets: SECRETS }, secret));
      for (const [name, value] of fields) body.append(name, value);
      if (file) body.append('fichier', new File([new Uint8Array(file.bytes)], file.name));
      return answer(await app.request(`https://pv.example${path}`, { method: 'POST', headers, body }));
    },
  };
}
/** The hidden fields of the form of this page that leads there, as a browser would send them. */
function fieldsOf(html: string, action: string): [string, string][] {
  const form = html.split('<form').find((f) => f.includes(`action="${action}"`)) ?? '';
  return [...form.split('</form>')[0]!.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
    .map((m): [string, string] => [m[1] ?? '', (m[2] ?? '').replaceAll('&amp;', '&').replaceAll('&#39;', "'")])
    .filter(([name]) => name !== 'csrf');
}

test('an empty page says where the platform keeps its file', async () => {
  const alice = await browser(t.cast.alice);
  const page = await alice.get(at());
  expect(page.status).toBe(200);
  expect(page.text).toContain('Qui est venu ?');
  expect(page.text).toContain('l’onglet « Présence »');
  expect(page.text).toContain('Tableau de bord d’apprentissage');
});

test('a file is chosen, looked at, imported, and taken back', async () => {
  await registered(t, webinar, 'opco', 1, { firstName: 'Karim', lastName: 'Benali' });
  await registered(t, webinar, 'opco', 1, { firstName: 'Lucie', lastName: 'Absente' });
  await registered(t, webinar, 'btp', 1, { firstName: 'Eloise', lastName: 'Legoff' });
  const alice = await browser(t.cast.alice);
  const shown = await alice.post(at('/lecture'), [], { name: 'présences.csv', bytes: fixture('teams-fr.csv') });
  expect(shown.status).toBe(200);
  expect(shown.text).toContain('Ce fichier dit la présence de 5 personnes.');
  expect(shown.text).toContain('22 : 6 lues, 16 mises de côté, 0 refusées');
  expect((await alice.get(at())).text).toContain('Qui est venu ?');

  const done = await alice.post(at('/import'), fieldsOf(shown.text, at('/import')));
  expect(done).toMatchObject({ status: 303, location: at() });
  const page = await alice.get(at());
  expect(page.text).toContain('5 personnes sont venues.');
  expect(page.text).toContain('1 sur 2');
  expect(page.text).toContain('Karim Benali (Invité)');
  expect(page.text).toContain('Lucie Absente');
  // Looked at again, it is known.
  const twice = await alice.post(at('/lecture'), [], { name: 'présences.csv', bytes: fixture('teams-fr.csv') });
  expect(twice.status).toBe(422);
  expect(twice.text).toContain('Ce fichier est déjà lu');

  const path = /\/presence\/releves\/\d+/.exec(page.text)?.[0].replace('/presence', '') ?? '';
  expect((await alice.get(at(path))).text).toContain('Total d’une personne');
  // The partner: its own people, nothing of the file.
  const bruno = await browser(t.cast.bruno);
  const theirs = await bruno.get(at());
  expect(theirs.text).toContain('Éloïse LE GOFF (Externe)');
  expect(theirs.text).not.toMatch(/Karim|Lucie|FERRAND|nadia|présences\.csv/);
  expect((await bruno.get(at(path))).status).toBe(404);
  expect((await bruno.post(at(`${path}/retrait`), [])).status).toBe(403);
  expect((await bruno.post(at('/lecture'), [], { name: 'a.csv', bytes: fixture('zoom-fr.csv') })).status).toBe(403);

  expect(await alice.post(at(`${path}/retrait`), [])).toMatchObject({ status: 303 });
  expect((await alice.get(at(path))).status).toBe(404);
});

test('a doubtful one is answered, somebody seen is ticked', async () => {
  await registered(t, webinar, 'btp', 1, { firstName: 'Éloïse', lastName: 'Legof' });
  await registered(t, webinar, 'btp', 1, { firstName: 'Paul', lastName: 'Vu' });
  const alice = await browser(t.cast.alice);
  const shown = await alice.post(at('/lecture'), [], { name: 'p.csv', bytes: fixture('teams-fr.csv') });
  await alice.post(at('/import'), fieldsOf(shown.text, at('/import')));
  const bruno = await browser(t.cast.bruno);
  const page = await bruno.get(at());
  expect(page.text).toContain('Est-ce la même personne ?');
  const fields = fieldsOf(page.text, at('/decision'));
  expect(await bruno.post(at('/decision'), [...fields, ['venu', 'oui']])).toMatchObject({ status: 303 });
  const id = /name="inscription" value="(\d+)"[^>]*><label[^>]*>Paul Vu/.exec(page.text)?.[1] ?? '';
  expect(await bruno.post(at('/salle'), [['inscription', id]])).toMatchObject({ status: 303 });
  const after = await bruno.get(at());
  expect(after.text).toContain('2 sur 2');
  expect(after.text).toContain('vue dans la salle, selon vous');
  expect(after.text).not.toContain('Est-ce la même personne ?');
  // Whose registrant it is not cannot answer; nobody's answer is nobody's.
  expect((await alice.post(at('/decision'), [...fields, ['venu', 'non']])).status).toBe(404);
  expect(await bruno.post(at('/salle'), [])).toMatchObject({ status: 303 });
});

test('what the file does not say is asked on a page of its own', async () => {
  const alice = await browser(t.cast.alice);
  const asked = await alice.post(at('/lecture'), [], { name: 'salle.csv', bytes: fixture('inconnu.csv') });
  expect(asked.text).toContain('Dites quelle colonne est laquelle.');
  const carried = fieldsOf(asked.text, at('/lecture')).filter(([name]) => name !== 'titre');
  const titles: [string, string][] = ['Qui', 'Arrivé vers', 'Resté'].map((title) => ['titre', title]);
  const choose = (...fields: string[]): [string, string][] => fields.map((f) => ['colonne', f]);
  const wrong = await alice.post(at('/lecture'), [...carried, ...titles, ...choose('', '', 'minutes')]);
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('Dites quelle colonne contient le nom ou l’adresse.');
  const right = await alice.post(at('/lecture'), [...carried, ...titles, ...choose('name', 'joinedAt', 'minutes')]);
  expect(right.text).toContain('Ce fichier dit la présence de 2 personnes.');
  expect(await alice.post(at('/import'), fieldsOf(right.text, at('/import')))).toMatchObject({ status: 303 });
  expect((await alice.get(at())).text).toContain('2 personnes sont venues.');

  webinar = await madeWebinar(t, campaign.slug, {
    title: 'Mars',
    startsAt: new Date('2027-01-12T13:00:00Z'),
    endsAt: new Date('2027-01-12T14:00:00Z'),
  });
  const text =
    'Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\nA B,,01/02/2027 14:00,01/02/2027 15:00,60\n';
  const days = await alice.post(at('/lecture'), [], { name: 'z.csv', bytes: Buffer.from(text) });
  expect(days.text).toContain('Les jours de ce fichier se lisent de deux façons.');
  const settled = await alice.post(at('/lecture'), [...fieldsOf(days.text, at('/lecture')), ['dates', 'mois']]);
  expect(settled.text).toContain('À regarder avant de l’importer');
  expect(settled.text).toContain('samedi 2 janvier 2027');
});

test('no file, a file that is none, and a page that was altered are refused on the form', async () => {
  const alice = await browser(t.cast.alice);
  for (const [fields, file, message] of [
    [[], undefined, 'Choisissez le fichier'],
    [[], { name: 'a.pdf', bytes: Buffer.from('%PDF-1.7') }, 'un PDF'],
    [[['contenu', 'n’importe quoi']], undefined, 'perdu en route'],
  ] as [[string, string][], { name: string; bytes: Buffer } | undefined, string][]) {
    const page = await alice.post(at('/lecture'), fields, file);
    expect(page.status).toBe(422);
    expect(page.text).toContain(message);
  }
});

test('ids that are none are nobody’s, however many, and a name of file keeps no control character', async () => {
  const alice = await browser(t.cast.alice);
  for (const id of ['1.5', '1e30', 'Infinity', '99999999999999999999', '-1', '0x10', 'abc', '']) {
    const fields: [string, string][] = [
      ['inscription', id],
      ['personne', 'x'],
      ['venu', 'oui'],
    ];
    expect([id, (await alice.post(at('/decision'), fields)).status]).toEqual([id, 404]);
    expect([id, (await alice.post(at('/salle'), [['inscription', id]])).status]).toEqual([id, 404]);
  }
  const many = Array.from({ length: 70_000 }, (_, i): [string, string] => ['inscription', String(900_000_000 + i)]);
  expect((await alice.post(at('/salle'), many)).status).toBe(404);
  const shown = await alice.post(at('/lecture'), [], { name: 'a\0b\n.csv', bytes: fixture('teams-fr.csv') });
  expect(shown.status).toBe(200);
  expect((await alice.post(at('/import'), fieldsOf(shown.text, at('/import')))).status).toBe(303);
});

test('a stranger finds nothing, and a role without the names reads none (SEC-21)', async () => {
  const stranger = await browser(t.cast.etranger);
  expect((await stranger.get(at())).status).toBe(404);
  expect((await stranger.post(at('/lecture'), [], { name: 'a.csv', bytes: fixture('zoom-fr.csv') })).status).toBe(404);
  expect((await stranger.post(at('/salle'), [['inscription', '1']])).status).toBe(404);
  const david = await browser(t.cast.david);
  expect((await david.get(at())).status).toBe(403);
  const emma = await browser(t.cast.emma);
  const page = await emma.get(at());
  expect(page.status).toBe(200);
  expect(page.text).not.toContain('Lire ce fichier');
  expect((await emma.post(at('/lecture'), [], { name: 'a.csv', bytes: fixture('zoom-fr.csv') })).status).toBe(403);
});

test('hostile names are shown, and run nothing', async () => {
  const alice = await browser(t.cast.alice);
  const text =
    'Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"<script>alert(1)</script> \'; drop",,14/01/2027 14:00,14/01/2027 15:00,60\n';
  const shown = await alice.post(at('/lecture'), [], { name: '<b>x</b>.csv', bytes: Buffer.from(text) });
  await alice.post(at('/import'), fieldsOf(shown.text, at('/import')));
  const page = await alice.get(at());
  expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page.text).not.toContain('<script>alert');
});
