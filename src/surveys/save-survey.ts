import { isDeepStrictEqual } from 'node:util';
import { actorLabel } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { findSurvey, isClosed, surveyInput } from './queries.ts';
import { campaignSurveySchema, type SurveyInput, surveySchema } from './schema.ts';

export type SavedSurvey = {
  id: number;
  slug: string;
  outcome: 'created' | 'updated' | 'unchanged';
  /** What somebody reads before answering is not what it was: more than the day it ends. */
  asksOther: boolean;
};

/** Writes a survey of the actor's organisation in a campaign it takes part in, or changes the one of that slug. */
export async function saveSurvey(ctx: MemberCtx, campaignSlug: string, input: unknown): Promise<SavedSurvey> {
  allow(ctx.actor, 'campaign.write');
  const survey = checkedSurvey(input);
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    writeSurvey(trx, ctx, (await getCampaign(trx, campaignSlug)).id, survey),
  );
}

/** Of a webinar. Throws `invalid` with the fields. */
export const checkedSurvey = (input: unknown): SurveyInput => checkedBy(surveySchema, input);
/** Of a newsletter or a kit. */
export const checkedCampaignSurvey = (input: unknown): SurveyInput => checkedBy(campaignSurveySchema, input);

const checkedBy = (schema: typeof surveySchema, input: unknown): SurveyInput =>
  checked(
    schema,
    input,
    'questionnaire_invalide',
    'Le questionnaire n’est pas enregistré : corrigez les champs signalés.',
  );

/**
 * The same inside the caller's transaction. `webinarId`: what it is asked about, of the same organisation. Once somebody was
 * asked, its questions stay: answers to others would be added to them.
 */
export async function writeSurvey(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: SurveyInput,
  webinarId: number | null = null,
): Promise<SavedSurvey> {
  await mustPlan(trx, campaignId);
  const before = await findSurvey(trx, campaignId, input.slug);
  const now = ctx.now();
  const columns = {
    title: input.title,
    introduction: input.introduction,
    questions: input.questions,
    comment: input.comment,
    closes_at: input.closesAt,
    updated_at: now,
  };
  if (!before) {
    const { id } = await trx
      .insertInto('surveys')
      .values({
        ...columns,
        slug: input.slug,
        organisation_id: ctx.actor.organisationId,
        campaign_id: campaignId,
        webinar_id: webinarId,
        created_by: actorLabel(ctx.actor),
        created_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, { action: 'survey.create', subject: `survey:${id}`, detail: { slug: input.slug } });
    return { id, slug: input.slug, outcome: 'created', asksOther: true };
  }
  mustOwnLine(ctx, before);
  if (before.webinarId !== webinarId)
    throw conflict(
      'questionnaire_pris',
      `« ${before.title} » s’appelle déjà « ${input.slug} » dans cette campagne : donnez un autre identifiant.`,
    );
  const same = { id: before.id, slug: input.slug };
  if (isDeepStrictEqual(surveyInput(before), input)) return { ...same, outcome: 'unchanged', asksOther: false };
  // At its date too: closed twice, the second reading less the first would be what one person said.
  if (isClosed(before, now)) throw conflict('questionnaire_clos', `« ${before.title} » est clos : il ne change plus.`);
  const asksOther = !isDeepStrictEqual(before.questions, input.questions) || before.comment !== input.comment;
  if (asksOther && (await crossing(trx, ctx.db, (all) => wasAsked(all, before.id))))
    throw conflict(
      'questionnaire_parti',
      `« ${before.title} » a déjà été envoyé : ses questions ne changent plus, seuls son titre, son introduction et sa date de fin.`,
    );
  await trx.updateTable('surveys').set(columns).where('id', '=', before.id).execute();
  await recordAudit(trx, ctx, {
    action: 'survey.update',
    subject: `survey:${before.id}`,
    detail: { slug: input.slug },
  });
  const reworded = before.title !== input.title || before.introduction !== input.introduction;
  return { ...same, outcome: 'updated', asksOther: asksOther || reworded };
}

const wasAsked = async (trx: Trx, surveyId: number): Promise<boolean> =>
  (await trx.selectFrom('survey_groups').select('id').where('survey_id', '=', surveyId).limit(1).executeTakeFirst()) !==
  undefined;
