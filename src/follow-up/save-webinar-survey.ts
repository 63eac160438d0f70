import { getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { surveyOfWebinar } from '../surveys/queries.ts';
import { checkedSurvey, type SavedSurvey, writeSurvey } from '../surveys/save-survey.ts';
import type { SurveyInput } from '../surveys/schema.ts';
import { ownWebinar } from '../webinars/act-webinar.ts';
import type { WebinarRow } from '../webinars/queries.ts';
import type { MemberCtx } from '../webinars/schema.ts';

/** A survey without its name, which is its webinar's. */
export type WebinarSurvey = Omit<SurveyInput, 'slug'>;

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
    return writeWebinarSurvey(trx, ctx, await ownWebinar(trx, ctx, campaignId, slug), input);
  });
}

/** The same inside the caller's transaction, which holds the webinar. */
export async function writeWebinarSurvey(
  trx: Trx,
  ctx: MemberCtx,
  webinar: WebinarRow,
  input: object,
): Promise<SavedSurvey> {
  const before = await surveyOfWebinar(trx, webinar.id);
  const slug = before?.slug ?? `avis-${webinar.slug}`.slice(0, 76).replace(/-+$/, '');
  return writeSurvey(trx, ctx, webinar.campaignId, checkedSurvey({ ...input, slug }), webinar.id);
}
