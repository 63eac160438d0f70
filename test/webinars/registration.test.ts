import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { cancelWebinar, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { closeRegistrations } from '../../src/webinars/act-webinar.ts';
import { letterOrigin, relayOrigin } from '../../src/webinars/origins.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { makeRelay } from '../relay-kits/cast.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign, makeContacts } from '../support/factories.ts';
import { madeWebinar, WEBINAR } from './made-webinar.ts';
import { lettersOf, originsOf, registrationsOf, visitorHouse } from './visitor.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
let webinar: WebinarRow;
let house: ReturnType<typeof visitorHouse>;
const HOUR = 3_600_000;

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = await makeCampaign(t);
  webinar = await madeWebinar(t, campaign.slug);
  house = visitorHouse(t);
});
const people = () => registrationsOf(t, webinar.id);

describe('registering', () => {
  test('takes one form, and answers by a letter in the person’s own mailbox', async () => {
    const page = await house.get(`/webinaires/${webinar.address}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('jeudi 14 janvier 2027, de 14');
    expect(page.text).toContain('Nadia Ferrand');
    expect(await house.register(webinar.address, { question: 'Et pour\r\nles TPE ?' })).toMatchObject({
      status: 303,
      location: `/webinaires/${webinar.address}?inscription=faite`,
    });
    expect(await people()).toMatchObject([
      {
        organisation_id: t.cast.organisations.opco,
        address: 'lea.petit@fibre.example',
        first_name: 'Léa',
        question: 'Et pour\nles TPE ?',
        public: 'salarie',
        level: 'terrain',
        region: 'Bretagne',
        departement: '35',
        place: 'inscrit',
        placed_at: NOW,
        sequence: 0,
      },
    ]);
    expect(await lettersOf(t, webinar.id)).toEqual(new Map([['lea.petit@fibre.example', ['confirmation']]]));
    const done = await house.get(`/webinaires/${webinar.address}?inscription=faite`);
    expect(done.text).toContain('Guettez votre messagerie');
  });

  test('answers the same to whoever is registered already, and writes again once a day (no oracle)', async () => {
    const answers = [];
    for (const who of ['lea', 'lea', 'nouveau']) {
      const { status, location, text } = await house.register(webinar.address, { address: `${who}@fibre.example` });
      answers.push(JSON.stringify({ status, location, text }));
    }
    expect(new Set(answers).size).toBe(1);
    expect(await people()).toHaveLength(2);
    expect((await lettersOf(t, webinar.id)).get('lea@fibre.example')).toEqual(['confirmation']);
    house.at.now = new Date(NOW.getTime() + 25 * HOUR);
    await house.register(webinar.address, { address: 'LEA@fibre.example' });
    await house.register(webinar.address, { address: 'lea@fibre.example' });
    expect((await lettersOf(t, webinar.id)).get('lea@fibre.example')).toEqual(['confirmation', 'confirmation']);
    expect(await people()).toHaveLength(2);
  });

  test('two forms of one person at the same second are one registration and one letter', async () => {
    const both = await Promise.all([1, 2, 3].map(() => house.register(webinar.address)));
    expect(both.map((r) => r.status)).toEqual([303, 303, 303]);
    expect(await people()).toHaveLength(1);
    expect([...(await lettersOf(t, webinar.id)).values()]).toEqual([['confirmation']]);
  });

  test('through two organisations, a person has one place, with the first', async () => {
    await house.register(webinar.address, { organisation: 'opco' });
    expect((await house.register(webinar.address, { organisation: 'btp' })).status).toBe(303);
    expect(await people()).toMatchObject([{ organisation_id: t.cast.organisations.opco }]);
    expect(await originsOf(t, webinar.id)).toEqual(['opco page ×1']);
  });

  test('knows its contact better than the form does', async () => {
    const [address = ''] = await makeContacts(t, 'btp', 1, {
      level: () => 'operationnel',
      region: () => 'Occitanie',
      sizeClass: () => '50-249',
    });
    await house.register(webinar.address, { address, organisation: 'btp', public: 'salarie' });
    expect(await people()).toMatchObject([
      { level: 'operationnel', region: 'Occitanie', size_class: '50-249', public: 'salarie' },
    ]);
    // The same address means nothing to an organisation that does not hold it.
    const other = await madeWebinar(t, campaign.slug);
    await house.register(other.address, { address, organisation: 'opco', public: 'prescripteur' });
    expect(await registrationsOf(t, other.id)).toMatchObject([
      { level: 'operationnel', region: 'Bretagne', size_class: null, public: 'prescripteur' },
    ]);
  });

  test('marks the contact as alive (PRV-50)', async () => {
    const [address = ''] = await makeContacts(t, 'opco', 1);
    await house.register(webinar.address, { address });
    const contact = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('contacts').select('last_contact_at').where('address', '=', address).executeTakeFirst(),
    );
    expect(contact).toEqual({ last_contact_at: NOW });
  });

  test('is written down without an address', async () => {
    await house.register(webinar.address);
    const rows = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('audit_log').selectAll().where('action', '=', 'registration.create').execute(),
    );
    const [registration] = await people();
    expect(rows.at(-1)).toMatchObject({ actor: 'inscription', subject: `registration:${registration?.id}` });
    expect(JSON.stringify(rows)).not.toMatch(/fibre|Petit/);
  });
});

describe('a webinar one may not register to', () => {
  const refused = async (address: string, words: string) => {
    const page = await house.get(`/webinaires/${address}`);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('action="/webinaires');
    const answer = await house.register(address);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain(words);
  };

  test('is in preparation', async () => {
    const { slug } = await saveWebinar(t.ctx(t.cast.alice), campaign.slug, { ...WEBINAR, title: 'Pas encore' });
    await refused(slug, 'pas encore ouvertes');
    expect((await house.get('/webinaires')).text).not.toContain('Pas encore');
  });

  test('is closed', async () => {
    await closeRegistrations(t.ctx(t.cast.alice), campaign.slug, webinar.slug);
    await refused(webinar.address, 'Les inscriptions sont closes');
  });

  test('is cancelled, and says why', async () => {
    await cancelWebinar(t.ctx(t.cast.alice), campaign.slug, webinar.slug, 'Une intervenante est malade.');
    await refused(webinar.address, 'annulé');
    expect((await house.get(`/webinaires/${webinar.address}`)).text).toContain('Une intervenante est malade.');
  });

  test('is over; late comers register until its end', async () => {
    house.at.now = new Date(webinar.endsAt.getTime() - 60_000);
    expect((await house.register(webinar.address)).status).toBe(303);
    house.at.now = webinar.endsAt;
    await refused(webinar.address, 'on ne s’y inscrit plus');
    expect(await people()).toHaveLength(1);
  });

  test('is not there: an unknown address is a page that does not exist', async () => {
    for (const path of ['inconnu', 'inconnu/agenda.ics', 'inconnu/replay', 'inconnu/moi/x', 'inconnu/carte.png'])
      expect((await house.get(`/webinaires/${path}`)).status).toBe(404);
    expect((await house.register('inconnu')).status).toBe(404);
  });
});

describe('the box beside the registration', () => {
  const consents = (owner: 'opco' | 'btp', address: string) =>
    withOrganisation(t.db, t.cast.organisations[owner], async (trx) => ({
      consents: await trx
        .selectFrom('consents')
        .select(['purpose', 'value', 'wording', 'source'])
        .where('address_hash', '=', addressHash(SECRETS, address))
        .orderBy('id')
        .execute(),
      contacts: await trx
        .selectFrom('contacts')
        .select(['address', 'source', 'level', 'last_name'])
        .where('address', '=', address)
        .execute(),
    }));

  test('is not ticked beforehand, and left alone it records nothing and makes no contact', async () => {
    const { text } = await house.get(`/webinaires/${webinar.address}`);
    expect(text).toMatch(/<input type="checkbox" id="champ-news-opco"/);
    expect(text).not.toMatch(/type="checkbox"[^>]*checked/);
    await house.register(webinar.address, { address: 'discret@fibre.example' });
    expect(await consents('opco', 'discret@fibre.example')).toEqual({ consents: [], contacts: [] });
  });

  test('ticked, makes a contact with the words that were agreed to, of the chosen organisation only', async () => {
    const address = 'volontaire@fibre.example';
    await house.register(webinar.address, { address, organisation: 'btp', 'news-btp': 'btp', 'news-opco': 'opco' });
    expect(await consents('btp', address)).toEqual({
      consents: [
        {
          purpose: 'message',
          value: 'granted',
          wording: 'Je veux aussi recevoir par courriel les prochaines informations de Partenaire BTP.',
          source: 'inscription au webinaire « Les outils, pour de vrai »',
        },
      ],
      contacts: [
        {
          address,
          source: 'inscription au webinaire « Les outils, pour de vrai »',
          level: 'terrain',
          last_name: 'Petit',
        },
      ],
    });
    expect(await consents('opco', address)).toEqual({ consents: [], contacts: [] });
  });

  test('lifts no opposition and no refusal: anybody can type an address (PRV-42)', async () => {
    const [opposed, refuses] = ['oppose@fibre.example', 'refuse@fibre.example'];
    const organisation_id = t.cast.organisations.opco;
    await withOrganisation(t.db, organisation_id, async (trx) => {
      const said = { organisation_id, source: 's', at: NOW };
      await trx
        .insertInto('suppressions')
        .values({ ...said, scope: 'organisation', address_hash: addressHash(SECRETS, opposed), reason: 'opposition' })
        .execute();
      await trx
        .insertInto('consents')
        .values({
          ...said,
          address_hash: addressHash(SECRETS, refuses),
          purpose: 'message',
          value: 'refused',
          actor: 'a',
        })
        .execute();
    });
    house.at.now = new Date(NOW.getTime() + HOUR);
    for (const address of [opposed, refuses])
      expect((await house.register(webinar.address, { address, 'news-opco': 'opco' })).status).toBe(303);
    expect(await consents('opco', opposed)).toEqual({ consents: [], contacts: [] });
    expect(await consents('opco', refuses)).toMatchObject({ consents: [{ value: 'refused' }], contacts: [] });
    // They come to the webinar all the same.
    expect(await people()).toHaveLength(2);
  });
});

describe('where people came from', () => {
  test('is counted by channel, level and relay, and never kept with the person (PRV-21)', async () => {
    const relay = await makeRelay(t, campaign.slug, { kind: 'chambre' });
    const origins = [
      letterOrigin('btp', 'operationnel'),
      letterOrigin('btp', 'operationnel'),
      relayOrigin(SECRETS, relay, 'relais'),
      relayOrigin(SECRETS, relay, 'affiche'),
      relayOrigin(SECRETS, relay, 'social'),
      'site',
      '',
    ];
    for (const [i, de] of origins.entries())
      await house.register(webinar.address, { address: `p${i}@fibre.example`, de });
    expect(await originsOf(t, webinar.id)).toEqual([
      'opco affiche chambre ×1',
      'opco invitation operationnel ×2',
      'opco page ×1',
      'opco relais chambre ×1',
      'opco site ×1',
      'opco social chambre ×1',
    ]);
    expect(JSON.stringify(await people())).not.toMatch(/chambre|affiche|lettre/);
  });

  test('is the page for whatever nobody of this campaign handed on', async () => {
    const other = await makeCampaign(t);
    const foreign = await makeRelay(t, other.slug);
    const forged = [
      'lettre.etranger.terrain',
      'lettre.opco.galactique',
      'lettre.opco.terrain.x',
      relayOrigin(SECRETS, foreign, 'relais'),
      `affiche.${'A'.repeat(43)}`,
      '<script>alert(1)</script>',
      'x'.repeat(5000),
    ];
    for (const [i, de] of forged.entries())
      expect((await house.register(webinar.address, { address: `f${i}@fibre.example`, de })).status).toBe(303);
    expect(await originsOf(t, webinar.id)).toEqual([`opco page ×${forged.length}`]);
  });

  test('chooses the organisation that wrote beforehand', async () => {
    const { text } = await house.get(`/webinaires/${webinar.address}?de=lettre.btp.terrain`);
    expect(text).toMatch(/value="btp" checked/);
    expect(text).toContain('<input type="hidden" name="de" value="lettre.btp.terrain"/>');
    const hostile = await house.get(`/webinaires/${webinar.address}?de=${encodeURIComponent('"><script>x</script>')}`);
    expect(hostile.text).not.toContain('<script>x');
  });
});

test('visits are counted by page, and neither the answer nor a personal link is one', async () => {
  await house.get(`/webinaires/${webinar.address}`);
  await house.get(`/webinaires/${webinar.address}?inscription=faite`);
  await house.get(`/webinaires/${webinar.address}/moi/${'x'.repeat(43)}`);
  await house.ask('HEAD', `/webinaires/${webinar.address}`);
  const rows = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('page_counts').select(['what', 'n']).where('page', '=', `webinaire:${webinar.id}`).execute(),
  );
  expect(rows).toEqual([{ what: 'visite', n: 1 }]);
});
