import pg from 'pg';
import { beforeAll, expect, test, vi } from 'vitest';
import { type Report, readReport } from '../../src/reports/report.ts';
import type { Row, Table } from '../../src/reports/tables.ts';
import { ReportPage } from '../../src/web/report-pages.tsx';
import { campaignPlace } from '../../src/web/report-place.ts';
import { PublicsPage, SeriesPage } from '../../src/web/report-series-page.tsx';
import { typeset } from '../../src/web/ui/typeset.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { reportHistory } from './history.ts';

/** A report stays light, on the wire and for the database, whatever the campaign holds. */

const t = await testDatabase();
let slug = '';
let report: Report;
beforeAll(async () => {
  ({ slug } = await reportHistory(t, 31));
  report = await readReport(t.ctx(t.cast.alice), slug);
});

/** How many times the database is asked something while `run` runs. */
async function queriesOf(run: () => Promise<unknown>): Promise<number> {
  const asked = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await run();
    return asked.mock.calls.length;
  } finally {
    asked.mockRestore();
  }
}

test('a report asks the database as much of a campaign with a history as of an empty one, give or take a few', async () => {
  const empty = await makeCampaign(t);
  const of = (campaign: string) => queriesOf(() => readReport(t.ctx(t.cast.alice), campaign));
  const [none, full] = [await of(empty.slug), await of(slug)];
  expect([none > 5, full <= 60, full - none <= 20]).toEqual([true, true, true]);
});

const DAY_MS = 86_400_000;
const dayOf = (i: number): string => new Date(Date.parse('2024-01-01') + i * DAY_MS).toISOString().slice(0, 10);

/** A table as long as the largest campaign would make it, its lines being those there are, over and over. */
function grown(table: Table, lines: number): Table {
  const [first] = table.rows;
  if (!first) return table;
  const step = { day: 1, week: 7, month: 30 }[table.key];
  const rows = Array.from({ length: lines }, (_, i): Row => {
    const of = table.rows[i % table.rows.length] ?? first;
    const name = step ? dayOf(i * step) : `${of.label}, le nom d’une ligne comme il s’en écrit (${i})`;
    return { ...of, key: step ? name : `${of.key}-${i}`, label: name };
  });
  return { ...table, rows };
}

const LINES: Record<string, number> = {
  ...{ public: 11, kind: 11, organisation: 8, region: 18, size_class: 5, idcc: 50, resource: 60, link: 250 },
  ...{ channel: 4, phase: 3, day: 730, week: 105, month: 24, 'relay-kind': 8, 'relay-region': 18, means: 80 },
};

test('the report of two years, eighteen regions, fifty branches and 250 links weighs under 100 KB a page (design §8)', async () => {
  const grow = (table: Table): Table => (LINES[table.key] ? grown(table, LINES[table.key] ?? 0) : table);
  const large: Report = {
    ...report,
    tables: report.tables.map(grow),
    indicators: report.indicators.map((i) => ({ ...i, tables: i.tables.map(grow) })),
    means: report.means.map(grow),
    series: report.series.map((s) => ({
      ...s,
      points: Array.from({ length: 730 }, (_, i) => ({ day: dayOf(i), distribues: 1, clics: 1 })),
    })),
  };
  const props = { report: large, place: campaignPlace(large, { mayShare: true, pdf: true }), asked: {} };
  for (const View of [ReportPage, SeriesPage, PublicsPage]) {
    const page = typeset(String(await View(props)));
    // The frame of a page is 4 KB.
    expect([View.name, Math.min(96_000, Buffer.byteLength(page))]).toEqual([View.name, Buffer.byteLength(page)]);
    expect(page).toContain('dans les fichiers à télécharger');
  }
});
