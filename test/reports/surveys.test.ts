import { beforeAll, describe, expect, test } from 'vitest';
import { LEVELS, type Level } from '../../src/base/words.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { closeCampaignSurvey, saveCampaignSurvey } from '../../src/pushes/edit-survey.ts';
import { relayUseTable } from '../../src/reports/relay-uses.ts';
import { type Report, readReport } from '../../src/reports/report.ts';
import { reportCsv } from '../../src/reports/report-csv.ts';
import { openGroups, publicGroup } from '../../src/surveys/groups.ts';
import { surveyById } from '../../src/surveys/queries.ts';
import { readSurveys } from '../../src/surveys/read-results.ts';
import { NOW, type Person, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { people } from '../surveys/cast.ts';

/** What people say they do with it, and think of it: in the report, whole or not at all. */

const t = await testDatabase();
const { alice, bruno, david, etranger } = t.cast;
const { opco, btp } = t.cast.organisations;
let campaign: { id: number; slug: string };

type Said = { satisfaction?: number; usage?: string; connaissance?: string };
/** So many people asked by a letter, and what each of them says; nobody asked: by the public address. */
type Asked = { organisation: number | null; level: Level; asked: number; say: Said[] };

async function made(slug: string, all: readonly Asked[], who = alice): Promise<number> {
  const input = { slug, title: `Avis ${slug}`, questions: ['satisfaction', 'connaissance', 'usage'] };
  const { id } = await saveCampaignSurvey(t.ctx(who), campaign.slug, input);
  await acrossOrganisations(t.db, async (trx) => {
    const survey = (await surveyById(trx, id))!;
    for (const { organisation, level, asked, say } of all) {
      const group =
        organisation === null
          ? await publicGroup(trx, survey, NOW)
          : (await openGroups(trx, survey, people(organisation, level, asked), 'lettre', NOW))![0]!;
      for (const answers of say)
        await trx
          .insertInto('survey_answers')
          .values({
            survey_id: id,
            campaign_id: campaign.id,
            organisation_id: organisation ?? opco,
            group_id: group,
            answers: JSON.stringify(answers),
            on_day: '2026-11-22',
          })
          .execute();
    }
  });
  return id;
}

const times = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);
const tables = (report: Report) => new Map(report.indicators.flatMap((i) => i.tables.map((x) => [x.key, x] as const)));
const values = (report: Report, key: string) =>
  Object.fromEntries(
    (tables(report).get(key)?.rows ?? []).map((r) => [
      r.label,
      Object.fromEntries(Object.entries(r.figures).map(([name, f]) => [name, f.value])),
    ]),
  );
const read = (who: Person = alice, options = {}) => readReport(t.ctx(who), campaign.slug, options);

beforeAll(async () => {
  campaign = await makeCampaign(t, { k: 20 });
});

