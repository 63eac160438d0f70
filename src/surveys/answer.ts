import type { Ctx } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import { conflict, notFound } from '../base/errors.ts';
import { openId } from '../base/tokens.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { type PublicCampaign, publicCampaign } from '../campaigns/public-campaign.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { slowDown } from '../organisations/slow-down.ts';
import { publicGroup, SURVEY_ADDRESS } from './groups.ts';
import { findSurvey, isClosed, type SurveyRow, surveyById } from './queries.ts';
import { answerSchema } from './schema.ts';

/** What public pages are made with. */
export type Instance = Pick<Ctx, 'db' | 'secrets' | 'now'>;

/** Of a group, which is told by its token; or the one that anybody may hand on, by its names. */
export type SurveyAddress = { token: string } | { campaign: string; survey: string };

export type OpenSurvey = {
  survey: SurveyRow;
  closed: boolean;
  campaign: PublicCampaign & { slug: string };
  /** Whoever holds its address may answer: nobody was asked in particular. */
  everybody: boolean;
};

/** An office of many people answers from one network; a robot would not stop there. */
export const ANSWERS_AN_HOUR = 60;

/** The survey behind an address. Null for one that was guessed: who tries addresses learns nothing. Reading answers nothing. */
export function openSurvey(instance: Instance, address: SurveyAddress): Promise<OpenSurvey | null> {
  return acrossOrganisations(instance.db, async (trx) => {
    const found = 'token' in address ? await ofGroup(trx, instance, address.token) : await ofNames(trx, address);
    if (!found) return null;
    const { survey, everybody } = found;
    const { slug } = await trx
      .selectFrom('campaigns')
      .select('slug')
      .where('id', '=', survey.campaignId)
      .executeTakeFirstOrThrow();
    const campaign = { ...(await publicCampaign(trx, survey.campaignId, instance.now())), slug };
    return { survey, closed: isClosed(survey, instance.now()), campaign, everybody };
  });
}

type Found = { survey: SurveyRow; everybody: boolean };

async function ofGroup(trx: Trx, instance: Instance, token: string): Promise<Found | null> {
  const groupId = openId(instance.secrets.doors, SURVEY_ADDRESS, token);
  const group = groupId === null ? undefined : await findGroup(trx, groupId);
  const survey = group && (await surveyById(trx, group.surveyId));
  return survey ? { survey, everybody: false } : null;
}

/** That of a webinar is for those who registered, and has no such address. */
async function ofNames(trx: Trx, address: { campaign: string; survey: string }): Promise<Found | null> {
  const campaign = await trx
    .selectFrom('campaigns')
    .select('id')
    .where('slug', '=', address.campaign)
    .executeTakeFirst();
  const survey = campaign && (await findSurvey(trx, campaign.id, address.survey));
  return survey && survey.webinarId === null ? { survey, everybody: true } : null;
}

/**
 * Keeps one answer with its group and its day, and nothing that says whose it is: somebody who answers twice counts twice,
 * in a group up to as many answers as people were asked. Throws `introuvable`, `invalid` with the fields,
 * `questionnaire_clos`, `trop_de_demandes`.
 */
export async function answerSurvey(
  instance: Instance & { network: string },
  address: SurveyAddress,
  input: unknown,
): Promise<void> {
  const open = await openSurvey(instance, address);
  if (!open) throw notFound('Ce questionnaire');
  if (open.closed) throw closed();
  const { answers, comment } = checked(
    answerSchema(open.survey.questions, open.survey.comment),
    input,
    'reponse_invalide',
    'Votre réponse n’est pas partie : corrigez les champs signalés.',
  );
  await slowDown(instance, 'questionnaire', ANSWERS_AN_HOUR);
  await acrossOrganisations(instance.db, async (trx) => {
    // Whoever closes it waits for this answer, or this answer finds it closed.
    const survey = await surveyById(trx, open.survey.id, { hold: true });
    if (!survey || isClosed(survey, instance.now())) throw closed();
    const group =
      'token' in address
        ? await groupWithRoom(trx, openId(instance.secrets.doors, SURVEY_ADDRESS, address.token) ?? 0)
        : { id: await publicGroup(trx, survey, instance.now()), organisationId: survey.organisationId };
    await trx
      .insertInto('survey_answers')
      .values({
        survey_id: survey.id,
        campaign_id: survey.campaignId,
        organisation_id: group.organisationId,
        group_id: group.id,
        answers: JSON.stringify(answers),
        comment,
        on_day: toParisDay(instance.now()),
      })
      .execute();
  });
}

async function groupWithRoom(trx: Trx, id: number): Promise<{ id: number; organisationId: number }> {
  const group = await findGroup(trx, id, { hold: true });
  if (!group || (await answersIn(trx, id)) >= group.asked) throw full();
  return { id, organisationId: group.organisationId };
}

const closed = () => conflict('questionnaire_clos', 'Ce questionnaire est clos : plus aucune réponse n’est prise.');
const full = () =>
  conflict(
    'questionnaire_plein',
    'Autant de réponses que de personnes interrogées sont déjà arrivées : ce questionnaire n’en prend plus.',
  );

const findGroup = (trx: Trx, id: number, { hold = false } = {}) =>
  trx
    .selectFrom('survey_groups')
    .select(['survey_id as surveyId', 'organisation_id as organisationId', 'asked'])
    .where('id', '=', id)
    // One at a time: two at once are both counted before a third is let in.
    .$if(hold, (q) => q.forUpdate())
    .executeTakeFirst();

const answersIn = async (trx: Trx, groupId: number): Promise<number> =>
  (
    await trx
      .selectFrom('survey_answers')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('group_id', '=', groupId)
      .executeTakeFirstOrThrow()
  ).n;
