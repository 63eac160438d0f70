import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { closeSurvey } from '../../src/surveys/close-survey.ts';
import { readSurveys } from '../../src/surveys/read-results.ts';
import { type AnsweredGroup, ENOUGH, linesOf, readable, sumsOf } from '../../src/surveys/results.ts';
import { saveSurvey } from '../../src/surveys/save-survey.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { asked, makeSurvey, people, survey } from './cast.ts';

/** What two readings of the same survey may tell by difference: never what fewer than five said. */

const t = await testDatabase();
const { alice } = t.cast;
const { opco } = t.cast.organisations;

const answer = (surveyId: number, groupId: number, campaignId: number, satisfaction: readonly number[]) =>
  acrossOrganisations(t.db, async (trx) => {
    for (const n of satisfaction)
      await trx
        .insertInto('survey_answers')
        .values({
          survey_id: surveyId,
          campaign_id: campaignId,
          organisation_id: opco,
          group_id: groupId,
          answers: JSON.stringify({ satisfaction: n }),
          comment: `mot ${n}`,
          on_day: '2026-11-23',
        })
        .execute();
  });

test('an open survey is read five answers at a time, the last ones apart; then all of it once closed', async () => {
  const campaign = await makeCampaign(t, { k: 20 });
  const { id, slug } = await makeSurvey(t, campaign.slug, { questions: ['satisfaction'] });
  const [group = 0] = (await asked(t, id, people(opco, 'terrain', 60), 'lettre')) ?? [];
  const readings: { answered: number; told: number; n: number }[] = [];
  const read = async () => {
    const { sums } = (await readSurveys(t.ctx(alice), campaign.slug))[0]!;
    readings.push({ answered: sums.answered, told: sums.told, n: sums.questions?.[0]?.n ?? 0 });
  };
  for (const more of [4, 5, 1, 4, 1, 2]) {
    await answer(id, group, campaign.id, Array(more).fill(3));
    await read();
  }
  await closeSurvey(t.ctx(alice), campaign.slug, slug);
  await read();
  expect(readings.map((r) => [r.answered, r.told])).toEqual([
    [4, 0],
    [9, 0],
    [10, 5],
    [14, 5],
    [15, 10],
    [17, 10],
    [17, 17],
  ]);
  expect(readings.map((r) => r.n)).toEqual(readings.map((r) => r.told));
});

test('the words that people write wait with their answers', async () => {
  const campaign = await makeCampaign(t, { k: 20 });
  const { id } = await makeSurvey(t, campaign.slug, { questions: ['satisfaction'] });
  const [group = 0] = (await asked(t, id, people(opco, 'terrain', 60), 'lettre')) ?? [];
  await answer(id, group, campaign.id, [1, 1, 1, 1, 1, 5, 5, 5, 5, 5]);
  const comments = async () => (await readSurveys(t.ctx(t.cast.emma), campaign.slug))[0]?.comments;
  expect(await comments()).toEqual(Array(5).fill('mot 1'));
  await answer(id, group, campaign.id, [4]);
  expect(await comments()).toEqual(Array(5).fill('mot 1'));
});

test('what its date closed is not opened again: closed twice, it would be read twice', async () => {
  const campaign = await makeCampaign(t, { k: 20 });
  const input = survey({ closesAt: new Date(NOW.getTime() - 1) });
  await saveSurvey(t.ctx(alice), campaign.slug, input);
  const later = { ...input, closesAt: new Date('2027-01-31T23:00:00Z') };
  await expect(saveSurvey(t.ctx(alice), campaign.slug, later)).rejects.toMatchObject({ code: 'questionnaire_clos' });
});

const group = (id: number, over: Partial<AnsweredGroup>): AnsweredGroup => ({
  id,
  surveyId: 1,
  organisationId: 1,
  mixed: false,
  level: 'terrain',
  audience: 'lettre',
  asked: 40,
  answered: 0,
  told: 0,
  ...over,
});

test('a question that one of twenty answered is not read', () => {
  const groups = [group(1, { answered: 20, told: 20 })];
  const counts = [
    { groupId: 1, question: 'usage' as const, value: 'regulier', n: 19 },
    { groupId: 1, question: 'satisfaction' as const, value: '1', n: 1 },
  ];
  const [satisfaction, usage] = sumsOf(['satisfaction', 'usage'], groups, counts, true).questions ?? [];
  expect(satisfaction).toEqual({ question: 'satisfaction', n: 1, mean: null, counts: [] });
  expect(usage?.n).toBe(19);
});

test('a survey of three answers adds nothing to another: the whole less the other would tell them', () => {
  const few = {
    groups: [group(1, { answered: 3, told: 3 })],
    counts: [{ groupId: 1, question: 'usage' as const, value: 'regulier', n: 3 }],
  };
  expect(readable(few)).toMatchObject({ groups: [{ answered: 3, told: 0 }], counts: [] });
  const enough = { ...few, groups: [group(1, { answered: ENOUGH, told: ENOUGH })] };
  expect(readable(enough)).toEqual(enough);
});

test('by level and by organisation, no difference of two lines is about fewer than k answers (PRV-11)', () => {
  const one = fc.record({
    level: fc.constantFrom('institutionnel' as const, 'operationnel' as const, 'terrain' as const, null),
    organisationId: fc.integer({ min: 1, max: 3 }),
    audience: fc.constantFrom('lettre' as const, 'public' as const),
    answered: fc.nat({ max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 10 }), (given) => {
      const groups = given.map((g, id) => group(id, { ...g, told: g.answered }));
      const by = (keyOf: (g: AnsweredGroup) => string | null) =>
        linesOf(groups, { keyOf, k: 20, closed: true }).map((l) => new Set(l.groups.map((g) => g.id)));
      const lines = [...by((g) => g.level), ...by((g) => String(g.organisationId))];
      const sizeOf = (ids: Iterable<number>): number => [...ids].reduce((n, id) => n + (groups[id]?.answered ?? 0), 0);
      for (const a of lines)
        for (const b of lines) {
          for (const inBoth of [false, true]) {
            const rest = [...a].filter((id) => b.has(id) === inBoth);
            const n = sizeOf(rest);
            expect(n === 0 || n >= 20, `${n}`).toBe(true);
          }
        }
    }),
    { seed: 6, numRuns: 400 },
  );
});
