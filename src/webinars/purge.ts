import { type SqlBool, sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { lockWebinar } from './queries.ts';

/**
 * The day that the registration page gave has come: who registered and who came is forgotten. What stays counts people
 * and says nothing of who they were. Answers how many webinars were purged.
 */
export async function purgeWebinars({ db, now }: Pick<Ctx, 'db' | 'now'>): Promise<number> {
  const at = now();
  const due = await acrossOrganisations(db, (trx) =>
    trx
      .selectFrom('webinars')
      .select(['id', 'organisation_id as organisationId'])
      .where('purged_at', 'is', null)
      .where(sql<SqlBool>`ends_at + keep_days * interval '24 hours' <= ${at}`)
      .execute(),
  );
  for (const webinar of due) await purge({ db, now }, webinar);
  return due.length;
}

const purge = ({ db, now }: Pick<Ctx, 'db' | 'now'>, webinar: { id: number; organisationId: number }) =>
  acrossOrganisations(db, async (trx) => {
    const { id } = webinar;
    await lockWebinar(trx, id);
    await trx
      .updateTable('registrations')
      .set({
        address: null,
        address_hash: null,
        first_name: null,
        last_name: null,
        company: null,
        question: null,
        departement: null,
      })
      .where('webinar_id', '=', id)
      .execute();
    await trx.deleteFrom('attendance_lines').where('webinar_id', '=', id).execute();
    // What could not be read of a file stands in its report as it was: in a shifted column, a name.
    await trx
      .updateTable('attendance_imports')
      .set({ report: sql`report || '{"lines": []}'::jsonb` })
      .where('webinar_id', '=', id)
      .execute();
    // What tells two people of a file apart is made from a name or an address, and could be tried.
    await trx
      .updateTable('attendances as a')
      .set({ seen_as: null, person: sql`encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex')` })
      .where('a.webinar_id', '=', id)
      .execute();
    await trx.updateTable('webinars').set({ purged_at: now() }).where('id', '=', id).execute();
    await recordAudit(
      trx,
      { now, actor: { kind: 'clock', name: 'horloge' } },
      {
        action: 'webinar.purge',
        subject: `webinar:${id}`,
        organisationId: webinar.organisationId,
      },
    );
  });
