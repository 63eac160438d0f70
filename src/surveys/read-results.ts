import { sql } from 'kysely';
import { LEVELS, type Level } from '../base/words.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { isClosed, type SurveyRow, surveysOfCampaign } from './queries.ts';
import { type AnswerCount, type AnsweredGroup, ENOUGH, isExact, linesOf, type SurveySums, sumsOf } from './results.ts';
import type { Audience, Question } from './schema.ts';

export type SurveySheet = {
  survey: SurveyRow;
  closed: boolean;
  /** Somebody was given its address. */
  wasAsked: boolean;
  sums: SurveySums;
  /** Once closed; a level of null is several of them. */
  byLevel: { level: Level | null; sums: SurveySums }[];
  /** What was written freely, in the order of the alphabet; null: not this reader's, or too few to be read without guessing. */
  comments: string[] | null;
  /** Whether this reader would see comments, once there are enough. */
  mayReadComments: boolean;
};

/** The surveys of a campaign with what they brought: the same sums for everybody who may read its report. */
export async function readSurveys(ctx: MemberCtx, campaignSlug: string): Promise<SurveySheet[]> {
  allow(ctx.actor, 'report.read');
  const { campaign, surveys } = await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const found = await getCampaign(trx, campaignSlug);
    return { campaign: found, surveys: await surveysOfCampaign(trx, found.id) };
  });
  if (surveys.length === 0) return [];
  // Groups and answers are of several organisations: what leaves this function is sums over k or more.
  const { groups, counts, comments } = await acrossOrganisations(ctx.db, async (trx) => ({
    groups: await answeredGroups(trx, campaign.id),
    counts: await answerCounts(trx, campaign.id),
    comments: await commentsOf(trx, campaign.id),
  }));
  return surveys.map((survey) => {
    const own = groups.filter((g) => g.surveyId === survey.id);
    const closed = isClosed(survey, ctx.now());
    const said = comments.filter((c) => c.surveyId === survey.id).map((c) => c.comment);
    const mayReadComments = survey.organisationId === ctx.actor.organisationId && may(ctx.actor, 'registration.read');
    const sums = (of: readonly AnsweredGroup[]): SurveySums => sumsOf(survey.questions, of, counts, isExact(own));
    return {
      survey,
      closed,
      wasAsked: own.length > 0,
      sums: sums(own),
      byLevel: linesOf(own, { keyOf: (g) => g.level, k: survey.k, closed })
        .map((line) => ({ level: line.key as Level | null, sums: sums(line.groups) }))
        .toSorted((a, b) => orderOf(a.level) - orderOf(b.level)),
      comments: mayReadComments && said.length >= ENOUGH ? said.toSorted((a, b) => a.localeCompare(b, 'fr')) : null,
      mayReadComments,
    };
  });
}

const orderOf = (level: Level | null): number => (level === null ? LEVELS.length : LEVELS.indexOf(level));

/** The groups of every survey of a campaign, each with how many answered. Across organisations. */
export async function answeredGroups(trx: Trx, campaignId: number): Promise<AnsweredGroup[]> {
  const rows = await trx
    .selectFrom('survey_groups as g')
    .leftJoin(
      trx
        .selectFrom('survey_answers')
        .select((eb) => ['group_id', eb.fn.countAll<number>().as('n')])
        .where('campaign_id', '=', campaignId)
        .groupBy('group_id')
        .as('a'),
      'a.group_id',
      'g.id',
    )
    .select([
      'g.id',
      'g.survey_id as surveyId',
      'g.organisation_id as organisationId',
      'g.mixed',
      'g.level',
      'g.audience',
      'g.asked',
      'a.n as answered',
    ])
    .where('g.campaign_id', '=', campaignId)
    .orderBy('g.id')
    .execute();
  return rows.map((r) => ({
    ...r,
    level: r.level as Level | null,
    audience: r.audience as Audience,
    answered: r.answered ?? 0,
  }));
}

/** How often each answer was given in each group. Across organisations. */
export async function answerCounts(trx: Trx, campaignId: number): Promise<AnswerCount[]> {
  const { rows } = await sql<Omit<AnswerCount, 'question'> & { question: string }>`
    select a.group_id as "groupId", e.key as question, e.value, count(*)::bigint as n
    from survey_answers a cross join lateral jsonb_each_text(a.answers) e
    where a.campaign_id = ${campaignId}
    group by 1, 2, 3`.execute(trx);
  return rows.map((r) => ({ ...r, question: r.question as Question }));
}

const commentsOf = (trx: Trx, campaignId: number) =>
  trx
    .selectFrom('survey_answers')
    .select(['survey_id as surveyId', 'comment'])
    .where('campaign_id', '=', campaignId)
    .where('comment', '<>', '')
    .execute();
