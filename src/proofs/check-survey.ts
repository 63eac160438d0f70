import { longDateTime } from '../base/dates.ts';
import { lastMoment, type Window } from '../pushes/timing.ts';
import { isClosed } from '../surveys/queries.ts';
import { type Finding, quoted } from './check-schema.ts';
import type { CarriedSurvey } from './queries.ts';

export type CarryingPush = { scheduledAt: Date | null; deadlineAt: Date | null; window: Window | null };

const DAY = 86_400_000;
/** Half of those who answer a letter do within this time. */
const ENOUGH_DAYS = 3;

/** A letter against the surveys that it carries: whoever opens one must still be able to answer. */
export const checkSurveys = (push: CarryingPush, surveys: readonly CarriedSurvey[], now: Date): Finding[] =>
  surveys.flatMap((survey) => checkOne(push, survey, now));

function checkOne(push: CarryingPush, survey: CarriedSurvey, now: Date): Finding[] {
  const { title, closesAt } = survey;
  const said = (code: string, level: Finding['level'], message: string, remedy: string): Finding[] => [
    { code, level, place: 'Questionnaire', message, remedy },
  ];
  if (isClosed(survey, now))
    return said(
      'questionnaire_clos',
      'bloquant',
      `Le questionnaire ${quoted(title)} est clos : personne ne pourrait y répondre.`,
      'Retirez ce bloc, ou choisissez un questionnaire ouvert.',
    );
  if (closesAt === null) return [];
  const last = lastMoment(push) ?? push.scheduledAt ?? now;
  if (closesAt <= last)
    return said(
      'questionnaire_fini_avant',
      'bloquant',
      `Le questionnaire ${quoted(title)} finit le ${longDateTime(closesAt)} : le message peut partir après.`,
      'Reculez sa fin, ou avancez le départ.',
    );
  if (closesAt.getTime() - (push.scheduledAt ?? now).getTime() < ENOUGH_DAYS * DAY)
    return said(
      'questionnaire_court',
      'a_voir',
      `Le questionnaire ${quoted(title)} finit moins de ${ENOUGH_DAYS} jours après le départ.`,
      'Laissez à ses lecteurs le temps de répondre.',
    );
  return [];
}
