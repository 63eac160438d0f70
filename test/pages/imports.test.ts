import { beforeAll, beforeEach, expect, test } from 'vitest';
import { sourceOf } from '../../src/pages/file-source.ts';
import { analyseExport, type ExportOptions, importExport, withdrawExport } from '../../src/pages/import-export.ts';
import { readPage } from '../../src/pages/read-pages.ts';
import { saveWatchedPage } from '../../src/pages/save-watched-page.ts';
import { pagesReport } from '../../src/reports/pages.ts';
import { withScope } from '../../src/reports/scope.ts';
import { type Person, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

let t: TestDatabase;
let campaign: string;
beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = (await makeCampaign(t)).slug;
  await saveWatchedPage(t.ctx(t.cast.alice), campaign, { name: 'Fiche', url: 'https://ft.example/fiche', owner: 'FT' });
});

const bring = (name: string, content: string, options: ExportOptions = {}, person: Person = t.cast.alice) =>
  importExport(t.ctx(person), campaign, 'fiche', sourceOf(name, Buffer.from(content)), options);
/** What the report says of the visits, day by day. */
const days = () =>
  withScope(t.ctx(t.cast.david), campaign, { from: '2023-01-01', to: '2023-12-31' }, async (trx, scope) => {
    const [page] = (await pagesReport(trx, scope)).pages;
    return page?.series.find((s) => s.key === 'exportVisites')?.points.map((p) => `${p.day.slice(5)} ${p.n}`) ?? [];
  });

const NOVEMBER = 'Date,Visites\n2023-11-01,10\n2023-11-02,20\n';

test('the same bytes again change nothing, under any name, by anybody', async () => {
  const first = await bring('a.csv', NOVEMBER);
  expect(first.outcome).toBe('imported');
  expect(await bring('b.csv', NOVEMBER)).toMatchObject({ outcome: 'unchanged', importId: first.importId });
  expect(await bring('a.csv', NOVEMBER, {}, t.cast.bruno)).toMatchObject({ outcome: 'unchanged' });
  expect(
    await analyseExport(t.ctx(t.cast.alice), campaign, 'fiche', sourceOf('c.csv', Buffer.from(NOVEMBER))),
  ).toMatchObject({ kind: 'known', fileName: 'a.csv' });
  expect(await days()).toEqual(['11-01 10', '11-02 20']);
});

test('twice at once, one of them imports and the other finds it done', async () => {
  const both = await Promise.all([bring('a.csv', NOVEMBER), bring('a.csv', NOVEMBER)]);
  expect(both.map((b) => b.outcome).toSorted()).toEqual(['imported', 'unchanged']);
  expect(await days()).toEqual(['11-01 10', '11-02 20']);
});

test('the same days by another file: identical ones are said, others are replaced only when asked, and come back', async () => {
  await bring('a.csv', NOVEMBER);
  const same = await bring('longer.csv', `${NOVEMBER}2023-11-03,30\n`);
  expect(same.report.overlap).toMatchObject({ same: 2, different: 0, files: ['a.csv'] });
  const other = 'Date,Visites\n2023-11-02,21\n2023-11-04,40\n';
  await expect(bring('other.csv', other)).rejects.toMatchObject({
    code: 'jours_deja_donnes',
    message: expect.stringContaining('« longer.csv » (2023-11-02 : 20 puis 21)'),
  });
  expect(await days()).toEqual(['11-01 10', '11-02 20', '11-03 30']);
  const { importId } = await bring('other.csv', other, { replace: true });
  expect(await days()).toEqual(['11-01 10', '11-02 21', '11-03 30', '11-04 40']);
  await expect(withdrawExport(t.ctx(t.cast.bruno), campaign, 'fiche', importId)).rejects.toMatchObject({
    kind: 'forbidden',
  });
  await withdrawExport(t.ctx(t.cast.alice), campaign, 'fiche', importId);
  expect(await days()).toEqual(['11-01 10', '11-02 20', '11-03 30']);
  // Taken back, the same bytes may come again.
  expect(await bring('other.csv', other, { replace: true })).toMatchObject({ outcome: 'imported' });
});

test('nobody takes the place of the days that another gave, but whoever follows the page', async () => {
  await bring('a.csv', NOVEMBER);
  const lower = 'Date,Visites\n2023-11-02,2\n2023-11-03,3\n';
  await expect(bring('moins.csv', lower, { replace: true }, t.cast.bruno)).rejects.toMatchObject({
    kind: 'forbidden',
    message: expect.stringContaining('OPCO de test a donné ces jours autrement'),
  });
  expect(await days()).toEqual(['11-01 10', '11-02 20']);
  // What nobody gave, or gave the same, is anybody's to give.
  await bring('suite.csv', 'Date,Visites\n2023-11-02,20\n2023-11-04,40\n', {}, t.cast.bruno);
  expect(await days()).toEqual(['11-01 10', '11-02 20', '11-04 40']);
  await bring('b.csv', 'Date,Visites\n2023-11-04,44\n', { replace: true });
  expect(await days()).toEqual(['11-01 10', '11-02 20', '11-04 44']);
});

test('a number that no page ever had is refused, and its line accounted for', async () => {
  const huge =
    'Date,Visites\n2023-11-01,999999999999999\n2023-11-02,-5\n2023-11-03,NaN\n2023-11-04,1e15\n2023-11-05,7\n';
  const { report } = await bring('enorme.csv', huge);
  expect([report.rows, report.read + report.rejected + report.aside]).toEqual([6, 6]);
  expect(await days()).toEqual(['11-05 7']);
});

test('a mapping said once serves for the next file with the same titles, of that organisation alone', async () => {
  const october = 'Jour;Sessions\n13/10/2023;5\n';
  await expect(bring('s.csv', october)).rejects.toMatchObject({ code: 'colonnes_a_dire' });
  await bring('s.csv', october, { mapping: { day: 'Jour', visites: 'Sessions' } });
  expect(await bring('t.csv', 'Jour;Sessions\n14/10/2023;6\n')).toMatchObject({ outcome: 'imported' });
  await expect(bring('u.csv', 'Jour;Sessions\n15/10/2023;7\n', {}, t.cast.bruno)).rejects.toMatchObject({
    code: 'colonnes_a_dire',
  });
});

test('what must be said is asked, and nothing is kept before', async () => {
  await expect(bring('d.csv', 'Date;Visites\n01/11/2023;5\n02/11/2023;6\n')).rejects.toMatchObject({
    code: 'dates_a_dire',
  });
  await expect(bring('p.csv', 'date,label,nb_visits\n2023-11-01,Autre,5\n')).rejects.toMatchObject({
    code: 'page_a_dire',
  });
  expect((await readPage(t.ctx(t.cast.alice), campaign, 'fiche')).imports).toEqual([]);
});

test('who may not write imports nothing, and a stranger learns nothing', async () => {
  await expect(bring('a.csv', NOVEMBER, {}, t.cast.david)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(bring('a.csv', NOVEMBER, {}, t.cast.etranger)).rejects.toMatchObject({ kind: 'not-found' });
  await expect(readPage(t.ctx(t.cast.etranger), campaign, 'fiche')).rejects.toMatchObject({ kind: 'not-found' });
});
