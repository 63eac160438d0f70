import { beforeAll, beforeEach, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { eraseContact } from '../../src/contacts/erase-contact.ts';
import { exportPerson } from '../../src/contacts/export-person.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { exportRegistrant, forgetRegistrant } from '../../src/webinars/forget-registrant.ts';
import { purgeWebinars } from '../../src/webinars/purge.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar } from './made-webinar.ts';
import { managePath, PERSON, registrationsOf, visitorHouse } from './visitor.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
let webinar: WebinarRow;
let house: ReturnType<typeof visitorHouse>;
let run = 0;
let address = '';

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = await makeCampaign(t);
  webinar = await madeWebinar(t, campaign.slug, { keepDays: 30 });
  house = visitorHouse(t);
  run += 1;
  address = `lea.${run}@fibre.example`;
});
const DAY = 86_400_000;
const opco = () => t.cast.organisations.opco;

/** As an attendance file of opco's would leave it. */
async function attended(registrationId: number): Promise<void> {
  const of = { organisation_id: opco(), campaign_id: campaign.id, webinar_id: webinar.id };
  const { id: import_id } = await withOrganisation(t.db, opco(), (trx) =>
    trx
      .insertInto('attendance_imports')
      .values({
        ...of,
        file_name: 'f.csv',
        file_hash: Buffer.from(address),
        platform: 'teams',
        report: '{}',
        imported_by: 'test',
        imported_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  const stay = { person: address, minutes: 42 };
  await acrossOrganisations(t.db, async (trx) => {
    await trx
      .insertInto('attendance_lines')
      .values({ ...of, ...stay, import_id, line: 2, name: 'Léa Petit', address, address_hash: hash(), own: true })
      .execute();
    await trx
      .insertInto('attendances')
      .values({ ...of, ...stay, registration_id: registrationId, seen_as: 'Léa Petit', how: 'adresse', state: 'sur' })
      .execute();
  });
}
const hash = () => addressHash(SECRETS, address);

/** Every row of the tables of webinars, as text. */
const everything = () =>
  acrossOrganisations(t.db, async (trx) =>
    JSON.stringify([
      await trx.selectFrom('registrations').selectAll().where('webinar_id', '=', webinar.id).execute(),
      await trx.selectFrom('attendances').selectAll().where('webinar_id', '=', webinar.id).execute(),
      await trx.selectFrom('attendance_lines').selectAll().where('webinar_id', '=', webinar.id).execute(),
      await trx.selectFrom('webinar_letters').selectAll().where('webinar_id', '=', webinar.id).execute(),
      await trx.selectFrom('registration_origins').selectAll().where('webinar_id', '=', webinar.id).execute(),
    ]),
  );
const firstId = async () => (await registrationsOf(t, webinar.id))[0]?.id ?? 0;

test('on the day that the page gave, who registered and who came is forgotten, and the counts stay', async () => {
  await house.register(webinar.address, { address, question: 'Et moi ?' });
  const id = await firstId();
  await attended(id);
  const { text } = await house.get(`/webinaires/${webinar.address}`);
  expect(text).toContain('jusqu’au samedi 13 février 2027');
  const due = new Date(webinar.endsAt.getTime() + 30 * DAY);
  const at = (now: Date) => ({ db: t.db, now: () => now });
  await purgeWebinars(at(new Date(due.getTime() - 1000)));
  expect(await everything()).toContain(address);
  expect(await purgeWebinars(at(due))).toBeGreaterThan(0);
  expect(await purgeWebinars(at(due))).toBe(0);
  const left = await everything();
  expect(left).not.toMatch(/fibre\.example|Léa|Petit|Fibre|Et moi/);
  expect(left).not.toContain(hash().toJSON().data.join(','));
  const [row] = await registrationsOf(t, webinar.id);
  expect(row).toMatchObject({ public: 'salarie', region: 'Bretagne', place: 'inscrit', address: null });
  expect(left).toContain('"minutes":42');
  expect((await house.get(managePath(id))).status).toBe(404);
});

test('who asks to be forgotten is, with the contact, in that organisation only; the address is not imported again', async () => {
  const other = await madeWebinar(t, campaign.slug);
  await house.register(webinar.address, { address, 'news-opco': 'opco' });
  await house.register(other.address, { address, organisation: 'btp' });
  await attended(await firstId());
  await forgetRegistrant(t.ctx(t.cast.alice), await firstId());
  expect(await registrationsOf(t, webinar.id)).toMatchObject([{ address: null, first_name: null, cancelled_at: NOW }]);
  expect(await registrationsOf(t, other.id)).toMatchObject([{ address }]);
  const kept = await withOrganisation(t.db, opco(), async (trx) => ({
    contacts: await trx.selectFrom('contacts').select('id').where('address', '=', address).execute(),
    lines: await trx.selectFrom('attendance_lines').select('id').where('webinar_id', '=', webinar.id).execute(),
    opposed: await trx.selectFrom('suppressions').select('source').where('address_hash', '=', hash()).execute(),
    audit: await trx.selectFrom('audit_log').selectAll().where('action', '=', 'registration.forget').execute(),
  }));
  expect(kept).toMatchObject({ contacts: [], lines: [], opposed: [{ source: 'effacement' }] });
  expect(JSON.stringify(kept.audit)).not.toContain('fibre.example');
  // A second time there is nobody left to forget.
  await expect(forgetRegistrant(t.ctx(t.cast.alice), await firstId())).rejects.toMatchObject({ kind: 'not-found' });
});

test('a contact that is erased takes its registrations along', async () => {
  await house.register(webinar.address, { address, 'news-opco': 'opco' });
  const { id } = await withOrganisation(t.db, opco(), (trx) =>
    trx.selectFrom('contacts').select('id').where('address', '=', address).executeTakeFirstOrThrow(),
  );
  await eraseContact(t.ctx(t.cast.emma), id);
  expect(await everything()).not.toMatch(/fibre\.example|Petit/);
});

test('whoever asks what is known of them reads their registrations, contact or not (PRV-55)', async () => {
  await house.register(webinar.address, { address, question: 'Combien ?', 'news-opco': 'opco' });
  const id = await firstId();
  await attended(id);
  const expected = [
    { webinar: webinar.title, question: 'Combien ?', lastName: PERSON.lastName, place: 'inscrit', minutes: 42 },
  ];
  const { id: contactId } = await withOrganisation(t.db, opco(), (trx) =>
    trx.selectFrom('contacts').select('id').where('address', '=', address).executeTakeFirstOrThrow(),
  );
  expect((await exportPerson(t.ctx(t.cast.emma), contactId)).registrations).toMatchObject(expected);
  expect(await exportRegistrant(t.ctx(t.cast.emma), id)).toMatchObject(expected);
  await expect(exportRegistrant(t.ctx(t.cast.alice), id)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(exportRegistrant(t.ctx(t.cast.etranger), id)).rejects.toMatchObject({ kind: 'not-found' });
});
