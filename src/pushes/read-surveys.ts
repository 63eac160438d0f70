import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { isClosed, type SurveyRow, surveysOfCampaign } from '../surveys/queries.ts';
import { type Carrier, carriersOf } from './edit-survey.ts';

/** A survey of a campaign as its pages show it, less what was answered. */
export type SurveyLine = {
  survey: SurveyRow;
  closed: boolean;
  /** The reader's organisation asks it, and the reader may write it. */
  own: boolean;
  /** Kits offer every open survey of the lead. */
  inKits: boolean;
  carriers: Carrier[];
};

/** The surveys that letters and kits of a campaign carry; `introuvable` for a stranger. */
export function readCampaignSurveys(
  ctx: MemberCtx,
  campaignSlug: string,
): Promise<{ campaign: CampaignRow; surveys: SurveyLine[] }> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const surveys: SurveyLine[] = [];
    for (const survey of await surveysOfCampaign(trx, campaign.id)) {
      if (survey.webinarId !== null) continue;
      const closed = isClosed(survey, ctx.now());
      surveys.push({
        survey,
        closed,
        own: survey.organisationId === ctx.actor.organisationId && may(ctx.actor, 'campaign.write'),
        inKits: !closed && survey.organisationId === campaign.organisationId,
        carriers: await carriersOf(trx, campaign.id, survey.slug),
      });
    }
    return { campaign, surveys };
  });
}
