import { z } from 'zod';
import { checked, webAddress } from '../campaigns/plan-fields.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { surveyOfWebinar } from '../surveys/queries.ts';
import { checkedSurvey, type SavedSurvey, writeSurvey } from '../surveys/save-survey.ts';
import { ownWebinar } from './act-webinar.ts';
import type { MemberCtx } from './schema.ts';

/** What a webinar leaves behind, readied by the organisation that ran it. */

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

/** Writes the one survey of a webinar, or changes it. */
export async function saveWebinarSurvey(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  input: object,
): Promise<SavedSurvey> {
  allow(ctx.actor, 'webinar.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    const webinar = await ownWebinar(trx, ctx, campaignId, slug);
    const before = await surveyOfWebinar(trx, webinar.id);
    const survey = checkedSurvey({ ...input, slug: before?.slug ?? `avis-${webinar.id}` });
    return writeSurvey(trx, ctx, campaignId, survey, webinar.id);
  });
}
