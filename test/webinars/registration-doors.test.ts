import ICAL from 'ical.js';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { cancelWebinar, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { holdWebinar } from '../../src/webinars/act-webinar.ts';
import { prefillToken } from '../../src/webinars/prefill.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { readRegistrants } from '../../src/webinars/read-registrants.ts';
import { exportForSpeakers } from '../../src/webinars/speaker-export.ts';
import { SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush, makeCampaign } from '../support/factories.ts';
import { madeWebinar, WEBINAR } from './made-webinar.ts';
import { lettersOf, managePath, PERSON, registrationsOf, visitorHouse } from './visitor.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
let webinar: WebinarRow;
let house: ReturnType<typeof visitorHouse>;

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = await makeCampaign(t);
  webinar = await madeWebinar(t, campaign.slug, { joinNote: 'Code 4417' });
  house = visitorHouse(t);
});
const firstId = async () => (await registrationsOf(t, webinar.id))[0]?.id ?? 0;

describe('robots', () => {
  test('register sixty times an hour from one network, and read when to come back', async () => {
    house.at.network = '203.0.113.77';
    for (let i = 0; i < 60; i++)
      expect((await house.register(webinar.address, { address: `r${i}@fibre.example` })).status).toBe(303);
    const refused = await house.register(webinar.address, { address: 'r60@fibre.example' });
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('dans une heure');
    expect(await registrationsOf(t, webinar.id)).toHaveLength(60);
    house.at.now = new Date(house.at.now.getTime() + 61 * 60_000);
    expect((await house.register(webinar.address, { address: 'r60@fibre.example' })).status).toBe(303);
  });

  test('change nothing by GET or HEAD, whatever they follow (BOT-04)', async () => {
    await house.register(webinar.address);
    const before = JSON.stringify(await registrationsOf(t, webinar.id));
    const mine = managePath(await firstId());
    const query = new URLSearchParams(PERSON);
    for (const path of [
      `/webinaires/${webinar.address}?${query}`,
      `/webinaires/${webinar.address}/inscription?${query}`,
      mine,
      `${mine}?${query}`,
      `${mine}/annulation`,
      `${mine}/agenda.ics`,
    ])
      for (const method of ['GET', 'HEAD']) await house.ask(method, path);
    expect(JSON.stringify(await registrationsOf(t, webinar.id))).toBe(before);
    expect([...(await lettersOf(t, webinar.id)).values()]).toEqual([['confirmation']]);
  });

  test('that send what no form sends are told so', async () => {
    expect((await house.register(webinar.address, { question: 'x'.repeat(20_000) })).status).toBe(413);
    expect((await house.post(`/webinaires/${webinar.address}/inscription`, {})).status).toBe(422);
  });
});

describe('hostile words', () => {
  test.each([
    ['a script', '<script>alert(1)</script>', 303],
    ['a formula', "=cmd|'/C calc'!A0", 303],
    ['an emoji', 'Zoé 👩‍🚀', 422],
    ['a plain emoji', 'Zoé 🚀', 303],
    ['300 characters', 'é'.repeat(300), 422],
    ['a text that turns round', 'Léa \u202egro.elpmexe', 422],
    ['a new line', 'Léa\r\nBcc: tous@exemple.fr', 422],
    ['a null', 'Lé\0a', 303],
  ])('%s as a name', async (_, firstName, status) => {
    const answer = await house.register(webinar.address, { firstName, company: firstName.slice(0, 100) });
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('<script>alert');
    const people = await registrationsOf(t, webinar.id);
    expect(people).toHaveLength(status === 303 ? 1 : 0);
    if (status !== 303) return;
    const { text } = await house.get(managePath(people[0]?.id ?? 0));
    expect(text).not.toContain('<script>alert');
    const mails = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('outbox').select('message').where('about', '=', `webinar:${webinar.id}`).execute(),
    );
    for (const { message } of mails) {
      const { html, subject } = message as { html: string; subject: string };
      expect(html).not.toContain('<script>');
      expect(subject).not.toMatch(/[\r\n]/);
    }
    const csv = await exportForSpeakers(t.ctx(t.cast.alice), campaign.slug, webinar.slug);
    expect(csv.text).not.toMatch(/[;\n]"?=cmd/);
  });

  test.each([
    'pas-une-adresse',
    'a@b',
    'lea@fibre.example\r\nBcc: tous@exemple.fr',
    'lea@fibre.example, autre@fibre.example',
    '"<script>"@fibre.example',
  ])('%s as an address', async (address) => {
    const answer = await house.register(webinar.address, { address });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('prenom.nom@organisme.fr');
    expect(answer.text).toContain('value="Petit"');
    expect(await registrationsOf(t, webinar.id)).toEqual([]);
  });

  test('an organisation that does not organise, a public or a département that does not exist', async () => {
    const wrong: Record<string, string>[] = [
      { organisation: 'etranger' },
      { organisation: '' },
      { public: 'roi' },
      { departement: '999' },
    ];
    for (const over of wrong) expect((await house.register(webinar.address, over)).status).toBe(422);
    expect(await registrationsOf(t, webinar.id)).toEqual([]);
  });
});

