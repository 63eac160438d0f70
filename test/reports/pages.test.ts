import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getAction } from '../../src/campaigns/action-queries.ts';
import { getCampaign, type Target } from '../../src/campaigns/queries.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { declareFigure } from '../../src/pages/declare-figure.ts';
import { sourceOf } from '../../src/pages/file-source.ts';
import { importExport } from '../../src/pages/import-export.ts';
import { saveWatchedPage } from '../../src/pages/save-watched-page.ts';
import { writeSimulatedJournal } from '../../src/pages/simulated-clicks.ts';
import { editCampaign } from '../../src/pushes/edit-campaign.ts';
import type { ReportedPage } from '../../src/reports/pages.ts';
import { readPagesReport } from '../../src/reports/read-pages-report.ts';
import { readReport } from '../../src/reports/report.ts';
import { reportCsv } from '../../src/reports/report-csv.ts';
import { readSummary } from '../../src/reports/summary.ts';
import { actionLink, declareAction } from '../../src/tracking/action-link.ts';
import { readActionLinks } from '../../src/tracking/read-action-links.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
const URL_OF = 'https://ft.example/fiche';
const PERIOD = { from: '2023-09-01', to: '2023-12-31' };

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = await makeCampaign(t, { startsOn: '2023-10-01', endsOn: '2023-12-31', demo: true });
  await saveWatchedPage(t.ctx(t.cast.alice), campaign.slug, { name: 'Fiche', url: URL_OF, owner: 'France Travail' });
  await declareAction(t.ctx(t.cast.alice), campaign.slug, {
    kind: 'publicite',
    title: 'Annonces',
    startsAt: new Date('2023-10-15T22:00:00Z'),
    url: `${URL_OF}/?utm_source=agence`,
  });
});

const change = (over: object) =>
  saveWatchedPage(t.ctx(t.cast.alice), campaign.slug, {
    slug: 'fiche',
    name: 'Fiche',
    url: URL_OF,
    owner: 'France Travail',
    ...over,
  });
const read = async (period = PERIOD): Promise<ReportedPage> => {
  const [page] = (await readPagesReport(t.ctx(t.cast.david), campaign.slug, period)).pages;
  if (!page) throw new Error('a page');
  return page;
};
const bring = (days: Record<string, number>) =>
  importExport(
    t.ctx(t.cast.alice),
    campaign.slug,
    'fiche',
    sourceOf(
      'matomo.csv',
      Buffer.from(
        `date,nb_visits\n${Object.entries(days)
          .map(([d, n]) => `${d},${n}`)
          .join('\n')}\n`,
      ),
    ),
  );
/** Real totals of the action's link, as the flush writes them. */
async function clicks(day: string, hitClass: string, hits: number): Promise<void> {
  const [link] = await readActionLinks(t.ctx(t.cast.alice), { campaignId: campaign.id });
  await acrossOrganisations(t.db, async (trx) => {
    const { link_id } = await trx
      .selectFrom('tokens')
      .select('link_id')
      .where('token', '=', link?.token ?? '')
      .executeTakeFirstOrThrow();
    const row = {
      organisation_id: t.cast.organisations.opco,
      campaign_id: campaign.id,
      push_id: 0,
      cell_id: 0,
      link_id,
      class: hitClass,
      rule: 'aucune',
      rule_version: 1,
      hits,
    };
    await trx
      .insertInto('hit_days')
      .values({ ...row, day })
      .execute();
    await trx
      .insertInto('hit_rollups')
      .values({ ...row, hour: new Date(`${day}T09:00:00Z`) })
      .execute();
  });
}
const simulate = (day: string, retained: number) =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) =>
    writeSimulatedJournal(trx, t.ctx(t.cast.alice), await getCampaign(trx, campaign.slug), {
      action: 'annonces',
      days: [{ day, retained, doubtful: 3, robots: 5 }],
    }),
  );

