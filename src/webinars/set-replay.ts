import { z } from 'zod';
import { checked, webAddress } from '../campaigns/plan-fields.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownWebinar } from './act-webinar.ts';
import type { MemberCtx } from './schema.ts';

const replaySchema = z.strictObject({ replayUrl: webAddress });

/** Where the recording can be seen; null: nowhere any more. It moves nothing, and tells nobody by itself. */
export async function setReplay(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  input: { replayUrl: string | null },
): Promise<void> {
  allow(ctx.actor, 'webinar.write');
  const { replayUrl } = checked(replaySchema, input, 'replay_invalide', 'L’adresse n’est pas enregistrée.');
  await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const webinar = await ownWebinar(trx, ctx, (await getCampaign(trx, campaignSlug)).id, slug);
    if (webinar.replayUrl === replayUrl) return;
    await trx
      .updateTable('webinars')
      .set({ replay_url: replayUrl, updated_at: ctx.now() })
      .where('id', '=', webinar.id)
      .execute();
    await recordAudit(trx, ctx, {
      action: 'webinar.replay',
      subject: `webinar:${webinar.id}`,
      detail: { there: replayUrl !== null },
    });
  });
}
