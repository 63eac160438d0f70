import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { Question, SurveyInput } from './schema.ts';

export type SurveyRow = SurveyInput & {
  id: number;
  campaignId: number;
  /** Who asks. */
  organisationId: number;
  organisation: { slug: string; name: string };
  webinarId: number | null;
  closedAt: Date | null;
  createdAt: Date;
  /** Of the campaign: the least number of people that share an address. */
  k: number;
};

const surveys = (trx: Trx) =>
  trx
    .selectFrom('surveys as s')
    .innerJoin('organisations as o', 'o.id', 's.organisation_id')
    .innerJoin('campaigns as c', 'c.id', 's.campaign_id')
    .selectAll('s')
    .select(['o.slug as owner_slug', 'o.name as owner_name', 'c.k']);

/** The surveys of a campaign, in the order in which they were written. */
export async function surveysOfCampaign(trx: Trx, campaignId: number): Promise<SurveyRow[]> {
  const rows = await surveys(trx).where('s.campaign_id', '=', campaignId).orderBy('s.id').execute();
  return rows.map(toSurvey);
}

export async function findSurvey(trx: Trx, campaignId: number, slug: string): Promise<SurveyRow | null> {
  const row = await surveys(trx).where('s.campaign_id', '=', campaignId).where('s.slug', '=', slug).executeTakeFirst();
  return row ? toSurvey(row) : null;
}

export async function getSurvey(trx: Trx, campaignId: number, slug: string): Promise<SurveyRow> {
  const survey = await findSurvey(trx, campaignId, slug);
  if (!survey) throw notFound('Ce questionnaire');
  return survey;
}

/** The one survey of a webinar; null: none was written. */
export async function surveyOfWebinar(trx: Trx, webinarId: number): Promise<SurveyRow | null> {
  const row = await surveys(trx).where('s.webinar_id', '=', webinarId).executeTakeFirst();
  return row ? toSurvey(row) : null;
}

/** `hold`: it is neither closed nor changed before the end of the transaction. */
export async function surveyById(trx: Trx, id: number, { hold = false } = {}): Promise<SurveyRow | null> {
  const row = await surveys(trx)
    .where('s.id', '=', id)
    .$if(hold, (q) => q.forShare('s'))
    .executeTakeFirst();
  return row ? toSurvey(row) : null;
}

/** Nobody answers any more. */
export const isClosed = (survey: Pick<SurveyRow, 'closedAt' | 'closesAt'>, now: Date): boolean =>
  survey.closedAt !== null || (survey.closesAt !== null && survey.closesAt <= now);

/** Nobody has answered since that instant: what it says then is what it says for good. */
export function wasOver({ closedAt, closesAt }: Pick<SurveyRow, 'closedAt' | 'closesAt'>, at: Date): boolean {
  const over = closedAt ?? closesAt;
  return over !== null && over <= at;
}

/** A survey in the shape in which it is given. */
export const surveyInput = (s: SurveyRow): SurveyInput => ({
  slug: s.slug,
  title: s.title,
  introduction: s.introduction,
  questions: s.questions,
  comment: s.comment,
  closesAt: s.closesAt,
});

type Stored = Awaited<ReturnType<ReturnType<typeof surveys>['executeTakeFirstOrThrow']>>;

// What was checked when written is trusted when read.
const toSurvey = (r: Stored): SurveyRow => ({
  id: r.id,
  campaignId: r.campaign_id,
  organisationId: r.organisation_id,
  organisation: { slug: r.owner_slug, name: r.owner_name },
  webinarId: r.webinar_id,
  slug: r.slug,
  title: r.title,
  introduction: r.introduction,
  questions: r.questions as Question[],
  comment: r.comment,
  closesAt: r.closes_at,
  closedAt: r.closed_at,
  createdAt: r.created_at,
  k: r.k,
});
