import { beforeAll, expect, test } from 'vitest';
import { compareReports } from '../../src/reports/compare.ts';
import { type Report, readReport } from '../../src/reports/report.ts';
import { testDatabase } from '../support/database.ts';
import { reportHistory } from './history.ts';

const t = await testDatabase();
const { alice } = t.cast;
let first: Report;
let second: Report;
beforeAll(async () => {
  const window = { from: '2026-11-02', to: '2026-11-22' };
  first = await readReport(t.ctx(alice), (await reportHistory(t, 3)).slug, window);
  second = await readReport(t.ctx(alice), (await reportHistory(t, 4)).slug, window);
});

test('line by line, in the same unit: second less first, and never a percentage', () => {
  const { tables, warnings } = compareReports(first, second);
  expect(warnings).toEqual([]);
  const main = tables.find((x) => x.key === 'main')?.lines.find((l) => l.measure === 'distribues');
  expect(main).toMatchObject({
    first: first.figures.distribues,
    second: second.figures.distribues,
    difference: (second.figures.distribues.value ?? 0) - (first.figures.distribues.value ?? 0),
  });
  expect(tables.map((x) => x.key)).toEqual(
    expect.arrayContaining(['main', 'types', 'formats', 'kind', 'level', 'channel']),
  );
  expect(tables.map((x) => x.key)).not.toContain('link');
  for (const { lines } of tables)
    for (const l of lines) if (l.difference !== null) expect(l.first?.unit).toBe(l.second?.unit);
});

test('a measure that one side alone has is a line of the comparison', () => {
  const levels = second.tables.map((x) =>
    x.key === 'level' ? { ...x, columns: x.columns.filter((c) => c !== 'distribues') } : x,
  );
  const measures = (a: Report, b: Report) =>
    new Set(
      compareReports(a, b)
        .tables.find((x) => x.key === 'level')
        ?.lines.map((l) => l.measure),
    );
  expect(measures({ ...first, tables: levels }, second)).toContain('distribues');
  expect(measures(second, { ...first, tables: levels })).toContain('distribues');
});

test('a report beside itself differs nowhere', () => {
  const lines = compareReports(first, first).tables.flatMap((x) => x.lines);
  expect(lines.filter((l) => l.difference !== 0 && l.first?.value !== null)).toEqual([]);
});

test('what makes two of them not comparable is said first', () => {
  const other: Report = {
    ...second,
    window: { ...second.window, to: '2026-11-08' },
    simulated: true,
    campaign: { ...second.campaign, k: 30, cellDimensions: ['public'], linkMode: 'direct', partners: [] },
    methods: { ...second.methods, version: 99 },
  };
  const { warnings } = compareReports(first, other);
  for (const word of [
    'règles de comptage',
    'plus petit groupe',
    '21 jours, puis 7 jours',
    'groupes',
    'liens',
    'partenaires',
    'démonstration',
  ])
    expect([word, warnings.some((w) => w.includes(word))]).toEqual([word, true]);
});

test('two periods of one campaign that share days are said to', () => {
  const later = { ...first, window: { ...first.window, from: '2026-11-10', to: '2026-11-30' } };
  expect(compareReports(first, later).warnings).toEqual([expect.stringContaining('se recouvrent')]);
  expect(
    compareReports(first, { ...first, window: { ...first.window, from: '2026-12-02', to: '2026-12-22' } }).warnings,
  ).toEqual([]);
});

test('a line that one side alone has stands without its difference', () => {
  const [level, ...others] = first.tables;
  const without: Report = { ...first, tables: [{ ...level!, rows: level!.rows.slice(1) }, ...others] };
  const line = compareReports(first, without).tables.find((x) => x.key === 'level')?.lines[0];
  expect([line?.first === null, line?.second, line?.difference]).toEqual([false, null, null]);
});
