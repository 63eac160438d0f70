import { acrossOrganisations } from '../../src/db/database.ts';
import { holdWebinar } from '../../src/webinars/act-webinar.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { NOW, type TestDatabase } from '../support/database.ts';
import { madeWebinar, readAgain, registered, WEBINAR } from '../webinars/made-webinar.ts';

/** The evening of the webinar. */
export const AFTER = new Date(WEBINAR.endsAt.getTime() + 3 * 3_600_000);

/** A file of who came, of whoever runs the webinar. */
export async function attendanceFile(t: TestDatabase, webinar: WebinarRow): Promise<number> {
  files += 1;
  return acrossOrganisations(t.db, async (trx) => {
    const row = await trx
      .insertInto('attendance_imports')
      .values({
        organisation_id: webinar.organisationId,
        campaign_id: webinar.campaignId,
        webinar_id: webinar.id,
        file_name: 'presence.csv',
        file_hash: Buffer.from(`fichier ${files}`),
        platform: 'teams',
        report: '{}',
        imported_by: 'test',
        imported_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return row.id;
  });
}
let files = 0;

/** Who came, or may have: as matching the file wrote it. */
export async function attended(
  t: TestDatabase,
  ids: readonly number[],
  over: { state?: 'sur' | 'oui' | 'douteux' | 'non'; minutes?: number | ((i: number) => number) } = {},
): Promise<void> {
  const { state = 'sur', minutes = 50 } = over;
  if (ids.length === 0) return;
  await acrossOrganisations(t.db, async (trx) => {
    const rows = await trx.selectFrom('registrations').selectAll().where('id', 'in', ids).orderBy('id').execute();
    await trx
      .insertInto('attendances')
      .values(
        rows.map((r, i) => ({
          registration_id: r.id,
          person: `p${r.id}`,
          organisation_id: r.organisation_id,
          campaign_id: r.campaign_id,
          webinar_id: r.webinar_id,
          seen_as: 'Quelqu’un',
          minutes: typeof minutes === 'number' ? minutes : minutes(i),
          how: state === 'douteux' ? 'proche' : 'adresse',
          state,
        })),
      )
      .execute();
  });
}

export type Held = { webinar: WebinarRow; presents: number[]; absents: number[]; doubtful: number[] };

/** A webinar that took place: 25 of opco’s and 24 of btp’s came, 3 and 2 did not, one of each may have. */
export async function heldWebinar(
  t: TestDatabase,
  campaign: string,
  over: Record<string, unknown> = {},
): Promise<Held> {
  const made = await madeWebinar(t, campaign, over);
  const presents = [...(await registered(t, made, 'opco', 25)), ...(await registered(t, made, 'btp', 24))];
  const absents = [...(await registered(t, made, 'opco', 3)), ...(await registered(t, made, 'btp', 2))];
  const doubtful = [...(await registered(t, made, 'opco', 1)), ...(await registered(t, made, 'btp', 1))];
  await attendanceFile(t, made);
  await attended(t, presents);
  await attended(t, doubtful, { state: 'douteux' });
  await holdWebinar(t.ctx(t.cast.alice, AFTER), campaign, made.slug);
  return { webinar: await readAgain(t, made.id), presents, absents, doubtful };
}
