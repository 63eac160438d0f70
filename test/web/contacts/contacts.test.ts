import { expect, test } from 'vitest';
import { testDatabase } from '../../support/database.ts';
import { house } from '../campaigns/house.ts';
import { makeContact, visit } from './visit.ts';

const t = await testDatabase();
const served = house(t);
const alice = await visit(served, t.cast.alice);
const emma = await visit(served, t.cast.emma);
const david = await visit(served, t.cast.david);
const etranger = await visit(served, t.cast.etranger);

test('a contact’s page says who it is, where the address comes from, and that it may be written to', async () => {
  const id = await makeContact(t, t.cast.alice, 'durand@fibre.example');
  const page = await alice.get(`/contacts/${id}`);
  expect(page.status).toBe(200);
  for (const text of ['durand@fibre.example', 'essai', 'Bretagne', 'ni désinscription ni opposition'])
    expect(page.text).toContain(text);
});

test('the list is searched and filtered; a filter that means nothing filters nothing', async () => {
  await makeContact(t, t.cast.alice, 'chercheuse@fibre.example');
  expect((await alice.get('/contacts?recherche=chercheuse')).text).toContain('chercheuse@fibre.example');
  expect((await alice.get('/contacts?recherche=personne-du-tout')).text).toContain('Aucun contact ne correspond');
  expect((await alice.get('/contacts?niveau=institutionnel')).text).toContain('Aucun contact ne correspond');
  expect((await alice.get('/contacts?niveau=n-importe&apres=abc')).text).toContain('chercheuse@fibre.example');
});

test('a stranger’s contact does not exist, whatever is asked of it (SEC-23, PRV-53)', async () => {
  const id = await makeContact(t, t.cast.alice, 'secret@fibre.example');
  for (const path of ['', '/effacement', '/opposition', '/donnees.json', '/donnees.csv']) {
    const answer = await etranger.get(`/contacts/${id}${path}`);
    expect(answer.status, path).toBe(404);
    expect(answer.text).not.toContain('secret@fibre.example');
  }
  expect((await etranger.post(`/contacts/${id}/effacement`)).status).toBe(404);
  expect((await etranger.post(`/contacts/${id}/opposition`, { source: 'appel', scope: 'organisation' })).status).toBe(
    404,
  );
  expect((await alice.get(`/contacts/${id}`)).text).toContain('ni désinscription ni opposition');
  expect((await etranger.get('/contacts')).text).not.toContain('secret@fibre.example');
  expect((await etranger.get('/contacts/99999999999999')).status).toBe(404);
});

test('an évaluateur reads no personal data', async () => {
  const id = await makeContact(t, t.cast.alice, 'prive@fibre.example');
  for (const path of ['/contacts', `/contacts/${id}`, '/contacts/export.csv', '/audiences'])
    expect((await david.get(path)).status, path).toBe(403);
});

test('only the administrateur exports (CSV and Excel), and the others are not offered it', async () => {
  await makeContact(t, t.cast.alice, 'export@fibre.example');
  expect((await alice.get('/contacts')).text).not.toContain('export.csv');
  expect((await alice.get('/contacts/export.csv')).status).toBe(403);
  const csv = await emma.get('/contacts/export.csv');
  expect(csv.status).toBe(200);
  expect(csv.headers.get('content-disposition')).toContain('contacts.csv');
  expect(csv.text).toContain('export@fibre.example');
  expect((await emma.get('/contacts/export.xlsx')).text.startsWith('PK')).toBe(true);
});

test('an opposition asks how it came, then stops every message (PRV-41)', async () => {
  const id = await makeContact(t, t.cast.alice, 'oppose@fibre.example');
  const empty = await alice.post(`/contacts/${id}/opposition`, { source: ' ', scope: 'ailleurs' });
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('id="champ-source-erreur"');
  expect(empty.text).toContain('id="champ-scope-erreur"');
  expect(
    (await alice.post(`/contacts/${id}/opposition`, { source: 'appel du 20', scope: 'organisation' })).status,
  ).toBe(303);
  const page = await alice.get(`/contacts/${id}`);
  expect(page.text).toContain('Non : opposition');
  expect(page.text).toContain('appel du 20');
});

test('a person gets all that is held on them, in both formats (PRV-55)', async () => {
  const id = await makeContact(t, t.cast.alice, 'droits@fibre.example');
  const json = await emma.get(`/contacts/${id}/donnees.json`);
  expect(JSON.parse(json.text)).toMatchObject({
    profile: { address: 'droits@fibre.example', source: 'essai' },
    consents: [],
    messages: [],
  });
  expect((await emma.get(`/contacts/${id}/donnees.csv`)).text).toContain('profil;address;droits@fibre.example');
  expect((await alice.get(`/contacts/${id}/donnees.json`)).status).toBe(403);
});

test('a contact is erased after a page that says what will happen; without its token, nothing happens', async () => {
  const id = await makeContact(t, t.cast.alice, 'efface@fibre.example');
  expect((await alice.get(`/contacts/${id}/effacement`)).text).toContain('C’est définitif');
  expect((await alice.post(`/contacts/${id}/effacement`, {}, 'autre')).status).toBe(403);
  expect((await alice.get(`/contacts/${id}`)).status).toBe(200);
  expect(await alice.post(`/contacts/${id}/effacement`)).toMatchObject({ status: 303, location: '/contacts' });
  expect((await alice.get(`/contacts/${id}`)).status).toBe(404);
});
