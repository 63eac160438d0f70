import { expect, test } from 'vitest';
import { closeSurvey } from '../../src/surveys/close-survey.ts';
import { saveSurvey } from '../../src/surveys/save-survey.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { asked, makeSurvey, people, survey } from './cast.ts';

const t = await testDatabase();
const campaign = await makeCampaign(t);
const { alice, bruno, david, etranger } = t.cast;
const { opco } = t.cast.organisations;

test('a survey is written, changed, and the same again changes nothing', async () => {
  const input = survey();
  const write = (over = {}) => saveSurvey(t.ctx(alice), campaign.slug, { ...input, ...over });
  expect((await write()).outcome).toBe('created');
  expect((await write()).outcome).toBe('unchanged');
  expect((await write({ questions: ['usage', 'satisfaction', 'facilite'] })).outcome).toBe('updated');
});

test.each([
  [{ questions: [] }, 'questions'],
  [{ questions: ['age'] }, 'questions.0'],
  [{ title: ' ' }, 'title'],
  [{ closesAt: 'demain' }, 'closesAt'],
])('%j is refused with its field', async (over, field) => {
  await expect(makeSurvey(t, campaign.slug, over)).rejects.toMatchObject({
    kind: 'invalid',
    fields: [expect.objectContaining({ field })],
  });
});

test('a partner does not change another’s survey, an evaluator none, and a stranger learns nothing of it', async () => {
  const { slug } = await makeSurvey(t, campaign.slug);
  const change = (who: typeof alice) => saveSurvey(t.ctx(who), campaign.slug, { ...survey(), slug });
  await expect(change(bruno)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(change(david)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(change(etranger)).rejects.toMatchObject({ kind: 'not-found' });
  await expect(closeSurvey(t.ctx(bruno), campaign.slug, slug)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(closeSurvey(t.ctx(etranger), campaign.slug, slug)).rejects.toMatchObject({ kind: 'not-found' });
});

test('once somebody was asked the questions stay, and once closed nothing moves', async () => {
  const input = survey();
  const { id, slug } = await saveSurvey(t.ctx(alice), campaign.slug, input);
  await asked(t, id, people(opco, 'terrain', 20));
  const write = (over: object) => saveSurvey(t.ctx(alice), campaign.slug, { ...input, ...over });
  await expect(write({ questions: ['satisfaction'] })).rejects.toMatchObject({ code: 'questionnaire_parti' });
  await expect(write({ comment: false })).rejects.toMatchObject({ code: 'questionnaire_parti' });
  expect((await write({ title: 'Un autre titre' })).outcome).toBe('updated');
  await closeSurvey(t.ctx(alice), campaign.slug, slug);
  await expect(closeSurvey(t.ctx(alice), campaign.slug, slug)).resolves.toEqual({ title: 'Un autre titre' });
  await expect(write({ title: 'Encore un autre' })).rejects.toMatchObject({ code: 'questionnaire_clos' });
});
