import { acrossOrganisations, type Trx, withOrganisation } from '../../src/db/database.ts';
import { NOW, type TestDatabase } from '../support/database.ts';
import type { MadePush } from '../support/factories.ts';

/** A webinar of opco's that somebody registered to, attended and answered about: one row in each of its tables. */
export async function oneWebinar(t: TestDatabase, push: MadePush): Promise<void> {
  const organisation_id = t.cast.organisations.opco;
  const campaign = { organisation_id, campaign_id: push.campaignId };
  const hash = Buffer.alloc(32, 1);
  const { of, importId, surveyId } = await withOrganisation(t.db, organisation_id, (trx) => held(trx, campaign, hash));
  await acrossOrganisations(t.db, async (trx) => {
    const { id: registration_id } = await trx
      .insertInto('registrations')
      .values({
        ...of,
        address: 'a@exemple.fr',
        address_hash: hash,
        place: 'inscrit',
        registered_at: NOW,
        placed_at: NOW,
        uid: 'i@exemple.fr',
        sequence: 0,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('registration_origins')
      .values({ ...of, channel: 'page', n: 1 })
      .execute();
    await trx
      .insertInto('webinar_letters')
      .values({ ...of, registration_id, kind: 'confirmation', key: 'seq:0', at: NOW })
      .execute();
    await trx
      .insertInto('attendance_lines')
      .values({ ...of, import_id: importId, line: 2, person: 'a', name: 'A', minutes: 50, own: true })
      .execute();
    await trx
      .insertInto('attendances')
      .values({ ...of, registration_id, person: 'a', minutes: 50, how: 'adresse', state: 'sur' })
      .execute();
    const { id: group_id } = await trx
      .insertInto('survey_groups')
      .values({ ...campaign, survey_id: surveyId, mixed: false, audience: 'presents', asked: 20, created_at: NOW })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('survey_answers')
      .values({ ...campaign, survey_id: surveyId, group_id, answers: '{}', on_day: '2026-11-27' })
      .execute();
  });
}

/** What its own organisation writes of it. */
async function held(trx: Trx, campaign: { organisation_id: number; campaign_id: number }, hash: Buffer) {
  const created = { created_by: 'test', created_at: NOW, updated_at: NOW };
  const { id: webinar_id } = await trx
    .insertInto('webinars')
    .values({
      ...campaign,
      slug: 'webinaire',
      address: 'webinaire',
      title: 'Webinaire',
      starts_at: NOW,
      ends_at: new Date(NOW.getTime() + 3_600_000),
      organisers: ['opco'],
      uid: 'w@exemple.fr',
      changed_at: NOW,
      ...created,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const of = { ...campaign, webinar_id };
  await trx
    .insertInto('webinar_acts')
    .values({ ...of, what: 'ouvert', at: NOW, by: 'test' })
    .execute();
  const { id: importId } = await trx
    .insertInto('attendance_imports')
    .values({
      ...of,
      file_name: 'p.csv',
      file_hash: hash,
      platform: 'teams',
      report: '{}',
      imported_by: 'test',
      imported_at: NOW,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: surveyId } = await trx
    .insertInto('surveys')
    .values({ ...of, slug: 'apres', title: 'Après', questions: ['satisfaction'], ...created })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { of, importId, surveyId };
}
