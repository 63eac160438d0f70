import { sql } from 'kysely';
import { LEVELS, type Level } from '../base/words.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { isClosed, type SurveyRow, surveysOfCampaign, wasOver } from './queries.ts';
import {
  type AnswerCount,
  type AnsweredGroup,
  ENOUGH,
  HANDED_ON,
  isExact,
  levelLine,
  linesOf,
  type SurveySums,
  sumsOf,
} from './results.ts';

export type SurveySheet = {
  survey: SurveyRow;
  closed: boolean;
  /** Somebody was given its address. */
  wasAsked: boolean;
  sums: SurveySums;
  /** Once closed; a level of null is several of them, and of `HANDED_ON` nobody knows it. */
  byLevel: { level: Level | typeof HANDED_ON | null; sums: SurveySums }[];
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
    const { rows } = await sql<{ left: Date | null }>`select left_at(${found.id}) as left`.execute(trx);
    const left = rows[0]?.left ?? null;
    const all = await surveysOfCampaign(trx, found.id);
    // Whoever left reads what was said by then, whole, or nothing of it.
    return { campaign: found, surveys: all.filter((s) => left === null || wasOver(s, left)) };
  });
  if (surveys.length === 0) return [];
  // Groups and answers are of several organisations: what leaves this function is sums over k or more.
  const { groups, counts, comments } = await acrossOrganisations(ctx.db, async (trx) => ({
    groups: await answeredGroups(trx, campaign.id, ctx.now()),
    counts: await answerCounts(trx, campaign.id, ctx.now()),
    comments: await commentsOf(trx, campaign.id, ctx.now()),
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
      byLevel: linesOf(own, { keyOf: levelLine, k: survey.k, closed })
        .map((line) => ({ level: line.key as SurveySheet['byLevel'][number]['level'], sums: sums(line.groups) }))
        .toSorted((a, b) => orderOf(a.level) - orderOf(b.level)),
      comments: mayReadComments && said.length >= ENOUGH ? said.toSorted((a, b) => a.localeCompare(b, 'fr')) : null,
      mayReadComments,
    };
  });
}

const orderOf = (level: SurveySheet['byLevel'][number]['level']): number =>
  level === null ? LEVELS.length : level === HANDED_ON ? LEVELS.length + 1 : LEVELS.indexOf(level);

/** The answers of a campaign, each with whether it is read yet (`ENOUGH`). */
const answersOf = (campaignId: number, now: Date) => sql`
  select a.survey_id, a.group_id, a.answers, a.comment,
    s.closed_at is not null or coalesce(s.closes_at <= ${now}, false)
      or row_number() over (partition by a.survey_id order by a.id)
        <= (count(*) over (partition by a.survey_id) / ${sql.lit(ENOUGH)} - 1) * ${sql.lit(ENOUGH)} as told
  from survey_answers a join surveys s on s.id = a.survey_id
  where a.campaign_id = ${campaignId}`;

/** The groups of every survey of a campaign, each with how many answered. Across organisations. */
export async function answeredGroups(trx: Trx, campaignId: number, now: Date): Promise<AnsweredGroup[]> {
  const { rows } = await sql<AnsweredGroup>`
    select g.id, g.survey_id as "surveyId", g.organisation_id as "organisationId", g.mixed, g.level, g.audience, g.asked,
      count(a.group_id) as answered, count(a.group_id) filter (where a.told) as told
    from survey_groups g left join (${answersOf(campaignId, now)}) a on a.group_id = g.id
    where g.campaign_id = ${campaignId}
    group by g.id order by g.id`.execute(trx);
  return rows;
}

/** How often each answer that is read was given in each group. Across organisations. */
export async function answerCounts(trx: Trx, campaignId: number, now: Date): Promise<AnswerCount[]> {
  const { rows } = await sql<AnswerCount>`
    select a.group_id as "groupId", e.key as question, e.value, count(*)::bigint as n
    from (${answersOf(campaignId, now)}) a cross join lateral jsonb_each_text(a.answers) e
    where a.told
    group by 1, 2, 3`.execute(trx);
  return rows;
}

async function commentsOf(trx: Trx, campaignId: number, now: Date): Promise<{ surveyId: number; comment: string }[]> {
  const { rows } = await sql<{ surveyId: number; comment: string }>`
    select a.survey_id as "surveyId", a.comment from (${answersOf(campaignId, now)}) a
    where a.told and a.comment <> ''`.execute(trx);
  return rows;
}
