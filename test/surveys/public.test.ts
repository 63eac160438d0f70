import { beforeEach, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { ANSWERS_AN_HOUR } from '../../src/surveys/answer.ts';
import { closeSurvey } from '../../src/surveys/close-survey.ts';
import { readSurveys } from '../../src/surveys/read-results.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { answersIn, asked, groupsIn, makeSurvey, pathOf, people, surveyHouse } from './cast.ts';

/** The address that a kit hands on: one for everybody. */

const t = await testDatabase();
const campaign = await makeCampaign(t, { k: 20 });
const { opco } = t.cast.organisations;
let house: ReturnType<typeof surveyHouse>;
let survey: { id: number; slug: string };
let path: string;

beforeEach(async () => {
  house = surveyHouse(t, { now: NOW, network: '' });
  survey = await makeSurvey(t, campaign.slug);
  path = `/questionnaires/${campaign.slug}/${survey.slug}`;
});

test('asks without a cookie, says that its address is everybody’s, and reading it makes no group (PRV-20, BOT-04)', async () => {
  const { status, text, headers } = await house.get(path);
  expect(status).toBe(200);
  expect(text).toContain('est la même pour tout le monde');
  expect(text).not.toContain('personnes ou plus');
  expect(headers.get('set-cookie')).toBeNull();
  await house.get(`${path}?satisfaction=5&usage=regulier&reponse=faite`);
  await house.ask('HEAD', path);
  expect(await groupsIn(t, survey.id)).toEqual([]);
});

test('its answers are in a group that asked nobody: no rate, and never full', async () => {
  for (let i = 0; i < 12; i++) expect((await house.post(path, { satisfaction: '4' })).status).toBe(303);
  expect(await groupsIn(t, survey.id)).toMatchObject([
    { organisation_id: opco, mixed: true, level: null, audience: 'public', asked: 0 },
  ]);
  const [sheet] = (await readSurveys(t.ctx(t.cast.alice), campaign.slug)).filter((s) => s.survey.id === survey.id);
  expect(sheet?.sums).toMatchObject({ answered: 12, unasked: 12, asked: 0, rate: null });
});

test('beside a letter’s, they are in no rate', async () => {
  const [group = 0] = (await asked(t, survey.id, people(opco, 'terrain', 40), 'lettre')) ?? [];
  for (let i = 0; i < 4; i++) await house.post(pathOf(group), { satisfaction: '2' });
  for (let i = 0; i < 6; i++) await house.post(path, { satisfaction: '5' });
  const [sheet] = (await readSurveys(t.ctx(t.cast.alice), campaign.slug)).filter((s) => s.survey.id === survey.id);
  expect(sheet?.sums).toMatchObject({ answered: 10, unasked: 6, asked: 40, exact: true, rate: 10 });
});

test('first answers at once make one group, and all are kept', async () => {
  const posted = await Promise.all(Array.from({ length: 6 }, () => house.post(path, { usage: 'ponctuel' })));
  expect(posted.map((r) => r.status)).toEqual(Array(6).fill(303));
  expect(await groupsIn(t, survey.id)).toHaveLength(1);
  expect(await answersIn(t, survey.id)).toHaveLength(6);
});

test.each([
  ['of another campaign', (slug: string) => `/questionnaires/ailleurs/${slug}`],
  ['that nobody wrote', () => `/questionnaires/${campaign.slug}/rien`],
  ['that is hostile', () => `/questionnaires/${campaign.slug}/${encodeURIComponent("' or 1=1 --")}`],
  ['that is endless', () => `/questionnaires/${campaign.slug}/${'a'.repeat(5_000)}`],
])('a survey %s is not found, to read or to answer', async (_, at) => {
  expect((await house.get(at(survey.slug))).status).toBe(404);
  expect((await house.post(at(survey.slug), { satisfaction: '5' })).status).toBe(404);
});

test('that of a webinar is for those who registered: it has no such address', async () => {
  const own = await makeSurvey(t, campaign.slug);
  await acrossOrganisations(t.db, async (trx) => {
    const webinar = {
      organisation_id: opco,
      campaign_id: campaign.id,
      slug: 'en-direct',
      address: 'en-direct',
      title: 'En direct',
      organisers: ['opco'],
      starts_at: NOW,
      ends_at: new Date(NOW.getTime() + 3_600_000),
      uid: 'x@pv.example',
      created_by: 'Alice',
      created_at: NOW,
      updated_at: NOW,
      changed_at: NOW,
    };
    const { id } = await trx.insertInto('webinars').values(webinar).returning('id').executeTakeFirstOrThrow();
    await trx.updateTable('surveys').set({ webinar_id: id }).where('id', '=', own.id).execute();
  });
  expect((await house.get(`/questionnaires/${campaign.slug}/${own.slug}`)).status).toBe(404);
});

test('hostile words come back as words, what was not asked is not kept, what is too long is refused', async () => {
  const hostile = '"><script>alert(1)</script>';
  const back = await house.post(path, { satisfaction: hostile, comment: hostile });
  expect(back.status).toBe(422);
  expect(back.text).not.toContain('<script>alert');
  await house.post(path, { usage: 'envisage', facilite: '5', group_id: '1', comment: hostile });
  expect(await answersIn(t, survey.id)).toMatchObject([{ answers: { usage: 'envisage' }, comment: hostile }]);
  expect((await house.post(path, { usage: 'envisage', comment: 'x'.repeat(20_000) })).status).toBe(413);
});

test('a robot on one network is slowed down, and the others are not', async () => {
  house.at.network = '198.51.100.20';
  for (let i = 0; i < ANSWERS_AN_HOUR; i++) await house.post(path, { satisfaction: '1' });
  expect((await house.post(path, { satisfaction: '1' })).status).toBe(429);
  house.at.network = '198.51.100.21';
  expect((await house.post(path, { satisfaction: '5' })).status).toBe(303);
  expect(await answersIn(t, survey.id)).toHaveLength(ANSWERS_AN_HOUR + 1);
});

test('once closed it is a plain page, and takes nothing', async () => {
  await closeSurvey(t.ctx(t.cast.alice), campaign.slug, survey.slug);
  expect((await house.get(path)).text).toContain('Ce questionnaire n’est plus ouvert.');
  expect((await house.post(path, { satisfaction: '5' })).status).toBe(409);
  expect(await answersIn(t, survey.id)).toEqual([]);
});
