import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../../src/db/database.ts';
import { storeCaught } from '../../../src/deliveries/catch-mails.ts';
import { prepare, splice } from '../../../src/mail/skeleton.ts';
import { cancelWebinar } from '../../../src/pushes/edit-webinar.ts';
import { renderVariant } from '../../../src/rendering/render-variant.ts';
import type { WebinarRow } from '../../../src/webinars/queries.ts';
import { invitation } from '../../rendering/invitation.ts';
import { NOW, type TestDatabase, testDatabase } from '../../support/database.ts';
import { approve } from '../../support/factories.ts';
import { madeWebinar } from '../../webinars/made-webinar.ts';
import { browser, type House, house, jointCampaign } from './house.ts';

type Browser = Awaited<ReturnType<typeof browser>>;
let t: TestDatabase;
let h: House;
let alice: Browser;
let webinar: WebinarRow;
beforeAll(async () => {
  t = await testDatabase();
  await jointCampaign(t);
  webinar = await madeWebinar(t, 'commune');
  h = house(t);
  alice = await browser(h, t.cast.alice);
});

const NEW = {
  titre: 'Venez au webinaire',
  audience: 'tous',
  signataires: ['opco', 'btp'],
  phase: 'pendant',
  repetition: 'jamais',
  echeance: '2027-01-14T14:00',
};
const FORM = '/campagnes/commune/envois/nouveau';
const PUSH = '/campagnes/commune/envois/venez-au-webinaire';
const AT = `${PUSH}/contenu`;
const stored = () =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('pushes')
      .select(['channel', 'content', 'deadline_at'])
      .where('slug', '=', 'venez-au-webinaire')
      .executeTakeFirstOrThrow(),
  );
const version = async () => /name="version" value="(\d+)"/.exec((await alice.get(AT)).text)?.[1] ?? '';

describe('a new invitation', () => {
  test('begins with what the webinar says, when one comes from its page', async () => {
    const { text } = await alice.get(`${FORM}?canal=webinaire&webinaire=${webinar.slug}`);
    expect(text).toContain('value="Invitation : Les outils, pour de vrai"');
    expect(text).toContain('value="2027-01-14T14:00"');
    expect(text).toMatch(/value="webinaire"[^>]* checked|checked[^>]* value="webinaire"/);
    expect(text).toMatch(new RegExp(`<option value="${webinar.slug}" selected`));
    const plain = await alice.get(FORM);
    expect(plain.text).not.toContain('Invitation : Les outils');
  });

  test('is refused without a webinar, with another campaign’s, and with none that is to come', async () => {
    for (const webinaire of ['', 'nulle-part']) {
      const refused = await alice.post(FORM, { ...NEW, canal: 'webinaire', webinaire });
      expect(refused.status).toBe(422);
      expect(refused.text).toContain('id="champ-webinaire-erreur"');
      expect(refused.text).toContain('Venez au webinaire');
    }
    const over = await madeWebinar(t, 'commune', { title: 'Il n’aura pas lieu' });
    await cancelWebinar(t.ctx(t.cast.alice), 'commune', over.slug, 'Salle inondée.');
    expect((await alice.get(FORM)).text).not.toContain('Il n’aura pas lieu');
    expect((await alice.post(FORM, { ...NEW, canal: 'webinaire', webinaire: over.slug })).status).toBe(422);
  });

  test('is a push like the others, its subject made from the day of the webinar', async () => {
    const made = await alice.post(FORM, { ...NEW, canal: 'webinaire', webinaire: webinar.slug });
    expect(made).toMatchObject({ status: 303, location: AT });
    expect(await stored()).toMatchObject({
      channel: 'webinaire',
      content: { subject: 'Webinaire du 14 janvier : Les outils, pour de vrai', webinar: webinar.slug, blocks: [] },
      deadline_at: webinar.startsAt,
    });
    expect((await alice.get(PUSH)).status).toBe(200);
  });
});

test('its content page says which webinar, and lets another be chosen; never none', async () => {
  const other = await madeWebinar(t, 'commune', { title: 'Un autre rendez-vous' });
  const { text } = await alice.get(AT);
  expect(text).toContain('Les outils, pour de vrai');
  expect(text).toMatch(/jeudi 14 janvier 2027, 14.h/);
  expect(text).toContain(`/webinaires/${webinar.address}`);
  expect(text).toContain('Un autre rendez-vous');
  expect((await alice.post(`${AT}/webinaire`, { version: await version(), webinaire: '' })).status).toBe(422);
  const change = async (slug: string) =>
    (await alice.post(`${AT}/webinaire`, { version: await version(), webinaire: slug })).status;
  expect(await change(other.slug)).toBe(303);
  expect((await stored()).content).toMatchObject({ webinar: other.slug });
  expect((await alice.post(`${AT}/webinaire`, { version: '1', webinaire: webinar.slug })).status).toBe(409);
  expect(await change(webinar.slug)).toBe(303);
});