describe('a target in departures', () => {
  const aim = (targets: Target[]) => editCampaign(t.ctx(t.cast.alice), campaign.slug, { targets });
  const AIM = { measure: 'departs', level: null, value: 80, note: '' } as const;
  const reached = async () => (await readSummary(t.ctx(t.cast.david), campaign.slug, PERIOD)).targets[0];

  test('counts what left for the pages that are watched, the same as at each of them', async () => {
    await aim([AIM]);
    await clicks('2023-10-20', 'inconnu', 40);
    await clicks('2023-10-20', 'suspect', 4);
    expect(await reached()).toMatchObject({
      figure: { value: 40, unit: 'départs', leftOut: expect.stringContaining('4 départs douteux') },
      aimed: { value: 80, unit: 'départs', window: { from: '2023-10-01', to: '2023-12-31' } },
      share: { value: 50, unit: 'pour cent' },
    });
    expect((await read()).departs.value).toBe(40);
    // A second name for the same page: what left for it left once.
    await saveWatchedPage(t.ctx(t.cast.alice), campaign.slug, {
      name: 'Fiche bis',
      url: `${URL_OF}/?a=1`,
      owner: 'France Travail',
    });
    expect((await reached())?.figure?.value).toBe(40);
    const report = await readReport(t.ctx(t.cast.david), campaign.slug, PERIOD);
    expect(reportCsv(report)).toMatch(/;Cibles;Départs vers les pages suivies;Visé;80;départs;2023-10-01;2023-12-31;/);
    expect(reportCsv(report)).toContain(';Cibles;Départs vers les pages suivies;Atteint;40;départs;');
    expect(report.methods.figures.map((f) => f.name)).toContain('partCible');
  });

  test('is not said to be at nought where nobody counted, and has no level', async () => {
    await aim([AIM]);
    const target = await reached();
    expect(target).toMatchObject({ figure: { value: null }, share: null });
    expect(target?.figure?.leftOut).toContain('aucun lien suivi ne menait à ces pages');
    await expect(aim([{ ...AIM, level: 'terrain' }])).rejects.toMatchObject({
      fields: [{ field: 'targets.0.level', message: expect.stringContaining('tous niveaux ensemble') }],
    });
  });
});

