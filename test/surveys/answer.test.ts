import { beforeEach, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { ANSWERS_AN_HOUR } from '../../src/surveys/answer.ts';
import { closeSurvey } from '../../src/surveys/close-survey.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { answersIn, asked, makeSurvey, pathOf, people, surveyHouse } from './cast.ts';

const t = await testDatabase();
const campaign = await makeCampaign(t, { k: 20 });
const { opco } = t.cast.organisations;
let house: ReturnType<typeof surveyHouse>;
let survey: { id: number; slug: string };
let group: number;
let path: string;

beforeEach(async () => {
  house = surveyHouse(t, { now: NOW, network: '' });
  survey = await makeSurvey(t, campaign.slug);
  [group = 0] = (await asked(t, survey.id, people(opco, 'terrain', 20))) ?? [];
  path = pathOf(group);
});

describe('the public page', () => {
  test('asks in radios, says that it is anonymous and why, sets no cookie (PRV-20)', async () => {
    const { status, text, headers } = await house.get(path);
    expect(status).toBe(200);
    for (const words of [
      'Dans l’ensemble, êtes-vous satisfait ?',
      'Quel usage en faites-vous',
      'type="radio"',
      'Pourquoi c’est anonyme',
      'la même pour 20 personnes ou plus',
      'vos réponses et le jour, sans heure',
      'OPCO de test',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('Ce qui vous est proposé est-il facile');
    expect(headers.get('set-cookie')).toBeNull();
  });

  test('answers nothing by being read: mail filters open every address, with answers in it too (BOT-04)', async () => {
    await house.get(path);
    await house.get(`${path}?satisfaction=5&reponse=faite`);
    await house.ask('HEAD', path);
    expect(await answersIn(t, survey.id)).toEqual([]);
  });

  test('keeps an answer with its group and its day, and nothing else of whoever gave it', async () => {
    const posted = await house.post(path, { satisfaction: '4', usage: 'interne', comment: ' Bien, merci. ' });
    expect([posted.status, posted.location]).toEqual([303, `${path}?reponse=faite`]);
    expect((await house.get(posted.location)).text).toContain('Merci, votre réponse est comptée.');
    const [row] = await answersIn(t, survey.id);
    expect(row).toEqual({
      id: expect.any(Number),
      organisation_id: opco,
      campaign_id: campaign.id,
      survey_id: survey.id,
      group_id: group,
      answers: { satisfaction: 4, usage: 'interne' },
      comment: 'Bien, merci.',
      on_day: '2026-11-22',
    });
  });

  test('the day is the one in Paris', async () => {
    house.at.now = new Date('2026-11-22T23:30:00Z');
    await house.post(path, { satisfaction: '4' });
    expect((await answersIn(t, survey.id))[0]?.on_day).toBe('2026-11-23');
  });
});

describe('bad input', () => {
  test.each([
    [{}, 'Répondez à une question au moins.'],
    [{ satisfaction: '6' }, 'Choisissez une des réponses proposées.'],
    [{ satisfaction: '4', usage: 'DROP TABLE' }, 'Choisissez une des réponses proposées.'],
    [{ satisfaction: '4', comment: 'x'.repeat(1001) }, 'caractères au plus'],
  ])('%j comes back with its message, and what was chosen', async (fields: Record<string, string>, message) => {
    const { status, text } = await house.post(path, fields);
    expect(status).toBe(422);
    expect(text).toContain(message);
    expect(await answersIn(t, survey.id)).toEqual([]);
  });

  test('what was not asked is not kept, and a hostile word is words', async () => {
    await house.post(path, { satisfaction: '4', facilite: '5', id: '7', comment: '<script>alert(1)</script>' });
    const [row] = await answersIn(t, survey.id);
    expect(row).toMatchObject({ answers: { satisfaction: 4 }, comment: '<script>alert(1)</script>' });
  });

  test('a forged address, another purpose’s, one of a group that is not there: nothing is found', async () => {
    const other = sealId(SECRETS.doors, 'inscription', group);
    for (const bad of [`${path}x`, `/questionnaires/${other}`, pathOf(987_654), '/questionnaires/1']) {
      expect((await house.get(bad)).status).toBe(404);
      expect((await house.post(bad, { satisfaction: '5' })).status).toBe(404);
    }
    expect(await answersIn(t, survey.id)).toEqual([]);
  });
});

describe('closed, full, too many', () => {
  test('a closed survey says so, and takes nothing more', async () => {
    await closeSurvey(t.ctx(t.cast.alice), campaign.slug, survey.slug);
    expect((await house.get(path)).text).toContain('Ce questionnaire n’est plus ouvert.');
    const late = await house.post(path, { satisfaction: '5' });
    expect([late.status, late.text.includes('Ce questionnaire est clos')]).toEqual([409, true]);
    expect(await answersIn(t, survey.id)).toEqual([]);
  });

  test('it closes by itself at its date', async () => {
    const dated = await makeSurvey(t, campaign.slug, { closesAt: new Date('2026-11-30T23:00:00Z') });
    const [own = 0] = (await asked(t, dated.id, people(opco, 'terrain', 20))) ?? [];
    expect((await house.get(pathOf(own))).text).toContain('lundi 30 novembre 2026');
    house.at.now = new Date('2026-11-30T23:00:00Z');
    expect((await house.post(pathOf(own), { satisfaction: '5' })).status).toBe(409);
  });

  test('two answers posted at once are two; of two for one place left, one is', async () => {
    const posted = () => house.post(path, { satisfaction: '3' });
    expect((await Promise.all([posted(), posted()])).map((r) => r.status)).toEqual([303, 303]);
    for (let i = 0; i < 17; i++) await posted();
    expect((await Promise.all([posted(), posted(), posted()])).map((r) => r.status).toSorted()).toEqual([
      303, 409, 409,
    ]);
    expect(await answersIn(t, survey.id)).toHaveLength(20);
  });

  test('an answer and a closing at once: it is in before, or refused after', async () => {
    const [answer] = await Promise.all([
      house.post(path, { satisfaction: '3' }),
      closeSurvey(t.ctx(t.cast.alice), campaign.slug, survey.slug),
    ]);
    expect(await answersIn(t, survey.id)).toHaveLength(answer.status === 303 ? 1 : 0);
    expect((await house.post(path, { satisfaction: '3' })).status).toBe(409);
  });

  test('a robot on one network is slowed down, and the others are not', async () => {
    const [many = 0] = (await asked(t, survey.id, people(opco, 'operationnel', 200), 'tous')) ?? [];
    house.at.network = '198.51.100.7';
    for (let i = 0; i < ANSWERS_AN_HOUR; i++) await house.post(pathOf(many), { satisfaction: '1' });
    expect((await house.post(pathOf(many), { satisfaction: '1' })).status).toBe(429);
    house.at.network = '198.51.100.8';
    expect((await house.post(pathOf(many), { satisfaction: '5' })).status).toBe(303);
  });
});
