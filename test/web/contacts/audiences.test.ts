import { expect, test } from 'vitest';
import { createCampaign } from '../../../src/campaigns/create-campaign.ts';
import { audienceSentence } from '../../../src/contacts/audience-sentence.ts';
import { saveAudience } from '../../../src/contacts/save-audience.ts';
import { joint } from '../../campaigns/cast.ts';
import { testDatabase } from '../../support/database.ts';
import { house } from '../campaigns/house.ts';
import { idIn, makeContact, visit } from './visit.ts';

const t = await testDatabase();
const served = house(t);
const alice = await visit(served, t.cast.alice);
const bruno = await visit(served, t.cast.bruno);
const emma = await visit(served, t.cast.emma);
const etranger = await visit(served, t.cast.etranger);
await makeContact(t, t.cast.alice, 'breton@fibre.example');

test('an audience is counted while it is composed, saved, and said as a sentence', async () => {
  const counted = await alice.get('/audiences/apercu?level=terrain&region=Bretagne');
  expect(counted.text).toContain('1 contact');
  expect(counted.text).toContain('Les contacts de niveau terrain, en Bretagne.');
  const saved = await alice.post('/audiences/nouvelle', {
    name: 'Terrain breton',
    level: ['terrain'],
    region: ['Bretagne'],
    placedLevel: 'operationnel',
  });
  expect(saved.status).toBe(303);
  const page = await alice.get(saved.location);
  expect(page.text).toContain('breton@fibre.example'.split('@')[0]);
  expect(page.text).toContain('quel que soit leur niveau habituel');
});

test('« Compter » works without a script and loses nothing of what was typed', async () => {
  const answer = await alice.post('/audiences/nouvelle', {
    geste: 'compter',
    name: 'Encore',
    level: ['terrain'],
    departement: '35, 22',
  });
  expect(answer.status).toBe(303);
  const page = await alice.get(answer.location.replace('#compte', ''));
  expect(page.text).toContain('value="Encore"');
  expect(page.text).toContain('value="35, 22"');
  expect(page.text).toMatch(/value="terrain" checked/);
});

test('a value that does not exist is shown beside its field, with what was typed', async () => {
  const page = await alice.post('/audiences/nouvelle', { name: '', departement: '35, 999', naf: 'zzz' });
  expect(page.status).toBe(422);
  for (const field of ['name', 'departement', 'naf']) expect(page.text).toContain(`id="champ-${field}-erreur"`);
  expect(page.text).toContain('value="35, 999"');
});

test('two audiences of one name stay two', async () => {
  const first = await alice.post('/audiences/nouvelle', { name: 'Homonyme', level: ['terrain'] });
  const second = await alice.post('/audiences/nouvelle', { name: 'Homonyme', level: ['operationnel'] });
  expect(idIn(second.location)).not.toBe(idIn(first.location));
  expect((await alice.get(first.location)).text).toContain('de niveau terrain');
});

test('a change keeps the criteria that the form does not ask for', async () => {
  const { id } = await saveAudience(t.ctx(t.cast.alice), {
    slug: 'sauf-corse',
    name: 'Sauf Corse',
    rule: { not: { region: ['Corse'] } },
  });
  expect((await alice.post(`/audiences/${id}/modification`, { name: 'Sauf Corse', level: ['terrain'] })).status).toBe(
    303,
  );
  expect((await alice.get(`/audiences/${id}`)).text).toContain('Les contacts de niveau terrain, sauf ceux en Corse.');
});

test('a stranger’s audience does not exist, nor a campaign that is not one’s own (SEC-23)', async () => {
  const { location } = await alice.post('/audiences/nouvelle', { name: 'À moi', level: ['terrain'] });
  expect((await etranger.get(location)).status).toBe(404);
  expect((await etranger.get(`${location}/modification`)).status).toBe(404);
  expect((await etranger.post(`${location}/modification`, { name: 'À lui' })).status).toBe(404);
  expect((await etranger.get(`/audiences/apercu?audience=${idIn(location)}`)).status).toBe(404);
  const campaign = await createCampaign(t.ctx(t.cast.alice), joint());
  const planted = await etranger.post('/audiences/nouvelle', { name: 'Intruse', campaign: String(campaign.id) });
  expect(planted.status).toBe(422);
  expect(planted.text).toContain('id="champ-campaign-erreur"');
});

test('a partner reads the audience of a joint campaign, counts it in its own list only, and cannot change it', async () => {
  const campaign = await createCampaign(t.ctx(t.cast.alice), joint({ slug: 'pour-lire' }));
  const { location } = await alice.post('/audiences/nouvelle', {
    name: 'Commune',
    level: ['terrain'],
    campaign: String(campaign.id),
  });
  const page = await bruno.get(location);
  expect(page.status).toBe(200);
  expect(page.text).toContain('0 contact');
  expect(page.text).not.toContain('Modifier cette audience');
  expect((await bruno.post(`${location}/modification`, { name: 'Changée' })).status).toBe(403);
});

test('an administrateur reads audiences and writes none', async () => {
  expect((await emma.get('/audiences')).status).toBe(200);
  expect((await emma.get('/audiences/nouvelle')).status).toBe(403);
  expect((await emma.post('/audiences/nouvelle', { name: 'Non', level: ['terrain'] })).status).toBe(403);
});

test('a rule reads as one French sentence', () => {
  expect(audienceSentence({})).toBe('Tous les contacts.');
  expect(
    audienceSentence({
      level: ['terrain', 'operationnel'],
      public: ['entreprise'],
      departement: ['35'],
      sizeClass: ['<11', 'inconnu'],
      naf: ['61', '43.21'],
      job: ['gérant'],
      consent: { purpose: 'mesure_clic', value: 'granted' },
      not: { tags: ['presse'] },
    }),
  ).toBe(
    'Les contacts de niveau terrain ou opérationnel, du public « entreprise », dans le département 35 (Ille-et-Vilaine), dont l’entreprise compte moins de 11 salariés ou dont l’effectif est inconnu, dont le code NAF commence par 61 ou 43.21, dont la fonction contient « gérant », qui ont accepté la mesure de leurs clics, sauf ceux qui portent l’étiquette « presse ».',
  );
});
