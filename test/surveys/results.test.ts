import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { closeSurvey } from '../../src/surveys/close-survey.ts';
import { readSurveys } from '../../src/surveys/read-results.ts';
import { type AnsweredGroup, linesOf } from '../../src/surveys/results.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { asked, groupsIn, makeSurvey, people } from './cast.ts';

const t = await testDatabase();
const { alice, bruno, david, emma, etranger } = t.cast;
const { opco, btp } = t.cast.organisations;

const answer = (surveyId: number, groupId: number, given: { answers: object; comment?: string }[]) =>
  acrossOrganisations(t.db, async (trx) => {
    const group = await trx.selectFrom('survey_groups').selectAll().where('id', '=', groupId).executeTakeFirstOrThrow();
    await trx
      .insertInto('survey_answers')
      .values(
        given.map(({ answers, comment = '' }) => ({
          survey_id: surveyId,
          campaign_id: group.campaign_id,
          organisation_id: group.organisation_id,
          group_id: groupId,
          answers: JSON.stringify(answers),
          comment,
          on_day: '2026-11-23',
        })),
      )
      .execute();
  });
const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

async function made(over: Parameters<typeof makeSurvey>[2] = {}) {
  const campaign = await makeCampaign(t, { k: 20 });
  const survey = await makeSurvey(t, campaign.slug, over);
  await asked(t, survey.id, [
    ...people(opco, 'terrain', 60),
    ...people(opco, 'operationnel', 25),
    ...people(btp, 'terrain', 34),
  ]);
  const [terrain = 0, operationnel = 0, partner = 0] = (await groupsIn(t, survey.id)).map((g) => g.id);
  const read = async (who = alice) => (await readSurveys(t.ctx(who), campaign.slug))[0]!;
  return { campaign, survey, terrain, operationnel, partner, read };
}

describe('what people said', () => {
  test('n, mean, distribution, rate: every answer once, skipped questions apart', async () => {
    const s = await made();
    await answer(s.survey.id, s.terrain, [
      ...times(6, { answers: { satisfaction: 5, usage: 'regulier' } }),
      ...times(3, { answers: { satisfaction: 2 } }),
      { answers: { usage: 'pas_prevu' } },
    ]);
    await closeSurvey(t.ctx(alice), s.campaign.slug, s.survey.slug);
    const { sums } = await s.read();
    // 119 people of two organisations: said to the nearest ten.
    expect(sums).toMatchObject({ asked: 120, answered: 10, told: 10, rate: 8 });
    const [satisfaction, usage] = sums.questions ?? [];
    expect(satisfaction).toMatchObject({ n: 9, mean: 4 });
    expect(satisfaction?.counts.map((c) => c.n)).toEqual([0, 3, 0, 0, 6]);
    expect(usage).toMatchObject({ n: 7, mean: null });
    expect(usage?.counts.find((c) => c.value === 'pas_prevu')?.n).toBe(1);
  });

  test('fewer than five are counted and not read', async () => {
    const s = await made();
    await answer(s.survey.id, s.terrain, times(4, { answers: { satisfaction: 1 } }));
    expect((await s.read()).sums).toMatchObject({ answered: 4, questions: null });
  });

  test('by level once closed only; a group of three answers never shows, nor by difference (PRV-11)', async () => {
    const s = await made();
    await answer(s.survey.id, s.terrain, times(40, { answers: { satisfaction: 5 } }));
    await answer(s.survey.id, s.operationnel, times(3, { answers: { satisfaction: 1 } }));
    await answer(s.survey.id, s.partner, times(20, { answers: { satisfaction: 4 } }));
    expect((await s.read()).byLevel).toEqual([]);
    await closeSurvey(t.ctx(alice), s.campaign.slug, s.survey.slug);
    const sheet = await s.read();
    expect(sheet.closed).toBe(true);
    expect(sheet.byLevel.map((l) => [l.level, l.sums.answered])).toEqual([
      ['terrain', 20],
      [null, 43],
    ]);
    await answer(s.survey.id, s.operationnel, times(17, { answers: { satisfaction: 1 } }));
    expect((await s.read()).byLevel.map((l) => [l.level, l.sums.answered])).toEqual([
      ['operationnel', 20],
      ['terrain', 60],
    ]);
  });

  test('everybody who may read the report reads the same sums; a stranger, nothing', async () => {
    const s = await made();
    await answer(s.survey.id, s.partner, times(7, { answers: { satisfaction: 3 } }));
    const [mine, partners, evaluators] = [await s.read(alice), await s.read(bruno), await s.read(david)];
    expect(partners.sums).toEqual(mine.sums);
    expect(evaluators.sums).toEqual(mine.sums);
    await expect(readSurveys(t.ctx(etranger), s.campaign.slug)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(readSurveys(t.ctx({ ...t.cast.chloe, roles: ['relais'] }), s.campaign.slug)).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  test('of one organisation alone, how many were asked is exact', async () => {
    const campaign = await makeCampaign(t, { k: 20 });
    const survey = await makeSurvey(t, campaign.slug);
    await asked(t, survey.id, people(opco, 'terrain', 23));
    expect((await readSurveys(t.ctx(alice), campaign.slug))[0]?.sums.asked).toBe(23);
  });
});

describe('what people wrote', () => {
  test('is read from five on, by the organisation that asks, without date or group, in an order that tells nothing', async () => {
    const s = await made();
    const words = ['Merci', 'Trop court', 'À refaire', 'Bien'];
    await answer(
      s.survey.id,
      s.terrain,
      words.map((comment) => ({ answers: { satisfaction: 4 }, comment })),
    );
    expect((await s.read()).comments).toBeNull();
    await answer(s.survey.id, s.partner, [{ answers: { satisfaction: 4 }, comment: 'Clair' }]);
    await closeSurvey(t.ctx(alice), s.campaign.slug, s.survey.slug);
    expect((await s.read(emma)).comments).toEqual(['À refaire', 'Bien', 'Clair', 'Merci', 'Trop court']);
    expect((await s.read(bruno)).comments).toBeNull();
    expect((await s.read(david)).comments).toBeNull();
    expect(JSON.stringify(await s.read(bruno))).not.toContain('Trop court');
  });
});

test('whatever was answered: lines of k answers or more, which add up to the whole', () => {
  const group = fc.record({
    level: fc.constantFrom('institutionnel' as const, 'operationnel' as const, 'terrain' as const, null),
    answered: fc.nat({ max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(group, { maxLength: 9 }), (given) => {
      const groups: AnsweredGroup[] = given.map((g, id) => ({
        ...g,
        id,
        surveyId: 1,
        organisationId: 1,
        mixed: false,
        audience: 'tous',
        asked: 40,
        told: g.answered,
      }));
      const whole = groups.reduce((n, g) => n + g.answered, 0);
      const lines = linesOf(groups, { keyOf: (g) => g.level, k: 20, closed: true });
      const sums = lines.map((l) => l.groups.reduce((n, g) => n + g.answered, 0));
      for (const n of sums) expect(n).toBeGreaterThanOrEqual(20);
      expect(sums.reduce((a, b) => a + b, 0)).toBe(lines.length === 0 ? 0 : whole);
      if (whole >= 20) expect(lines.length).toBeGreaterThan(0);
    }),
    { seed: 6 },
  );
});