test('blocks come and go, down to none', async () => {
  const bloc = { type: 'text', apres: '', markdown: 'Apportez une question.' };
  expect((await alice.post(`${AT}/blocs/nouveau`, { ...bloc, version: await version() })).status).toBe(303);
  expect((await alice.get(AT)).text).toContain('Apportez une question.');
  expect((await alice.post(`${AT}/blocs/b1/retrait`, { version: await version() })).status).toBe(303);
  expect((await stored()).content).toMatchObject({ blocks: [] });
});

test('the preview shows the message and names its file; then it is approved like a letter', async () => {
  const preview = await alice.get(`${PUSH}/apercu`);
  expect(preview.text).toContain('webinaire.ics');
  const { text } = await alice.get(`${PUSH}/apercu.html?organisation=btp&niveau=terrain`);
  expect(text).toContain('jeudi 14 janvier 2027');
  expect(text).toContain(`/webinaires/${webinar.address}?de=lettre`);
  expect(text).not.toContain('/moi/');
  const submitted = await alice.post(`${PUSH}/soumission`, { version: await version() });
  expect(submitted.status).toBe(303);
  const bruno = await browser(h, t.cast.bruno);
  expect((await bruno.get(`${PUSH}/validation`)).text).toContain('webinaire.ics');
  const { id } = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('pushes').select('id').where('slug', '=', 'venez-au-webinaire').executeTakeFirstOrThrow(),
  );
  expect(await approve(t, id, t.cast.alice)).toMatchObject({ complete: false });
  expect(await approve(t, id, t.cast.bruno)).toMatchObject({ complete: true });
});

test('a partner does not change the webinar of the lead’s push; a stranger finds nothing', async () => {
  const bruno = await browser(h, t.cast.bruno);
  const asked = await bruno.post(`${AT}/webinaire`, { version: await version(), webinaire: webinar.slug });
  expect(asked.status).toBe(409);
  expect(asked.text).toContain('organisation pilote');
  const etranger = await browser(h, t.cast.etranger);
  expect((await etranger.get(`${FORM}?canal=webinaire&webinaire=${webinar.slug}`)).status).toBe(404);
  expect((await etranger.post(`${AT}/webinaire`, { version: '1', webinaire: webinar.slug })).status).toBe(404);
});

test('the demonstration mailbox lets the file of a message be saved, whole, and never shows it as a page', async () => {
  const { skeleton, attachments } = await renderVariant(invitation());
  const raw = splice(prepare(skeleton), {
    to: 'lea@exemple.fr',
    date: 'Sun, 22 Nov 2026 10:00:00 +0000',
    messageId: '1.abc@opco.example',
    greeting: 'Bonjour,',
    unsubscribe: 'https://pv.example/d/x',
    preferences: 'https://pv.example/preferences/x',
    web: 'https://pv.example/lettre/x',
    register: 'https://pv.example/webinaires/x/moi/x',
    notice: '',
    'link:0': 'https://pv.example/r/a',
    'link:1': 'https://pv.example/r/b',
    'link:2': 'https://pv.example/r/c',
  });
  await storeCaught(t.db, [{ mailFrom: 'lettre@opco.example', rcptTo: 'lea@exemple.fr', raw, receivedAt: NOW }]);
  const { id } = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('caught_mails').select('id').where('rcpt_to', '=', 'lea@exemple.fr').executeTakeFirstOrThrow(),
  );
  expect((await alice.get(`/courrier/${id}`)).text).toContain(`/courrier/${id}/pieces/1`);
  const file = await alice.get(`/courrier/${id}/pieces/1`);
  expect(file.text).toBe(attachments[0]?.content);
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="webinaire.ics"');
  expect(file.headers.get('content-type')).toBe('application/octet-stream');
  expect((await alice.get(`/courrier/${id}/pieces/2`)).status).toBe(404);
  const etranger = await browser(h, t.cast.etranger);
  expect((await etranger.get(`/courrier/${id}/pieces/1`)).status).toBe(404);
});
