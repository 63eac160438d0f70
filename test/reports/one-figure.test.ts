import { readSheet } from 'read-excel-file/node';
import { beforeAll, expect, test } from 'vitest';
import { DEFINITIONS, withUnit } from '../../src/reports/definitions.ts';
import { readReport } from '../../src/reports/report.ts';
import { readFigures, readSummary } from '../../src/reports/summary.ts';
import { number } from '../../src/web/ui/figures.tsx';
import { asker } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { testDatabase } from '../support/database.ts';
import { porteVoix, temporaryFolder } from '../support/running.ts';
import { type MadeReport, reportHistory } from './history.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { as } = asker(t, app, service);
const { alice } = t.cast;
let made: MadeReport;
/** The same days for all, whatever the day on which this runs. */
const WINDOW = { du: '2026-11-02', au: '2026-11-22' };
const query = new URLSearchParams(WINDOW).toString();

beforeAll(async () => {
  made = await reportHistory(t, 23);
});

const NAMES = ['touches', 'distribues', 'clics'] as const;
const page = async (path: string): Promise<string> =>
  (await as(alice, 'GET /', path)).text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const answer = async (path: string): Promise<Response> => {
  const { session } = asker(t, app, service);
  const { cookie } = await session(alice);
  return app.request(`https://pv.example${path}`, { headers: { cookie } });
};

test('one number everywhere: home, campaign, report, series, JSON, CSV, workbook, summary and the whole', async () => {
  const ctx = t.ctx(alice, new Date());
  const window = { from: WINDOW.du, to: WINDOW.au, simulated: true };
  const told = (await readReport(ctx, made.slug, window)).figures;
  for (const name of NAMES) expect([name, (told[name].value ?? 0) > 0]).toEqual([name, true]);
  expect(await readFigures(ctx, made.slug, window)).toEqual(told);
  expect((await readSummary(ctx, made.slug, window)).figures).toEqual(told);

  const base = `/campagnes/${made.slug}`;
  const json = (await (await answer(`${base}/rapport.json?${query}`)).json()) as { figures: typeof told };
  expect(json.figures).toEqual(told);

  const csv = await (await answer(`${base}/rapport.csv?${query}`)).text();
  const book = Buffer.from(await (await answer(`${base}/rapport.xlsx?${query}`)).arrayBuffer());
  const [head = [], line = []] = await readSheet(book, 'Ensemble');
  for (const name of NAMES) {
    const { label } = DEFINITIONS[name];
    const { value, unit } = told[name];
    const of = csv.split('\r\n').filter((l) => l.includes(`;${label};`))[0];
    expect(of?.split(';').slice(3, 6)).toEqual([label, String(value).replace('.', ','), unit]);
    expect(line[head.indexOf(withUnit(label, unit))]).toBe(value);
  }

  // Pages without dates count until today: nothing has happened since.
  const shown = (text: string, name: (typeof NAMES)[number], words: string): void =>
    expect([words, text.includes(`${number(told[name].value ?? 0)} ${words}`)]).toEqual([words, true]);
  for (const path of ['/', base, `${base}/rapport`]) {
    const text = await page(path);
    shown(text, 'touches', 'destinataires touchés');
    shown(text, 'distribues', 'messages distribués');
    shown(text, 'clics', 'clics retenus');
  }
  const html = await (await answer(`${base}/rapport.html?${query}`)).text();
  expect(html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')).toContain(
    `${number(told.touches.value ?? 0)} destinataires touchés`,
  );
});

test('the command gives whoever holds the machine the same, with what partners alone may count', {
  timeout: 60_000,
}, async () => {
  const env = { DATABASE_URL: t.url, DATA_DIR: temporaryFolder(), SECRET: 'x'.repeat(40) };
  const run = ['report', made.slug, '--from', WINDOW.du, '--to', WINDOW.au];
  const ended = await porteVoix([...run, '--json'], env);
  const whole = await readReport(
    t.ctx({ kind: 'command', name: 'commande', organisationId: alice.organisationId }, new Date()),
    made.slug,
    { from: WINDOW.du, to: WINDOW.au, simulated: true },
  );
  expect(JSON.parse(ended.stdout).figures).toEqual(JSON.parse(JSON.stringify(whole.figures)));
  const refused = await porteVoix([...run, '--format', 'xlsx'], env);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--out')]);
});

test('every line of every table says the same to the page and to the files', async () => {
  const ctx = t.ctx(alice, new Date());
  const report = await readReport(ctx, made.slug, { from: WINDOW.du, to: WINDOW.au, simulated: true });
  const text =
    (await page(`/campagnes/${made.slug}/rapport?${query}`)) +
    (await page(`/campagnes/${made.slug}/rapport/series?${query}`)) +
    (await page(`/campagnes/${made.slug}/rapport/publics?${query}`));
  const drawn = [
    'kind',
    'formats',
    'region',
    'size_class',
    'idcc',
    'organisation',
    'resource',
    'link',
    'public',
    'level',
  ];
  for (const table of [...report.indicators.flatMap((i) => i.tables), ...report.tables])
    for (const row of table.rows)
      for (const name of table.columns) {
        const value = row.figures[name]?.value;
        if (value != null)
          expect([table.key, row.label, name, text.includes(number(value))]).toEqual([
            table.key,
            row.label,
            name,
            true,
          ]);
      }
  expect(report.tables.map((x) => x.key)).toEqual(
    expect.arrayContaining(drawn.filter((k) => !['kind', 'formats'].includes(k))),
  );
});
