import type { Ctx } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import { conflict, notFound } from '../base/errors.ts';
import { openId } from '../base/tokens.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { type PublicCampaign, publicCampaign } from '../campaigns/public-campaign.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { slowDown } from '../organisations/slow-down.ts';
import { SURVEY_ADDRESS } from './groups.ts';
import { isClosed, type SurveyRow, surveyById } from './queries.ts';
import { answerSchema } from './schema.ts';

/** What public pages are made with. */
export type Instance = Pick<Ctx, 'db' | 'secrets' | 'now'>;

export type OpenSurvey = {
  survey: SurveyRow;
  closed: boolean;
  campaign: PublicCampaign & { slug: string };
  /** How many people share this address. */
  asked: number;
};

/** An office of many people answers from one network; a robot would not stop there. */
export const ANSWERS_AN_HOUR = 60;

/** The survey behind an address. Null for one that was guessed: who tries addresses learns nothing. Reading answers nothing. */
export function openSurvey(instance: Instance, token: string): Promise<OpenSurvey | null> {
  const groupId = openId(instance.secrets.doors, SURVEY_ADDRESS, token);
  if (groupId === null) return Promise.resolve(null);
  return acrossOrganisations(instance.db, async (trx) => {
    const group = await findGroup(trx, groupId);
    const survey = group && (await surveyById(trx, group.surveyId));
    if (!group || !survey) return null;
    const { slug } = await trx
      .selectFrom('campaigns')
      .select('slug')
      .where('id', '=', survey.campaignId)
      .executeTakeFirstOrThrow();
    const campaign = { ...(await publicCampaign(trx, survey.campaignId, instance.now())), slug };
    return { survey, closed: isClosed(survey, instance.now()), campaign, asked: group.asked };
  });
}

/**
 * Keeps one answer with its group and its day, and nothing that says whose it is: somebody who answers twice counts twice,
 * up to as many answers as people were asked. Throws `introuvable`, `invalid` with the fields, `questionnaire_clos`,
 * `trop_de_demandes`.
 */
export async function answerSurvey(
  instance: Instance & { network: string },
  token: string,
  input: unknown,
): Promise<void> {
  const open = await openSurvey(instance, token);
  if (!open) throw notFound('Ce questionnaire');
  if (open.closed) throw closed();
  const { answers, comment } = checked(
    answerSchema(open.survey.questions, open.survey.comment),
    input,
    'reponse_invalide',
    'Votre réponse n’est pas partie : corrigez les champs signalés.',
  );
  await slowDown(instance, 'questionnaire', ANSWERS_AN_HOUR);
  const groupId = openId(instance.secrets.doors, SURVEY_ADDRESS, token) ?? 0;
  await acrossOrganisations(instance.db, async (trx) => {
    // Whoever closes it waits for this answer, or this answer finds it closed.
    const survey = await surveyById(trx, open.survey.id, { hold: true });
    if (!survey || isClosed(survey, instance.now())) throw closed();
    const group = await findGroup(trx, groupId, { hold: true });
    if (!group || (await answersIn(trx, groupId)) >= group.asked) throw full();
    await trx
      .insertInto('survey_answers')
      .values({
        survey_id: survey.id,
        campaign_id: survey.campaignId,
        organisation_id: group.organisationId,
        group_id: groupId,
        answers: JSON.stringify(answers),
        comment,
        on_day: toParisDay(instance.now()),
      })
      .execute();
  });
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
