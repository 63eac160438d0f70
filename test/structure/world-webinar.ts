import { importAttendance } from '../../src/attendance/import-attendance.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { saveWebinarSurvey } from '../../src/follow-up/save-webinar-survey.ts';
import { writeWebinarAndReopen } from '../../src/pushes/edit-webinar.ts';
import { openRegistrations } from '../../src/webinars/act-webinar.ts';
import { webinarSchema } from '../../src/webinars/schema.ts';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';

/** Under way by the clock of the tests: somebody of opco's registered to it, and came; somebody will be asked about it. */
export async function makeWebinar(t: TestDatabase, campaign: { id: number; slug: string }) {
  const ctx = t.ctx(t.cast.alice);
  const webinar = 'le-zebre-en-direct';
  const hour = 3_600_000;
  const input = webinarSchema.parse({
    slug: webinar,
    title: 'Le zèbre en direct',
    startsAt: new Date(NOW.getTime() - hour),
    endsAt: new Date(NOW.getTime() + hour),
    organisers: ['opco', 'btp'],
    joinUrl: 'https://zebre.example/salle',
  });
  const { id: webinarId } = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    writeWebinarAndReopen(trx, ctx, campaign.id, input),
  );
  await openRegistrations(ctx, campaign.slug, webinar);
  const registrationId = await register(t, campaign.id, webinarId);
  const file = Buffer.from('Nom;Adresse;Durée (minutes)\nMme Okapi;mme.okapi@savane.example;50\nInconnu Okapi;;12\n');
  const { importId: attendanceImportId } = await importAttendance(ctx, campaign.slug, webinar, {
    file,
    options: {
      fileName: 'presence-okapi.csv',
      mapping: { name: 'Nom', address: 'Adresse', minutes: 'Durée (minutes)' },
    },
  });
  await saveWebinarSurvey(ctx, campaign.slug, webinar, {
    title: 'Votre avis sur le zèbre',
    questions: ['satisfaction'],
  });
  return { webinar, registrationId, attendanceImportId };
}

const register = (t: TestDatabase, campaignId: number, webinarId: number): Promise<number> =>
  acrossOrganisations(t.db, async (trx) => {
    const address = 'mme.okapi@savane.example';
    const row = {
      organisation_id: t.cast.organisations.opco,
      campaign_id: campaignId,
      webinar_id: webinarId,
      address,
      address_hash: addressHash(SECRETS, address),
      first_name: 'Madame',
      last_name: 'Okapi',
      question: 'Et les okapis ?',
      place: 'inscrit',
      registered_at: NOW,
      placed_at: NOW,
      uid: 'okapi@pv.example',
      sequence: 0,
    };
    return (await trx.insertInto('registrations').values(row).returning('id').executeTakeFirstOrThrow()).id;
  });