describe('three series, side by side and never added (VIS-01)', () => {
  test('departures, the owner’s export, what is stated: each with its own unit, window, source', async () => {
    await clicks('2023-10-20', 'inconnu', 40);
    await clicks('2023-10-20', 'suspect', 4);
    await clicks('2023-10-21', 'scanner', 9);
    await bring({ '2023-10-20': 120, '2023-10-21': 80 });
    await declareFigure(t.ctx(t.cast.bruno), campaign.slug, 'fiche', {
      value: 9000,
      atLeast: true,
      unit: 'visites',
      windowSaid: 'deux mois',
      saidBy: 'Le rapport',
      source: 'page 40',
    });
    const page = await read();
    expect(page.departs).toMatchObject({
      value: 40,
      unit: 'départs',
      window: { ...PERIOD, zone: 'Europe/Paris' },
      leftOut: expect.stringContaining('4 départs douteux. 9 requêtes de robots.'),
    });
    expect(page.departsJusqua.value).toBe(44);
    expect(page.exported.visites).toMatchObject({
      value: 200,
      unit: 'visites',
      source: expect.stringMatching(/^Export de France Travail : « matomo\.csv » \(Matomo\), importé par OPCO de test/),
      leftOut: '120 jours de la période sans export.',
    });
    expect(page.exported.pages_vues).toBeUndefined();
    const [stated] = page.statements;
    expect(stated).toMatchObject({ saidBy: 'Le rapport', organisation: 'Partenaire BTP', window: 'en deux mois' });
    expect(stated?.figure).toMatchObject({
      value: 9000,
      unit: 'visites',
      window: { from: '', to: '' },
      leftOut: expect.stringContaining('« en deux mois »'),
    });
    expect(stated?.figure.definition).toContain('rien ici ne l’a compté');
    // No number of the page is the sum of two of its series.
    const values = [page.departs, page.departsJusqua, page.exported.visites, stated?.figure].map((f) => f?.value);
    for (const sum of [240, 9040, 9200, 9240]) expect(values).not.toContain(sum);
    expect(page.series.map((s) => [s.key, s.points])).toEqual([
      ['departs', [{ day: '2023-10-20', n: 40 }]],
      [
        'exportVisites',
        [
          { day: '2023-10-20', n: 120 },
          { day: '2023-10-21', n: 80 },
        ],
      ],
    ]);
  });

  test('a window of one day, of the change of hour, counts that day and no other', async () => {
    for (const day of ['2023-10-28', '2023-10-29', '2023-10-30']) await clicks(day, 'inconnu', 10);
    const day = { from: '2023-10-29', to: '2023-10-29' };
    expect((await read(day)).departs).toMatchObject({ value: 10, window: day });
  });

  test('before its first tracked link nobody counted, which is not a nought; from that day on, nought is one', async () => {
    const made = { from: '2026-11-22', to: '2026-11-22' };
    expect((await read()).departs).toMatchObject({
      value: null,
      leftOut: 'Tout : aucun lien suivi ne menait à cette page avant le 22 novembre 2026.',
    });
    expect((await read({ from: '2023-09-01', to: '2026-11-22' })).departs.value).toBe(0);
    expect((await read(made)).departsJusqua.value).toBe(0);
    // People were sent there in 2023 only: what came of it was not counted, however long the report goes on.
    await change({ windowFrom: '2023-10-16', windowTo: '2023-12-15' });
    expect((await read({ from: '2023-09-01', to: '2026-11-22' })).departs.value).toBeNull();
  });

  test('links to another page are not departures to this one; a stranger learns nothing', async () => {
    const { slug } = await saveWatchedPage(t.ctx(t.cast.alice), campaign.slug, {
      name: 'Autre',
      url: 'https://ft.example/autre',
      owner: 'FT',
    });
    await clicks('2023-10-20', 'inconnu', 40);
    const { pages } = await readPagesReport(t.ctx(t.cast.david), campaign.slug, { ...PERIOD, only: slug });
    expect(pages).toHaveLength(1);
    expect(pages[0]?.departs).toMatchObject({
      value: null,
      leftOut: 'Tout : aucun lien suivi ne mène à cette page.',
    });
    await expect(readPagesReport(t.ctx(t.cast.etranger), campaign.slug)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('no effect is claimed', () => {
  const WINDOWS = { windowFrom: '2023-10-16', windowTo: '2023-12-15' };
  const BASELINE = { baselineFrom: '2023-09-01', baselineTo: '2023-09-30' };

  test('without a baseline, whatever the figure (VIS-03)', async () => {
    await change(WINDOWS);
    await bring({ '2023-10-20': 9000 });
    expect((await read()).comparison).toEqual({
      kind: 'aucune',
      says: expect.stringContaining('on ne peut rien affirmer de son effet'),
    });
  });

  test('with one that the export does not cover', async () => {
    await change({ ...WINDOWS, ...BASELINE });
    await bring({ '2023-10-20': 9000 });
    expect((await read()).comparison).toEqual({
      kind: 'aucune',
      says: expect.stringContaining('ne donne aucun jour de la période de référence'),
    });
  });

  test('with both, a difference is noted, and its cause is not', async () => {
    await change({ ...WINDOWS, ...BASELINE });
    await bring({ '2023-09-10': 40, '2023-09-11': 45, '2023-10-20': 120, '2023-10-21': 81 });
    const { comparison } = await read();
    expect(comparison).toMatchObject({
      kind: 'ecart',
      says: '58 de plus par jour pendant la campagne qu’avant. Cet écart se constate ; rien ne dit qu’il vient de la campagne seule.',
      reference: {
        value: 42.5,
        window: { from: '2023-09-01', to: '2023-09-30' },
        leftOut: '28 jours de la période sans export.',
      },
      campaign: { value: 100.5, unit: 'visites par jour' },
    });
  });
});

describe('a simulated journal', () => {
  test('is a figure of its own, named as simulated, and no real figure holds any of it', async () => {
    await actionLink(t.ctx(t.cast.alice), (await action()).id);
    await clicks('2023-10-20', 'inconnu', 40);
    await simulate('2023-10-20', 700);
    await simulate('2023-10-20', 600);
    const page = await read();
    expect(page.departs.value).toBe(40);
    expect(page.departs.leftOut).not.toContain('robot');
    expect(page.simulated).toMatchObject({
      value: 600,
      unit: 'départs (simulés)',
      source: expect.stringContaining('jamais eu lieu'),
    });
    const [link] = await readActionLinks(t.ctx(t.cast.alice), { campaignId: campaign.id });
    expect(link?.clicks).toEqual({ retained: 40, doubtful: 0, robots: 0 });
  });

  test('is refused in a campaign that is no demonstration', async () => {
    campaign = await makeCampaign(t, { startsOn: '2023-10-01', endsOn: '2023-12-31' });
    await expect(simulate('2023-10-20', 1)).rejects.toMatchObject({ code: 'pas_une_demonstration' });
  });

  const action = () =>
    withOrganisation(t.db, t.cast.organisations.opco, (trx) => getAction(trx, campaign.id, 'annonces'));
});
