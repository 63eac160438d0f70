import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { readSheet } from 'read-excel-file/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { DEFINITIONS } from '../../src/reports/definitions.ts';
import type { Figure } from '../../src/reports/figure.ts';
import { type Report, readReport } from '../../src/reports/report.ts';
import { sheetsOf } from '../../src/reports/report-tables.ts';
import { shareReport } from '../../src/seals/share-report.ts';
import { type MadeReport, reportHistory } from '../reports/history.ts';
import { asker } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { makePages } from '../structure/world-pages.ts';
import { makeWebinar } from '../structure/world-webinar.ts';
import { testDatabase } from '../support/database.ts';
import { porteVoix, temporaryFolder } from '../support/running.ts';
import { program } from './world.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { ask, keyOf } = program(app, t, service);
const { alice, david } = t.cast;
const QUERY = '?du=2026-11-02&au=2026-11-22';
const WINDOW = { from: '2026-11-02', to: '2026-11-22', simulated: true };

let made: MadeReport;
let secret: string;
let told: Report;
let shared: string;
let cookie: string;
beforeAll(async () => {
  made = await reportHistory(t, 31);
  await makeWebinar(t, made);
  await makePages(t, made.slug, service.config.dataDir);
  secret = (await keyOf(david)).secret;
  told = await readReport(t.ctx(david, service.now()), made.slug, WINDOW);
  const until = new Date(service.now().getTime() + 86_400_000).toISOString().slice(0, 10);
  const { id } = await shareReport(t.ctx(alice, service.now()), made.slug, { label: 'Essai', until });
  shared = `/rapports/${sealId(service.secrets.doors, 'rapport', id)}/rapport`;
  cookie = (await asker(t, app, service).session(david)).cookie;
});

/** « table / line / measure » → the whole figure, with its passport. */
type Line = readonly [string, Figure];
type Tables = readonly { key: string; rows: readonly { key: string; figures: Record<string, Figure> }[] }[];
const linesOf = (tables: Tables): Line[] =>
  tables.flatMap((table) =>
    table.rows.flatMap((row) =>
      Object.entries(row.figures).map(([name, figure]): Line => [`${table.key}/${row.key}/${name}`, figure]),
    ),
  );
const tablesOf = (report: Report): Tables =>
  sheetsOf(report).map(({ table: { key, rows, columns } }) => ({
    key,
    // What files and pages show of a line: its columns.
    rows: rows.map((r) => ({
      key: r.key,
      figures: Object.fromEntries(columns.flatMap((c) => (r.figures[c] ? [[c, r.figures[c]]] : []))),
    })),
  }));

/** One line of a file: its table, its line, its measure, its number, its unit. */
type Cell = readonly [string, string, string, number | null, string];
const cellsOf = (report: Report): Cell[] =>
  sheetsOf(report).flatMap(({ table }) =>
    table.rows.flatMap((row) =>
      table.columns.flatMap((name): Cell[] => {
        const f = row.figures[name];
        return f ? [[table.title, row.label, DEFINITIONS[name].label, f.value, f.unit]] : [];
      }),
    ),
  );
