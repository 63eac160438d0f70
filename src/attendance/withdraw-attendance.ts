import { notFound } from '../base/errors.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownWebinar } from '../webinars/act-webinar.ts';
import type { MemberCtx } from '../webinars/schema.ts';
import { findAgain } from './lines.ts';

/**
 * Takes a file of who came back: its lines go at once, and who came is found again without them. What people decided about
 * its doubtful ones is remembered, should the file come back.
 */
export async function withdrawAttendance(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  importId: number,
): Promise<{ fileName: string }> {
  allow(ctx.actor, 'webinar.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const webinar = await ownWebinar(trx, ctx, (await getCampaign(trx, campaignSlug)).id, slug);
    const withdrawn = await trx
      .updateTable('attendance_imports')
      .set({ withdrawn_at: ctx.now() })
      .where('id', '=', importId)
      .where('webinar_id', '=', webinar.id)
      .where('withdrawn_at', 'is', null)
      .returning('file_name')
      .executeTakeFirst();
    if (!withdrawn) throw notFound('Ce fichier');
    await trx
      .deleteFrom('attendance_lines')
      .where('organisation_id', '=', ctx.actor.organisationId)
      .where('import_id', '=', importId)
      .execute();
    await findAgain(trx, ctx, webinar.id);
    await recordAudit(trx, ctx, {
      action: 'webinar.attendance-withdraw',
      subject: `webinar:${webinar.id}`,
      detail: { importId },
    });
    return { fileName: withdrawn.file_name };
  });
}
