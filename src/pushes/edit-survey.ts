import { invalid } from '../base/errors.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { freshSlug } from '../campaigns/plan-fields.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { writeClosing } from '../surveys/close-survey.ts';
import { getSurvey } from '../surveys/queries.ts';
import { checkedCampaignSurvey, type SavedSurvey, writeSurvey } from '../surveys/save-survey.ts';
import type { SurveyInput } from '../surveys/schema.ts';
import { asks, reopenPushes } from './reopen.ts';

/**
 * Writes a survey of the actor's organisation, a new one without a slug. Its questions are part of what is approved: the
 * messages that carry it and have not ended are to be approved again, all of it or nothing.
 */
export async function saveCampaignSurvey(
  ctx: MemberCtx,
  campaignSlug: string,
  input: object,
): Promise<SavedSurvey & { reopened: number }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const isNew = !('slug' in input);
    const title = 'title' in input && typeof input.title === 'string' ? input.title : '';
    const slug = isNew ? await freshSlug(trx, 'surveys', id, title) : input.slug;
    const survey = checkedCampaignSurvey({ ...input, slug });
    if (isNew) refuseIfOver(survey, ctx.now());
    return writeSurveyAndReopen(trx, ctx, id, survey);
  });
}

function refuseIfOver({ closesAt }: SurveyInput, now: Date): void {
  if (closesAt === null || closesAt > now) return;
  const message = 'Ce jour est déjà passé : choisissez-en un à venir, ou aucun.';
  throw invalid('questionnaire_invalide', message, [{ field: 'closesAt', message }]);
}

/** The same inside the caller's transaction; of one that ended long ago too. */
export async function writeSurveyAndReopen(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: SurveyInput,
): Promise<SavedSurvey & { reopened: number }> {
  const saved = await writeSurvey(trx, ctx, campaignId, input);
  const reopened = saved.asksOther
    ? await crossing(trx, ctx.db, (all) =>
        reopenPushes(all, ctx, { campaignId, survey: input.slug, why: 'questionnaire modifié' }),
      )
    : 0;
  return { ...saved, reopened };
}

/** Nobody answers any more; the messages that carry it and have not ended wait for somebody to look at them. */
export async function closeCampaignSurvey(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
): Promise<{ title: string; reopened: number }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    return closeSurveyAndReopen(trx, ctx, id, slug);
  });
}

export async function closeSurveyAndReopen(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  slug: string,
): Promise<{ title: string; reopened: number }> {
  const survey = await getSurvey(trx, campaignId, slug);
  const closed = await writeClosing(trx, ctx, survey);
  const reopened = closed
    ? await crossing(trx, ctx.db, (all) =>
        reopenPushes(all, ctx, { campaignId, survey: slug, why: 'questionnaire clos' }),
      )
    : 0;
  return { title: survey.title, reopened };
}

/** A push that carries a survey. `submitted`: a change of the survey would ask for its approvals again. */
export type Carrier = { slug: string; title: string; submitted: boolean };

/** The pushes of a campaign that carry this survey, cancelled ones apart. */
export async function carriersOf(trx: Trx, campaignId: number, survey: string): Promise<Carrier[]> {
  const rows = await trx
    .selectFrom('pushes')
    .select(['slug', 'title', 'current_proof_id', 'finished_at'])
    .where('campaign_id', '=', campaignId)
    .where('cancelled_at', 'is', null)
    .where(asks(survey))
    .orderBy('id')
    .execute();
  return rows.map((r) => ({
    slug: r.slug,
    title: r.title,
    submitted: r.current_proof_id !== null && r.finished_at === null,
  }));
}
