import { expect, test } from 'vitest';
import { createCampaign } from '../../../src/campaigns/create-campaign.ts';
import { saveAudience } from '../../../src/contacts/save-audience.ts';
import { joint } from '../../campaigns/cast.ts';
import { testDatabase } from '../../support/database.ts';
import { house } from '../campaigns/house.ts';
import { makeContact, visit } from './visit.ts';

const t = await testDatabase();
const served = house(t);
const alice = await visit(served, t.cast.alice);
const bruno = await visit(served, t.cast.bruno);
const david = await visit(served, t.cast.david);
const caps = { perPerson: 3, days: 10, perCompany: 8, companyDays: 60 };
const { id: campaignId } = await createCampaign(t.ctx(t.cast.alice), joint({ caps }));
const { id: audienceId } = await saveAudience(t.ctx(t.cast.alice), {
  slug: 'tous',
  name: 'Tout le monde',
  campaignId,
  rule: {},
});
await makeContact(t, t.cast.alice, 'une@fibre.example');

const enquiry = { kind: 'enquete', label: 'Enquête sur les besoins', at: '2026-11-20', audienceId: String(audienceId) };

test('a partner declares an enquiry, sees for whom it counts, and withdraws it', async () => {
  expect((await alice.get('/sollicitations')).text).toContain('Rien n’est déclaré pour l’instant.');
  const declared = await alice.post('/sollicitations', enquiry);
  expect(declared).toMatchObject({ status: 303, location: '/sollicitations' });
  const page = await alice.get('/sollicitations?jours=30');
  expect(page.text).toContain('Enquête sur les besoins');
  expect(page.text).toContain('audience « Tout le monde », 1 contact');
  expect(page.text).toContain('comment c’est compté');
  expect(page.text).toMatch(/jamais : 0 ; 1 fois : 1 ;/);
  expect((await bruno.get('/sollicitations')).text).not.toContain('Enquête sur les besoins');
  const id = /\/sollicitations\/(\d+)\/retrait/.exec(page.text)?.[1];
  expect(await bruno.post(`/sollicitations/${id}/retrait`)).toMatchObject({ status: 404 });
  expect(await alice.post(`/sollicitations/${id}/retrait`)).toMatchObject({ status: 303 });
  expect((await alice.get('/sollicitations?jours=30')).text).toMatch(/jamais : 1 ; 1 fois : 0 ;/);
});

test('what is wrong is said at its field, and nothing typed is lost', async () => {
  const { status, text } = await alice.post('/sollicitations', { ...enquiry, kind: '', at: '2026-02-31' });
  expect(status).toBe(422);
  expect(text).toContain('Choisissez ce qui a été fait.');
  expect(text).toContain('Donnez une date qui existe.');
  expect(text).toContain('value="Enquête sur les besoins"');
  expect(text).toContain('2 points sont à corriger');
});

test('the caps of a campaign are said there and on its own page', async () => {
  expect((await alice.get('/sollicitations')).text).toContain('au plus 3 fois en 10 jours');
  expect((await alice.get('/campagnes/commune')).text).toContain(
    'une personne 3 fois en 10 jours, une entreprise 8 fois en 60 jours',
  );
});

test('somebody who may not read contacts is told so', async () => {
  expect((await david.get('/sollicitations')).status).toBe(403);
});
