import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { getSurvey, type SurveyRow } from './queries.ts';

/** Nobody answers any more, for good: from then on its results are told by groups. Closed already, nothing is written. */
export async function closeSurvey(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<{ title: string }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const survey = await getSurvey(trx, id, slug);
    await writeClosing(trx, ctx, survey);
    return { title: survey.title };
  });
}

/** The same inside the caller's transaction; false: it was closed before. */
export async function writeClosing(trx: Trx, ctx: MemberCtx, survey: SurveyRow): Promise<boolean> {
  await mustPlan(trx, survey.campaignId);
  mustOwnLine(ctx, survey);
  const now = ctx.now();
  const closed = await trx
    .updateTable('surveys')
    .set({ closed_at: now, updated_at: now })
    .where('id', '=', survey.id)
    .where('closed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (closed) await recordAudit(trx, ctx, { action: 'survey.close', subject: `survey:${survey.id}` });
  return closed !== undefined;
}
