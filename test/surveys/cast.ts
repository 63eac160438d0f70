import { Hono } from 'hono';
import type { Level } from '../../src/base/words.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { surveyPages } from '../../src/public/survey.tsx';
import { type Asked, openGroups, surveyUrl } from '../../src/surveys/groups.ts';
import { surveyById } from '../../src/surveys/queries.ts';
import { saveSurvey } from '../../src/surveys/save-survey.ts';
import type { Audience } from '../../src/surveys/schema.ts';
import { errorPage, missingPage } from '../../src/web/errors.tsx';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';

export const PUBLIC_URL = 'https://pv.example';

let made = 0;
export const survey = (over: Record<string, unknown> = {}) => {
  made += 1;
  return {
    slug: `avis-${made}`,
    title: 'Votre avis sur les outils',
    introduction: 'Une minute suffit.',
    questions: ['satisfaction', 'usage'],
    ...over,
  };
};

/** A survey of opco’s (Alice). */
export const makeSurvey = (t: TestDatabase, campaign: string, over: Record<string, unknown> = {}) =>
  saveSurvey(t.ctx(t.cast.alice), campaign, survey(over));

export const people = (organisationId: number, level: Level | null, count: number): Asked[] =>
  Array.from({ length: count }, () => ({ organisationId, level }));

/** The group of each, or null where they are too few. */
export const asked = (t: TestDatabase, surveyId: number, whom: readonly Asked[], audience: Audience = 'presents') =>
  acrossOrganisations(t.db, async (trx) => {
    const row = await surveyById(trx, surveyId);
    if (!row) throw new Error('no survey');
    return openGroups(trx, row, whom, audience, NOW);
  });

export const groupsIn = (t: TestDatabase, surveyId: number) =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('survey_groups')
      .select(['id', 'organisation_id', 'mixed', 'level', 'audience', 'asked'])
      .where('survey_id', '=', surveyId)
      .orderBy('id')
      .execute(),
  );

export const answersIn = (t: TestDatabase, surveyId: number) =>
  acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('survey_answers').selectAll().where('survey_id', '=', surveyId).orderBy('id').execute(),
  );

export const pathOf = (groupId: number): string => surveyUrl({ secrets: SECRETS, publicUrl: '' }, groupId);

/** The public page, on a clock that a test moves, from a network that it chooses. */
export function surveyHouse(t: TestDatabase, at: { now: Date; network: string } = { now: NOW, network: '' }) {
  const app = new Hono();
  let visits = 0;
  const networkOf = () => {
    visits += 1;
    return at.network || `10.9.${(visits >> 8) & 255}.${visits & 255}`;
  };
  app.route('/', surveyPages({ db: t.db, secrets: SECRETS, now: () => at.now, demo: true, networkOf }));
  app.onError(errorPage);
  app.notFound(missingPage);
  const ask = async (method: string, path: string, body?: FormData) => {
    const response = await app.request(path, { method, ...(body && { body }) });
    return {
      status: response.status,
      headers: response.headers,
      location: response.headers.get('location') ?? '',
      text: (await response.text()).replaceAll('\u00a0', ' ').replaceAll('\u202f', ' '),
    };
  };
  return {
    at,
    ask,
    get: (path: string) => ask('GET', path),
    post: (path: string, fields: Record<string, string>) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      return ask('POST', path, body);
    },
  };
}
