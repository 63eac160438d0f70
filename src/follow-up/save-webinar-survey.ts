import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { surveyOfWebinar } from '../surveys/queries.ts';
import { checkedSurvey, type SavedSurvey, writeSurvey } from '../surveys/save-survey.ts';
import { ownWebinar } from '../webinars/act-webinar.ts';
import type { MemberCtx } from '../webinars/schema.ts';

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