describe('a person’s own link', () => {
  test('shows the way in, corrects what was typed, and keeps all of it from others', async () => {
    await house.register(webinar.address);
    const id = await firstId();
    const mine = managePath(id);
    const page = await house.get(mine);
    expect(page.text).toContain('href="https://reunion.example/salle"');
    expect(page.text).toContain('Code 4417');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('x-robots-tag')).toContain('noindex');
    expect(page.headers.get('cache-control')).toBe('no-store');
    const changed = { firstName: 'Léa', lastName: 'Petit-Grand', company: '', question: 'Combien ?' };
    expect((await house.post(mine, changed)).location).toBe(`${mine}?fait=change`);
    await house.post(mine, changed);
    expect(await registrationsOf(t, webinar.id)).toMatchObject([
      { last_name: 'Petit-Grand', company: null, question: 'Combien ?', address: PERSON.address },
    ]);
    const bad = await house.post(mine, { ...changed, lastName: '' });
    expect(bad.status).toBe(422);
    expect(bad.text).toContain('Donnez votre nom.');
    const [{ n } = { n: 0 }] = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('audit_log')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('action', '=', 'registration.change')
        .where('subject', '=', `registration:${id}`)
        .execute(),
    );
    expect(n).toBe(1);
  });

  test('is not guessed: altered, of another purpose, of another key, of nobody', async () => {
    await house.register(webinar.address);
    const id = await firstId();
    const good = managePath(id).split('/').at(-1) ?? '';
    const altered = `${good.slice(0, -2)}${good.at(-2) === 'A' ? 'B' : 'A'}${good.at(-1)}`;
    for (const token of [
      altered,
      sealId(SECRETS.doors, 'kit', id),
      sealId(SECRETS.doors, 'origine-relais', id),
      sealId(SECRETS.unsubscribe, 'inscription', id),
      sealId(SECRETS.doors, 'inscription', id + 10_000),
      'x',
    ]) {
      expect((await house.get(`/inscriptions/${token}`)).status).toBe(404);
      expect((await house.post(`/inscriptions/${token}`, PERSON)).status).toBe(404);
      expect((await house.post(`/inscriptions/${token}/annulation`, {})).status).toBe(404);
      expect((await house.get(`/inscriptions/${token}/agenda.ics`)).status).toBe(404);
    }
    expect(await registrationsOf(t, webinar.id)).toMatchObject([{ cancelled_at: null, last_name: 'Petit' }]);
  });

  test('gives the person’s own event with the way in; no more once it is cancelled', async () => {
    await house.register(webinar.address);
    const mine = managePath(await firstId());
    const [row] = await registrationsOf(t, webinar.id);
    const file = (await house.get(`${mine}/agenda.ics`)).text;
    expect(file).toContain('reunion.example');
    expect(file).toContain(`UID:${row?.uid}`);
    await house.post(`${mine}/annulation`, {});
    const after = await house.get(mine);
    expect(after.text).toContain('Votre inscription est annulée.');
    expect(after.text).not.toContain('reunion.example');
    expect((await house.get(`${mine}/agenda.ics`)).text).not.toContain('reunion.example');
    await cancelWebinar(t.ctx(t.cast.alice), campaign.slug, webinar.slug, 'Grève.');
    expect((await house.get(mine)).text).toContain('Grève.');
  });
});

describe('a link made for one person', () => {
  test('fills in the form for the webinar of its own campaign, and for nothing else (PRV-12)', async () => {
    const push = await makeApprovedPush(t, { contacts: { btp: 25, opco: 25 } });
    await sendNow(t.ctx(t.cast.alice), push.id);
    const own = await madeWebinar(t, push.campaign);
    const row = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('deliveries as d')
        .innerJoin('contacts as c', 'c.id', 'd.contact_id')
        .select(['d.id', 'c.address', 'c.id as contactId'])
        .where('d.push_id', '=', push.id)
        .where('d.organisation_id', '=', t.cast.organisations.btp)
        .executeTakeFirstOrThrow(),
    );
    const page = (address: string, token: string) =>
      house.get(`/webinaires/${address}/moi/${token}?de=lettre.btp.terrain`);
    const token = prefillToken(SECRETS, row.id);
    const known = await page(own.address, token);
    expect(known.text).toContain(`value="${row.address}"`);
    expect(known.text).toMatch(/value="btp" checked/);
    expect(known.text).toContain('name="robots" content="noindex"');
    expect(known.headers.get('referrer-policy')).toBe('no-referrer');
    expect(known.headers.get('cache-control')).toBe('no-store');
    for (const forged of [
      sealId(SECRETS.unsubscribe, 'unsubscribe', row.id),
      sealId(SECRETS.doors, 'inscription', row.id),
      `${token.slice(0, -3)}AAA`,
      'x',
    ])
      expect((await page(own.address, forged)).text).not.toContain(row.address);
    // Another campaign's webinar learns nothing.
    expect((await page(webinar.address, token)).text).not.toContain(row.address);
    house.at.now = own.endsAt;
    expect((await page(own.address, token)).text).not.toContain(row.address);
  });
});

