import { beforeAll, expect, test } from 'vitest';
import { acrossOrganisations } from '../../../src/db/database.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { approve } from '../../support/factories.ts';
import { browser, type House, house, jointCampaign } from './house.ts';

type Browser = Awaited<ReturnType<typeof browser>>;
let t: TestDatabase;
let h: House;
let alice: Browser;
beforeAll(async () => {
  t = await testDatabase();
  await jointCampaign(t);
  h = house(t);
  alice = await browser(h, t.cast.alice);
});

const NEW = {
  titre: 'Le lancement',
  audience: 'tous',
  signataires: ['opco', 'btp'],
  phase: 'pendant',
  repetition: 'jamais',
};
const AT = '/campagnes/commune/envois/le-lancement/contenu';
const PRESS = {
  titre: 'Fibre : 28 fiches pour recruter',
  chapo: 'Tout est là.',
  lieu: 'Limoges',
  jour: '2026-12-03',
  embargo: '2026-12-03T08:00',
  nom: 'Léa Petit',
  telephone: '05 55 00 00 00',
  adresse: 'presse@opco.example',
  'a-propos': 'La campagne.',
};
const version = async (): Promise<string> => /name="version" value="(\d+)"/.exec((await alice.get(AT)).text)?.[1] ?? '';
const save = async (over: Record<string, string> = {}) =>
  alice.post(`${AT}/communique`, { version: await version(), ...PRESS, ...over });

test('a press release is a push like the others, on another channel', async () => {
  const form = await alice.get('/campagnes/commune/envois/nouveau');
  expect(form.text).toContain('Communiqué de presse');
  const made = await alice.post('/campagnes/commune/envois/nouveau', { ...NEW, canal: 'communique' });
  expect(made).toMatchObject({ status: 303, location: AT });
  const page = await alice.get(AT);
  expect(page.text).toContain('Chapô');
  expect(page.text).toContain('value="Le lancement"');
  expect((await alice.get('/campagnes/commune/envois/le-lancement')).status).toBe(200);
});

test('its parts are saved as typed, and shown again; the page says when anybody will read it', async () => {
  expect((await save()).status).toBe(303);
  const { text } = await alice.get(AT);
  for (const value of [...Object.values(PRESS).slice(0, 1), 'presse@opco.example', '2026-12-03T08:00'])
    expect(text).toContain(value);
  expect(text).toContain('/communiques/commune/le-lancement');
  expect(text).toMatch(/s’ouvre le jeudi 3 décembre 2026 à 8.h/);
});

test('what cannot be is said at its field, with what was typed', async () => {
  const refused = await save({ telephone: 'appelez-moi', adresse: 'presse', chapo: 'Autre chapô' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('id="champ-telephone-erreur"');
  expect(refused.text).toContain('id="champ-adresse-erreur"');
  expect(refused.text).toContain('Autre chapô');
  expect((await save({ embargo: '2026-13-45T99:00' })).text).toContain('id="champ-embargo-erreur"');
  expect((await save({ titre: ' ' })).status).toBe(422);
});

test('only blocks that have their place in it are offered, and no other is taken', async () => {
  const { text } = await alice.get(`${AT}/blocs/nouveau`);
  for (const kind of ['title', 'text', 'testimony', 'image', 'resource', 'button', 'separator'])
    expect(text).toContain(`type=${kind}&amp;`);
  expect(text).not.toContain('type=video');
  expect((await alice.get(`${AT}/blocs/nouveau?type=video`)).status).toBe(404);
  const added = await alice.post(`${AT}/blocs/nouveau`, {
    version: await version(),
    type: 'text',
    markdown: 'Vingt-huit fiches.',
  });
  expect(added.status).toBe(303);
  // Its chapô may say it all: the last block may go.
  expect((await alice.post(`${AT}/blocs/b1/retrait`, { version: await version() })).status).toBe(303);
});

test('a departure under embargo is told by the proofreading, and not submitted', async () => {
  const at = '/campagnes/commune/envois/le-lancement';
  const settings = { ...NEW, date: '2026-12-03T07:00', version: await version() };
  expect((await alice.post(at, settings)).status).toBe(303);
  expect((await alice.get(at)).text).toContain('sous embargo');
  expect((await alice.post(`${at}/soumission`, {})).status).not.toBe(303);
});

test('a partner reads it and changes nothing; a stranger finds nothing', async () => {
  const bruno = await browser(h, t.cast.bruno);
  const page = await bruno.get(AT);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Tout est là.');
  expect(page.text).not.toContain(`action="${AT}/communique"`);
  expect([403, 404, 409]).toContain((await bruno.post(`${AT}/communique`, { version: '1', ...PRESS })).status);
  const stranger = await browser(h, t.cast.etranger);
  expect((await stranger.get(AT)).status).toBe(404);
  expect((await stranger.post(`${AT}/communique`, { version: '1', ...PRESS })).status).toBe(404);
});

test('a newsletter has no such part', async () => {
  const made = await alice.post('/campagnes/commune/envois/nouveau', {
    ...NEW,
    titre: 'Une lettre',
    canal: 'newsletter',
  });
  const page = await alice.get(made.location);
  expect(page.text).not.toContain('Chapô');
  expect((await alice.post(`${made.location}/communique`, { version: '1', ...PRESS })).status).toBe(404);
});

test('approved under embargo, it waits for its hour, and the page says so instead of offering to send', async () => {
  const at = '/campagnes/commune/envois/le-lancement';
  expect((await alice.post(at, { ...NEW, date: '', version: await version() })).status).toBe(303);
  expect((await save()).status).toBe(303);
  expect((await alice.post(`${at}/soumission`, {})).status).toBe(303);
  const { id } = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('pushes').select('id').where('slug', '=', 'le-lancement').executeTakeFirstOrThrow(),
  );
  await approve(t, id, t.cast.alice);
  await approve(t, id, t.cast.bruno);
  const { text } = await alice.get(at);
  expect(text).toContain('Sous embargo');
  expect(text).not.toContain('Voir ce qui partira, et envoyer');
  const later = house(t, () => new Date('2026-12-03T07:00:00Z'));
  expect((await (await browser(later, t.cast.alice)).get(at)).text).toContain('Voir ce qui partira, et envoyer');
});