describe('a survey of the campaign', () => {
  beforeAll(async () => {
    await made('usages', [
      {
        organisation: opco,
        level: 'terrain',
        asked: 100,
        say: times(24, { satisfaction: 5, connaissance: 'oui', usage: 'regulier' }),
      },
      {
        organisation: opco,
        level: 'operationnel',
        asked: 60,
        say: times(21, { satisfaction: 3, connaissance: 'non', usage: 'envisage' }),
      },
      { organisation: btp, level: 'terrain', asked: 40, say: times(20, { satisfaction: 4, usage: 'interne' }) },
      { organisation: null, level: 'terrain', asked: 0, say: times(22, { satisfaction: 1, usage: 'ponctuel' }) },
    ]);
  });

  test('while open: all of it together, five by five, the last ones apart; nothing by group', async () => {
    const report = await read();
    expect(values(report, 'surveys')['Avis usages (ouvert)']).toMatchObject({
      avisReponses: 87,
      avisDemandes: 200,
      avisTaux: 33,
      avisLien: 22,
    });
    const waiting = tables(report).get('surveys')?.rows[0]?.figures.avisSatisfaction;
    expect(waiting?.leftOut).toContain('7 réponses attendent');
    for (const key of ['surveys-level', 'surveys-organisation', 'uses-level', 'uses-organisation'])
      expect(tables(report).has(key), key).toBe(false);
  });

  test('closed: satisfaction, knowledge and uses by level and organisation, each with its n and its rate', async () => {
    await closeCampaignSurvey(t.ctx(alice), campaign.slug, 'usages');
    const report = await read();
    expect(values(report, 'surveys')).toEqual({
      'Avis usages': {
        avisReponses: 87,
        avisDemandes: 200,
        avisTaux: 33,
        avisLien: 22,
        avisSatisfaction: 3.3,
        avisFacilite: null,
        avisConnaissance: 53,
      },
    });
    expect(values(report, 'surveys-level')).toMatchObject({
      terrain: { avisReponses: 44, avisDemandes: 140, avisTaux: 31, avisSatisfaction: 4.5 },
      opérationnel: { avisReponses: 21, avisDemandes: 60, avisTaux: 35, avisSatisfaction: 3 },
      // Nobody in particular was asked: no rate, and it says so.
      'par le lien public': { avisReponses: 22, avisDemandes: null, avisTaux: null, avisSatisfaction: 1 },
    });
    expect(values(report, 'uses')['Avis usages']).toEqual({
      usagePonctuel: 22,
      usageRegulier: 24,
      usageInterne: 20,
      usageEnvisage: 21,
      usagePasPrevu: 0,
    });
    expect(values(report, 'uses-organisation')).toMatchObject({
      'OPCO de test': { usageRegulier: 24, usageEnvisage: 21, usageInterne: 0 },
      'par le lien public': { usagePonctuel: 22 },
    });
    for (const { figures } of tables(report).get('surveys-level')?.rows ?? [])
      for (const f of Object.values(figures)) {
        expect(f.definition).not.toBe('');
        expect(f.source).toMatch(/Questionnaires anonymes|Registre des envois/);
      }
  });

  test('stands under « Types d’usage » and « Satisfaction », and is no longer among what was not measured', async () => {
    const report = await read();
    const keysOf = (key: string) => report.indicators.find((i) => i.key === key)?.tables.map((x) => x.key);
    expect(keysOf('usages')).toEqual(expect.arrayContaining(['uses', 'uses-level', 'uses-organisation']));
    expect(keysOf('satisfaction')).toEqual(['surveys', 'surveys-level', 'surveys-organisation']);
    expect(report.unmeasured.map((u) => u.what)).not.toContain('La satisfaction et l’usage déclaré');
    expect(reportCsv(report)).toContain('Messages qui le demandent');
  });

  test('says the same to everybody who may read it; a stranger learns nothing', async () => {
    for (const who of [bruno, david])
      expect(values(await read(who), 'uses-organisation')).toEqual(values(await read(), 'uses-organisation'));
    await expect(read(etranger)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('is whole in every window that it was open in, and in no other: no difference of two windows tells a day', async () => {
    const whole = values(await read(), 'surveys');
    for (const window of [{ from: '2026-11-22' }, { from: '2026-11-22', to: '2026-11-22' }, { to: '2026-12-31' }])
      expect(values(await read(alice, window), 'surveys')).toEqual(whole);
    for (const window of [{ to: '2026-11-20', from: '2026-11-01' }, { from: '2026-12-15' }])
      expect(values(await read(alice, window), 'surveys')).toEqual({});
  });
});

test('one that four people answered is counted, and never read, alone or with another', async () => {
  await made('petit', [
    { organisation: opco, level: 'terrain', asked: 30, say: times(4, { satisfaction: 1, usage: 'pas_prevu' }) },
  ]);
  await closeCampaignSurvey(t.ctx(alice), campaign.slug, 'petit');
  const report = await read();
  expect(values(report, 'surveys')['Avis petit']).toMatchObject({ avisReponses: 4, avisSatisfaction: null });
  expect(values(report, 'uses')['Avis petit']).toMatchObject({ usagePasPrevu: null });
  expect(values(report, 'surveys-level').terrain).toMatchObject({ avisReponses: 44 });
});

test('fewer than k of a level stand with others, and by no table alone (PRV-11)', async () => {
  campaign = await makeCampaign(t, { k: 20 });
  await made(
    'serre',
    LEVELS.map((level, i) => ({
      organisation: opco,
      level,
      asked: 40,
      say: times([30, 25, 3][i] ?? 0, { satisfaction: i + 1 }),
    })),
  );
  await closeCampaignSurvey(t.ctx(alice), campaign.slug, 'serre');
  const rows = values(await read(), 'surveys-level');
  for (const row of Object.values(rows)) expect(row.avisReponses).toBeGreaterThanOrEqual(20);
  expect(Object.values(rows).reduce((n, r) => n + (r.avisReponses ?? 0), 0)).toBe(58);
  expect(rows.terrain).toBeUndefined();
});

test('whoever left reads the surveys that were over by then, and nothing of what was said since', async () => {
  campaign = await makeCampaign(t, { k: 20 });
  const say = times(25, { satisfaction: 4 });
  await made('avant', [{ organisation: opco, level: 'terrain', asked: 50, say }]);
  await closeCampaignSurvey(t.ctx(alice), campaign.slug, 'avant');
  await made('apres', [{ organisation: opco, level: 'terrain', asked: 50, say }]);
  const at = new Date(NOW.getTime() + 3_600_000);
  await withOrganisation(t.db, alice.organisationId, (trx) =>
    trx
      .insertInto('withdrawals')
      .values({
        campaign_id: campaign.id,
        organisation_id: btp,
        effective_at: at,
        reason: '',
        recorded_by: 'test',
        recorded_at: at,
      })
      .execute(),
  );
  const later = new Date(NOW.getTime() + 2 * 86_400_000);
  const report = await readReport(t.ctx(bruno, later), campaign.slug);
  expect(Object.keys(values(report, 'surveys'))).toEqual(['Avis avant']);
  expect((await readSurveys(t.ctx(bruno, later), campaign.slug)).map((s) => s.survey.slug)).toEqual(['avant']);
  expect((await readSurveys(t.ctx(alice, later), campaign.slug)).map((s) => s.survey.slug)).toEqual(['avant', 'apres']);
});

describe('what relays declare stands apart, by five relays or more', () => {
  const use = (relay: number, channel: 'site' | 'reunion' | 'social') => ({
    relay,
    channel,
    publications: 1,
    audience: 10,
  });
  const scope = {
    campaignId: 0,
    k: 20,
    simulated: false,
    reader: null,
    partial: false,
    period: { from: '2026-11-01', to: '2026-11-30', zone: 'Europe/Paris', start: NOW, end: NOW },
  };
  const lines = (uses: ReturnType<typeof use>[]) =>
    relayUseTable(scope, uses).rows.map((r) => [r.label, r.figures.publications?.value]);

  test('four relays say nothing, however much they publish', () => {
    expect(lines([1, 2, 3, 4].flatMap((r) => [use(r, 'site'), use(r, 'reunion'), use(r, 'social')]))).toEqual([]);
  });

  test('a way that fewer than five use joins another, and the sum stays the whole', () => {
    const sites = [1, 2, 3, 4, 5, 6].map((r) => use(r, 'site'));
    expect(lines(sites)).toEqual([['site web', 6]]);
    expect(lines([...sites, use(1, 'reunion'), use(2, 'reunion')])).toEqual([['autres', 8]]);
    // Three ways of the same two relays are two relays.
    const social = [1, 2, 3, 4, 5].map((r) => use(r, 'social'));
    expect(lines([...sites, ...social, use(1, 'reunion')])).toEqual([
      ['site web', 6],
      ['autres', 6],
    ]);
  });
});