describe('what anybody may read', () => {
  test('never holds the way in, and no page sets a cookie (CAL-06, PRV-20)', async () => {
    await house.register(webinar.address);
    const paths = [
      '/webinaires',
      `/webinaires?campagne=${campaign.slug}`,
      '/webinaires/integrer',
      '/webinaires/agenda.ics',
      `/webinaires/${webinar.address}`,
      `/webinaires/${webinar.address}?inscription=faite`,
      `/webinaires/${webinar.address}/agenda.ics`,
      `/webinaires/${webinar.address}/carte.png`,
      `/webinaires/${webinar.address}/moi/${'x'.repeat(43)}`,
    ];
    for (const path of paths) {
      const answer = await house.get(path);
      expect(answer.status, path).toBe(200);
      expect(answer.text, path).not.toMatch(/reunion\.example|4417/);
      expect(answer.headers.get('set-cookie'), path).toBeNull();
    }
    const posted = await house.register(webinar.address, { address: 'b@fibre.example' });
    expect(posted.headers.get('set-cookie')).toBeNull();
    expect((await house.get('/webinaires?campagne=inconnue')).status).toBe(404);
  });

  test('is a calendar file for one (PUBLISH, nobody invited) and a feed for all, cancelled ones too', async () => {
    const one = await house.get(`/webinaires/${webinar.address}/agenda.ics`);
    const read = new ICAL.Component(ICAL.parse(one.text));
    expect(read.getFirstPropertyValue('method')).toBe('PUBLISH');
    const [event] = read.getAllSubcomponents('vevent').map((e) => new ICAL.Event(e));
    expect(event?.uid).toBe(webinar.uid);
    expect(event?.attendees).toEqual([]);
    expect(String(event?.organizer)).toBe('mailto:lettre@opco.example');
    expect(event?.startDate.toJSDate()).toEqual(webinar.startsAt);
    expect(event?.description).toContain(`https://pv.example/webinaires/${webinar.address}`);
    await cancelWebinar(t.ctx(t.cast.alice), campaign.slug, webinar.slug, 'Grève.');
    const feed = await house.get(`/webinaires/agenda.ics?campagne=${campaign.slug}`);
    const all = new ICAL.Component(ICAL.parse(feed.text)).getAllSubcomponents('vevent');
    expect(all.map((e) => [e.getFirstPropertyValue('uid'), e.getFirstPropertyValue('status')])).toEqual([
      [webinar.uid, 'CANCELLED'],
    ]);
    expect(all[0]?.getFirstPropertyValue('sequence')).toBe(1);
    const etag = feed.headers.get('etag') ?? '';
    expect(etag).not.toBe('');
  });

  test('may stand in a frame of another site, and counts who registers from there', async () => {
    const framed = await house.get(`/webinaires/integrer?campagne=${campaign.slug}`);
    expect(framed.headers.get('content-security-policy')).toContain('frame-ancestors *');
    expect(framed.text).toContain(`/webinaires/${webinar.address}?de=site`);
  });

  test('leads to what was held once it was, and counts it', async () => {
    const replay = `/webinaires/${webinar.address}/replay`;
    expect((await house.get(replay)).status).toBe(404);
    const after = new Date(webinar.endsAt.getTime() + 3_600_000);
    await holdWebinar(t.ctx(t.cast.alice, after), campaign.slug, webinar.slug);
    expect((await house.get(replay)).status).toBe(404);
    await saveWebinar(t.ctx(t.cast.alice, after), campaign.slug, {
      ...WEBINAR,
      joinNote: 'Code 4417',
      slug: webinar.slug,
      replayUrl: 'https://video.example/rejouer',
    });
    house.at.now = after;
    expect(await house.get(replay)).toMatchObject({ status: 303, location: 'https://video.example/rejouer' });
    await house.ask('HEAD', replay);
    const rows = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('page_counts').select('n').where('page', '=', `replay:${webinar.id}`).execute(),
    );
    expect(rows).toEqual([{ n: 1 }]);
    expect((await house.get(`/webinaires?campagne=${campaign.slug}`)).text).toContain('À revoir');
    expect((await house.get(`/webinaires/${webinar.address}`)).text).toContain('Voir l’enregistrement');
  });
});

test('a partner reads its own registrants, and nobody else’s: pages, lists and errors (RLS)', async () => {
  await house.register(webinar.address, { organisation: 'btp' });
  const read = (who: 'alice' | 'bruno') =>
    readRegistrants(t.ctx(t.cast[who]), campaign.slug, webinar.slug, {}, null).then((p) => p.rows);
  expect(await read('alice')).toEqual([]);
  expect(await read('bruno')).toMatchObject([{ address: PERSON.address }]);
  const csv = await exportForSpeakers(t.ctx(t.cast.alice), campaign.slug, webinar.slug);
  expect(csv.text).not.toContain('Petit');
});
