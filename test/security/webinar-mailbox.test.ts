import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addressHash, mailboxOf } from '../../src/contacts/addresses.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign, makeContacts } from '../support/factories.ts';
import { madeWebinar } from '../webinars/made-webinar.ts';
import { lettersOf, managePath, registrationsOf, visitorHouse } from '../webinars/visitor.ts';

/** What a stranger who types somebody else's address can do to that person, and how they undo it. */
let t: TestDatabase;
let webinar: WebinarRow;
let house: ReturnType<typeof visitorHouse>;
let run = 0;
let address = '';
const HOUR = 3_600_000;

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  webinar = await madeWebinar(t, (await makeCampaign(t)).slug);
  house = visitorHouse(t);
  run += 1;
  address = `victime.${run}@fibre.example`;
});

const known = (of = address) =>
  acrossOrganisations(t.db, async (trx) => ({
    contacts: await trx.selectFrom('contacts').select('organisation_id').where('address', '=', of).execute(),
    consents: await trx
      .selectFrom('consents')
      .select(['organisation_id', 'value'])
      .where('address_hash', '=', addressHash(SECRETS, of))
      .orderBy('id')
      .execute(),
  }));
const letters = () =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select(['kind', 'message', 'failed_at'])
      .where('to_address', '=', address)
      .orderBy('id')
      .execute(),
  );
const disownPath = async () => `${managePath((await registrationsOf(t, webinar.id)).at(-1)?.id ?? 0)}/pas-moi`;

describe('an agreement given with somebody else’s address', () => {
  test('is told in the first letter, in text and HTML, with the way to undo it; not ticked, it is not told', async () => {
    await house.register(webinar.address, { address, 'news-opco': 'opco' });
    const { text, html } = ((await letters())[0]?.message ?? {}) as { text?: string; html?: string };
    for (const form of [text, html]) {
      expect(form).toContain('Je veux aussi recevoir par courriel les prochaines informations de OPCO de test.');
      expect(form).toContain(`https://pv.example${await disownPath()}`);
    }
    await house.register(webinar.address, { address: `autre.${address}` });
    const plain = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('outbox').select('message').where('to_address', '=', `autre.${address}`).executeTakeFirst(),
    );
    expect(String((plain?.message as { text: string } | undefined)?.text)).not.toContain('Vous avez aussi coché');
    expect(String((plain?.message as { text: string } | undefined)?.text)).toContain('/pas-moi');
  });

  test('is never recorded without a letter: for whoever is registered already, with any organisation', async () => {
    await house.register(webinar.address, { address });
    await house.register(webinar.address, { address, 'news-opco': 'opco' });
    await house.register(webinar.address, { address, organisation: 'btp', 'news-btp': 'btp' });
    expect(await letters()).toHaveLength(1);
    expect(await known()).toEqual({ contacts: [], consents: [] });
  });
});

describe('« Ce n’était pas moi »', () => {
  test('changes nothing by GET or HEAD (BOT-04); by POST all that the form made is gone, for good', async () => {
    await house.register(webinar.address, { address, 'news-opco': 'opco' });
    const path = await disownPath();
    for (const method of ['GET', 'HEAD']) expect((await house.ask(method, path)).status).toBe(200);
    expect((await known()).contacts).toHaveLength(1);
    house.at.now = new Date(NOW.getTime() + HOUR);
    expect(await house.post(path, {})).toMatchObject({
      status: 303,
      location: `/webinaires/${webinar.address}?inscription=effacee`,
    });
    expect((await house.get(`/webinaires/${webinar.address}?inscription=effacee`)).text).toContain('C’est effacé.');
    expect(await registrationsOf(t, webinar.id)).toMatchObject([
      { address: null, address_hash: null, first_name: null, last_name: null, departement: null, cancelled_by: 'lien' },
    ]);
    expect(await known()).toMatchObject({ contacts: [], consents: [{ value: 'granted' }, { value: 'refused' }] });
    // Only what takes it out of the calendar still leaves.
    expect((await letters()).filter((l) => l.failed_at === null).map((l) => l.kind)).toEqual([
      'webinaire-desinscription',
    ]);
    expect((await house.post(path, {})).status).toBe(404);
    // The same stranger again: the refusal stands.
    house.at.now = new Date(NOW.getTime() + 2 * HOUR);
    await house.register(webinar.address, { address, 'news-opco': 'opco' });
    expect(await known()).toMatchObject({ contacts: [], consents: [{ value: 'granted' }, { value: 'refused' }] });
  });

  test('leaves what the organisation knew before, and other registrations of the person', async () => {
    const [own = ''] = await makeContacts(t, 'opco', 1);
    const other = await madeWebinar(t, (await makeCampaign(t)).slug);
    await house.register(other.address, { address: own });
    house.at.now = new Date(NOW.getTime() + HOUR);
    await house.register(webinar.address, { address: own });
    await house.post(await disownPath(), {});
    expect(await known(own)).toMatchObject({ contacts: [{}], consents: [] });
    expect(await registrationsOf(t, other.id)).toMatchObject([{ address: own, cancelled_at: null }]);
  });

  test('gives the place to who waits, and works once the webinar is over', async () => {
    const small = await madeWebinar(t, (await makeCampaign(t)).slug, { capacity: 1 });
    await house.register(small.address, { address });
    await house.register(small.address, { address: `attend.${address}` });
    const [first, second] = await registrationsOf(t, small.id);
    await house.post(`${managePath(first?.id ?? 0)}/pas-moi`, {});
    expect((await lettersOf(t, small.id)).get(`attend.${address}`)).toEqual(['attente', 'place']);
    house.at.now = new Date(small.endsAt.getTime() + HOUR);
    expect((await house.post(`${managePath(second?.id ?? 0)}/pas-moi`, {})).status).toBe(303);
    expect(await registrationsOf(t, small.id)).toMatchObject([{ address: null }, { address: null }]);
  });

  test('is guessed by nobody', async () => {
    const forged = '/inscriptions/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/pas-moi';
    expect((await house.get(forged)).status).toBe(404);
    expect((await house.post(forged, {})).status).toBe(404);
  });
});

describe('letters to one mailbox', () => {
  test('are few under its other writings, from every network; the plain address is never locked out', async () => {
    const [local, domain] = address.split('@');
    const answers: number[] = [];
    for (let i = 0; i < 8; i++)
      answers.push((await house.register(webinar.address, { address: `${local}+${i}@${domain}` })).status);
    expect(answers).toEqual([303, 303, 303, 303, 303, 429, 429, 429]);
    expect((await house.register(webinar.address, { address })).status).toBe(303);
    // Somebody else's are not counted with them, and the day after it may be said again.
    expect((await house.register(webinar.address, { address: `autre+1@${domain}` })).status).toBe(303);
    house.at.now = new Date(NOW.getTime() + 25 * HOUR);
    expect((await house.register(webinar.address, { address: `${local}+z@${domain}` })).status).toBe(303);
  });

  test.each([
    ['jean.dupont@fibre.example', 'jean.dupont@fibre.example'],
    ['jean.dupont+a+b@fibre.example', 'jean.dupont@fibre.example'],
    ['+seul@fibre.example', '+seul@fibre.example'],
    ['j.ean.dupont+x@gmail.com', 'jeandupont@gmail.com'],
  ])('%s reaches %s', (written, mailbox) => expect(mailboxOf(written)).toBe(mailbox));
});
