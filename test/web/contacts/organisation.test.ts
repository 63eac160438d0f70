import { expect, test } from 'vitest';
import { testDatabase } from '../../support/database.ts';
import { house } from '../campaigns/house.ts';
import { visit } from './visit.ts';

const t = await testDatabase();
const served = house(t);
const alice = await visit(served, t.cast.alice);
const emma = await visit(served, t.cast.emma);

const identity = {
  name: 'OPCO de test',
  senderName: 'La lettre de test',
  senderAddress: 'lettre@opco.example',
  replyTo: '',
  postalAddress: '1 rue de l’Essai, 75001 Paris',
  privacyContact: 'dpo@opco.example',
  colour: '#00685e',
  accent: '#c2410c',
};

test('an administrateur changes what recipients see; the others read it', async () => {
  expect((await emma.post('/organisation/identite', identity)).location).toBe('/organisation');
  const page = await alice.get('/organisation');
  expect(page.text).toContain('La lettre de test');
  expect(page.text).toContain('#00685e');
  expect(page.text).not.toContain('href="/organisation/identite"');
  expect((await alice.get('/organisation/identite')).status).toBe(403);
  expect((await alice.post('/organisation/identite', identity)).status).toBe(403);
});

test('a wrong identity comes back with what was typed and each error in its place (MAIL-11)', async () => {
  const page = await emma.post('/organisation/identite', {
    ...identity,
    senderAddress: 'opco@gmail.com',
    replyTo: 'non',
    senderName: '',
  });
  expect(page.status).toBe(422);
  for (const field of ['senderAddress', 'replyTo', 'senderName'])
    expect(page.text).toContain(`id="champ-${field}-erreur"`);
  expect(page.text).toContain('value="opco@gmail.com"');
});

test('an administrateur invites a person, who then appears with their roles', async () => {
  const wrong = await emma.post('/organisation/invitation', { name: '', address: 'pas une adresse' });
  expect(wrong.status).toBe(422);
  for (const field of ['name', 'address', 'roles']) expect(wrong.text).toContain(`id="champ-${field}-erreur"`);
  expect(wrong.text).toContain('value="pas une adresse"');
  const invited = { name: 'Farid Nouveau', address: 'farid@opco.example', roles: ['valideur', 'communicant'] };
  expect((await alice.post('/organisation/invitation', invited)).status).toBe(403);
  expect((await emma.post('/organisation/invitation', invited)).status).toBe(303);
  expect((await alice.get('/organisation')).text).toMatch(/Farid Nouveau.*communicant, valideur/s);
});

test('a form without its token changes nothing (ASVS 3.5.1)', async () => {
  expect((await emma.post('/organisation/identite', { ...identity, name: 'Piratée' }, 'autre')).status).toBe(403);
  expect((await emma.get('/organisation')).text).not.toContain('Piratée');
});