const inCsv = (text: string): Cell[] =>
  Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { delimiter: ';', skipEmptyLines: true })
    .data.slice(1)
    .filter(([section = '']) => section !== 'Non mesuré' && section !== 'Remarque')
    .map(([, table = '', line = '', measure = '', value = '', unit = '']) => [
      table,
      // What would be taken for a formula is marked as text.
      line.replace(/^'(?==)/, ''),
      measure,
      value === '' ? null : Number(value.replace(',', '.')),
      unit,
    ]);
const inWorkbook = async (book: Buffer): Promise<Cell[]> =>
  (await readSheet(book, 'Méthode')).slice(1).map((row) => {
    const [, table, line, measure, value, unit] = row;
    return [String(table), String(line), String(measure), value === null ? null : Number(value), String(unit)];
  });
const get = async (path: string): Promise<Buffer> => {
  const response = await app.request(`https://pv.example${path}`, { headers: { cookie } });
  expect([path, response.status]).toEqual([path, 200]);
  return Buffer.from(await response.arrayBuffer());
};

test('the history says something of everything: some two hundred figures, of letters, relays, pages and webinars', () => {
  const tables = tablesOf(told);
  expect(linesOf(tables).length).toBeGreaterThan(200);
  expect(linesOf(tables).filter(([, f]) => (f.value ?? 0) > 0).length).toBeGreaterThan(80);
  expect(tables.map((x) => x.key)).toEqual(expect.arrayContaining(['main', 'level', 'webinars', 'statements', 'day']));
});

describe('the API says, figure by figure and passport by passport, what the page says', () => {
  const api = async (path: string) => (await ask(`/api/v1/campagnes/${made.slug}${path}${QUERY}`, secret)).json;

  test('the whole report, its essentials, and each of its tables asked for alone', async () => {
    const whole = (await api('/rapport')) as { tables: Tables; figures: Record<string, Figure>; targets: unknown };
    expect(Object.fromEntries(linesOf(whole.tables))).toMatchObject(Object.fromEntries(linesOf(tablesOf(told))));
    expect(whole.figures).toEqual(told.figures);
    expect(whole.targets).toEqual(told.targets);
    const essentials = (await api('/rapport/essentiel')) as typeof whole;
    expect(essentials.figures).toEqual(told.figures);
    const listed = (await api('/rapport/tableaux')) as { items: { key: string }[] };
    expect(listed.items.map((x) => x.key)).toEqual(tablesOf(told).map((x) => x.key));
    for (const { key } of listed.items)
      expect(await api(`/rapport/tableaux/${key}`), key).toEqual(whole.tables.find((x) => x.key === key));
  });

  test('pages, webinars, methods and series', async () => {
    expect(await api('/pages')).toEqual(JSON.parse(JSON.stringify(told.pages)));
    expect(await api('/webinaires')).toEqual(JSON.parse(JSON.stringify(told.webinars)));
    expect(await api('/rapport/methode')).toEqual(JSON.parse(JSON.stringify(told.methods)));
    const { items } = (await api('/rapport/series')) as {
      items: { key: string; points: { distribues: number; clics: number }[]; figures: Record<string, Figure> }[];
    };
    expect(items.map(({ figures: _, ...line }) => line)).toEqual(told.series);
    for (const { points, figures } of items)
      for (const name of ['distribues', 'clics'] as const)
        expect(points.reduce((sum, p) => sum + p[name], 0)).toBe(figures[name]?.value);
  });

  test('a comparison with itself finds no difference, and the very figures', async () => {
    const answer = (
      await ask(`/api/v1/campagnes/${made.slug}/comparaison${QUERY}&du2=${WINDOW.from}&au2=${WINDOW.to}`, secret)
    ).json as {
      warnings: string[];
      tables: { key: string; lines: { measure: string; first: Figure; difference: number }[] }[];
    };
    const main = answer.tables.find((x) => x.key === 'main')?.lines ?? [];
    expect(main.map((l) => [l.measure, l.first])).toEqual(Object.entries(told.figures));
    expect(answer.tables.flatMap((x) => x.lines).filter((l) => l.difference !== 0 && l.difference !== null)).toEqual(
      [],
    );
    expect(answer.warnings).toEqual([]);
  });
});

describe('files say it too, every figure of every table', () => {
  test('CSV and workbook, of the page, of the shared address and of the API', async () => {
    const cells = cellsOf(told);
    const page = `/campagnes/${made.slug}/rapport`;
    for (const path of [page, shared]) {
      expect(inCsv((await get(`${path}.csv${QUERY}`)).toString()), path).toEqual(cells);
      expect(await inWorkbook(await get(`${path}.xlsx${QUERY}`)), path).toEqual(cells);
      const json = JSON.parse((await get(`${path}.json${QUERY}`)).toString()) as Report;
      expect(linesOf(tablesOf(json)), path).toEqual(linesOf(tablesOf(told)));
    }
    const csv = await ask(`/api/v1/campagnes/${made.slug}/rapport.csv${QUERY}`, secret);
    expect([csv.status, inCsv(csv.text)]).toEqual([200, cells]);
  });

  test('the command, in each of its forms; it differs only where it may count what partners alone know', async () => {
    const folder = temporaryFolder();
    const env = { DATABASE_URL: t.url, DATA_DIR: folder, SECRET: 'x'.repeat(40) };
    const run = ['report', made.slug, '--from', WINDOW.from, '--to', WINDOW.to];
    const whole = JSON.parse((await porteVoix([...run, '--json'], env)).stdout) as Report;
    const cells = cellsOf(whole);
    const written = async (format: string): Promise<Buffer> => {
      const out = join(folder, `rapport.${format}`);
      expect((await porteVoix([...run, '--format', format, '--out', out], env)).code).toBe(0);
      return readFileSync(out);
    };
    expect(inCsv((await written('csv')).toString())).toEqual(cells);
    expect(await inWorkbook(await written('xlsx'))).toEqual(cells);
    // Clicks are sums of whole groups, the same for everybody.
    const clicks = [
      'envois',
      'frequence',
      'clicsBruts',
      'clicsRobots',
      'clicsDouteux',
      'clics',
      'clicsJusqua',
    ] as const;
    for (const name of clicks) expect([name, whole.figures[name]]).toEqual([name, told.figures[name]]);
    const mine = new Map(linesOf(tablesOf(told)));
    // Told by contact, to the nearest ten of what each reader may know of others: not the same sums.
    const rounded = sheetsOf(whole).flatMap(({ table }) => (table.counted.includes('à la dizaine') ? [table.key] : []));
    const exact = tablesOf(whole).filter((table) => !rounded.includes(table.key));
    const both = linesOf(exact).filter(([key, f]) => mine.get(key)?.leftOut === f.leftOut);
    const differing = both.filter(([key, f]) => mine.get(key)?.value !== f.value).map(([key]) => key);
    expect(both.length).toBeGreaterThan(100);
    expect(differing).toEqual([]);
  }, 120_000);
});
