import { expect, test } from 'vitest';
import { runImport } from '../../../src/contacts/run-import.ts';
import { NOW, SECRETS, testDatabase } from '../../support/database.ts';
import { house } from '../campaigns/house.ts';
import { fileOf, idIn, visit } from './visit.ts';

const t = await testDatabase();
const served = house(t);
const alice = await visit(served, t.cast.alice);
const david = await visit(served, t.cast.david);
const etranger = await visit(served, t.cast.etranger);

const FLAWED = fileOf(
  'salon.csv',
  'Prénom;Nom;Courriel;Région;SIRET;Niveau',
  'Odile;Téllier;odile@fibre.example;Bretagne;;terrain',
  'Paul;Sans-Adresse;;Bretagne;;terrain',
  'Inès;Faute;ines@@fibre;Bretagne;;terrain',
  'Zoé;Martin;zoe@fibre.example;Bretagne;123;operationnel',
  'Odile;Double;odile@fibre.example;Bretagne;;terrain',
);
const source = 'inscrits au salon de Rennes';

test('a flawed file is read without effect, then imported, and every line is accounted for', async () => {
  const kept = await alice.post('/contacts/imports/nouveau', { file: FLAWED, source, collectedOn: '2026-03-12' });
  expect(kept.status).toBe(303);
  const analysis = await alice.get(kept.location);
  expect(analysis.text).toContain('2 nouveaux contacts');
  expect(analysis.text).toContain('2 lignes refusées');
  expect(analysis.text).toContain('La ligne n’a pas d’adresse électronique');
  expect(analysis.text).toContain('ines@@fibre');
  expect(analysis.text).toContain(`${source} (collecte : 12 mars 2026)`);
  expect((await alice.get('/contacts')).text).toContain('Votre liste est vide');

  const refused = await alice.get(`${kept.location}/lignes.csv`);
  expect(refused.headers.get('content-type')).toContain('text/csv');
  // Its first characters are the byte order mark, which `text()` takes for itself.
  expect(refused.text.split('\r\n').map((line) => line.split(';')[0])).toEqual(['Ligne', '3', '4', '']);

  const started = await alice.post(`${kept.location}/depart`);
  expect(started).toMatchObject({ status: 303, location: kept.location });
  const importId = idIn(kept.location);
  expect(served.woken).toContainEqual({ kind: 'import', importId });
  const waiting = await alice.get(kept.location);
  expect(waiting.text).toContain(`data-live="${kept.location}/avancement"`);
  expect(waiting.text).toContain('En attente de son tour');

  await runImport(t.db, SECRETS, importId, NOW);
  const fragment = await alice.get(`${kept.location}/avancement`);
  expect(fragment.text).toContain('Lire le compte rendu');
  expect(fragment.text).not.toContain('data-live');
  const report = await alice.get(kept.location);
  expect(report.text).toContain('2 contacts ont rejoint votre liste');
  expect(report.text).toContain('les 5 lignes du fichier');
  expect(report.text).toContain('La ligne n’a pas d’adresse électronique');
  expect((await alice.get('/contacts')).text).toContain('2 contacts dans votre liste');
});

test('an import starts once, however often the button is pressed', async () => {
  const kept = await alice.post('/contacts/imports/nouveau', { file: FLAWED, source });
  expect((await alice.post(`${kept.location}/depart`)).status).toBe(303);
  expect((await alice.post(`${kept.location}/depart`)).status).toBe(404);
});

test('a file without source, or without file, comes back with what was typed and each error in its place', async () => {
  const page = await alice.post('/contacts/imports/nouveau', {
    source: ' ',
    collectedOn: '2031-01-01',
    level: 'terrain',
  });
  expect(page.status).toBe(422);
  expect(page.text).toContain('id="champ-file-erreur"');
  expect(page.text).toContain('id="champ-source-erreur"');
  expect(page.text).toContain('id="champ-collectedOn-erreur"');
  expect(page.text).toMatch(/<option value="terrain" selected/);
});

test('a file that is no contact file is refused in a sentence', async () => {
  const pdf = new File(['%PDF-1.7'], 'liste.pdf');
  const page = await alice.post('/contacts/imports/nouveau', { file: pdf, source });
  expect(page.status).toBe(422);
  expect(page.text).toContain('Ce fichier est un PDF');
});

test('a column that was not recognised is named by the person, and the file is read again', async () => {
  const odd = fileOf('bizarre.csv', 'Qui;Où écrire', 'Léa;lea@fibre.example');
  const kept = await alice.post('/contacts/imports/nouveau', { file: odd, source, level: 'terrain' });
  expect((await alice.get(kept.location)).text).toContain('Aucune colonne d’adresse électronique');
  expect((await alice.post(`${kept.location}/depart`)).status).toBe(409);

  const mapping = `${kept.location}/correspondance`;
  const twice = await alice.post(mapping, { 'colonne-0': 'email', 'colonne-1': 'email', level: 'terrain' });
  expect(twice.status).toBe(422);
  expect(twice.text).toContain('id="champ-colonne-1-erreur"');
  const noLevel = await alice.post(mapping, { 'colonne-0': 'firstName', 'colonne-1': 'email', level: '' });
  expect(noLevel.status).toBe(422);
  expect(noLevel.text).toContain('id="champ-level-erreur"');

  expect((await alice.post(mapping, { 'colonne-0': 'firstName', 'colonne-1': 'email', level: 'terrain' })).status).toBe(
    303,
  );
  expect((await alice.get(kept.location)).text).toContain('1 nouveau contact');
});

test('a file given up leaves nothing behind', async () => {
  const kept = await alice.post('/contacts/imports/nouveau', { file: FLAWED, source });
  expect((await alice.post(`${kept.location}/abandon`)).location).toBe('/contacts/imports');
  expect((await alice.get(kept.location)).status).toBe(404);
});

test('a stranger’s import does not exist, whatever is asked of it (SEC-23)', async () => {
  const { location } = await alice.post('/contacts/imports/nouveau', { file: FLAWED, source });
  for (const path of [location, `${location}/avancement`, `${location}/lignes.csv`])
    expect((await etranger.get(path)).status, path).toBe(404);
  for (const path of [`${location}/depart`, `${location}/abandon`, `${location}/correspondance`])
    expect((await etranger.post(path)).status, path).toBe(404);
  expect((await alice.get(location)).status).toBe(200);
});

test('an évaluateur imports nothing and reads no import', async () => {
  expect((await david.get('/contacts/imports')).status).toBe(403);
  expect((await david.get('/contacts/imports/nouveau')).status).toBe(403);
  expect((await david.post('/contacts/imports/nouveau', { file: FLAWED, source })).status).toBe(403);
});

test('a form without its token acts on nothing (ASVS 3.5.1)', async () => {
  const before = (await alice.get('/contacts/imports')).text.match(/salon\.csv/g)?.length;
  expect((await alice.post('/contacts/imports/nouveau', { file: FLAWED, source }, 'autre')).status).toBe(403);
  expect((await alice.get('/contacts/imports')).text.match(/salon\.csv/g)?.length).toBe(before);
});
