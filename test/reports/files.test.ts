import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../src/base/chromium.ts';
import { printPdf } from '../../src/reports/print-pdf.ts';
import { type Report, readReport } from '../../src/reports/report.ts';
import { sheetsOf } from '../../src/reports/report-tables.ts';
import { formatOf, reportXlsx } from '../../src/reports/report-xlsx.ts';
import { reportFile } from '../../src/web/report-files.ts';
import { findChromium as chromiumOfTests } from '../support/chromium.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { reportHistory } from './history.ts';

const t = await testDatabase();
const folder = mkdtempSync(join(tmpdir(), 'porte-voix-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let report: Report;
let book: Buffer;

beforeAll(async () => {
  const made = await reportHistory(t, 11);
  report = await readReport(t.ctx(t.cast.alice), made.slug);
  book = await reportXlsx(report);
});

const sheet = (name: string) => readSheet(book, name);
const figures = () => sheetsOf(report).flatMap(({ table }) => table.rows.flatMap((r) => Object.values(r.figures)));

describe('the workbook, read back', () => {
  test('one sheet per table, whose numbers are numbers', async () => {
    const rows = await sheet('Par niveau');
    const of = report.tables.find((x) => x.key === 'level')!;
    expect(rows[0]).toEqual(['Par niveau', ...rows[0]!.slice(1)]);
    expect(rows.slice(1, of.rows.length + 1)).toEqual(
      of.rows.map((r) => [r.label, ...of.columns.map((c) => r.figures[c]?.value ?? null)]),
    );
  });

  test('« Méthode » has the passport of every figure, its days as days', async () => {
    const [head, ...rows] = await sheet('Méthode');
    expect(head).toEqual(
      expect.arrayContaining(['Unité', 'Source', 'Définition', 'Laissé de côté', 'Version des règles']),
    );
    expect(rows).toHaveLength(figures().length);
    for (const row of rows) {
      expect(row[6]).toBeInstanceOf(Date);
      expect(row.filter((_, i) => i !== 4).every((v) => v !== null && v !== '')).toBe(true);
    }
  });

  test('days are days, money has cents, a frequency keeps its hundredths, and heads stay in sight', async () => {
    const [, first] = await sheet('Par jour');
    expect(first?.[0]).toBeInstanceOf(Date);
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load(book as unknown as ArrayBuffer);
    const of = (name: string) => workbook.getWorksheet(name)!;
    expect(of('Par jour').getColumn(1).numFmt).toBe('dd/mm/yyyy');
    expect(of('Moyens par phase').getCell('B2').numFmt).toBe('#,##0.00');
    expect(formatOf([1, 0.03], new Set(['actions par mois']))).toBe('#,##0.00');
    expect(formatOf([1.1, 2], new Set(['clics pour 100']))).toBe('#,##0.0');
    expect(workbook.worksheets.map((s) => s.views[0]?.state)).toEqual(workbook.worksheets.map(() => 'frozen'));
    expect(workbook.worksheets.map((s) => s.name).filter((name) => / \(\d\)$/.test(name))).toEqual([]);
  });

  test('what is stated has its own unit, days and source beside its number', async () => {
    const [head, line] = await sheet('Ce que les partenaires déclaren');
    expect(head).toEqual(['Ce qui est dit', 'Valeur', 'Unité', 'Du', 'Au', 'Source', 'Laissé de côté']);
    expect(line?.slice(1, 5)).toEqual([expect.any(Number), expect.any(String), expect.any(Date), expect.any(Date)]);
  });

  test('what a person wrote like a formula stays text, there and in the CSV (ASVS 1.2.10)', async () => {
    const rows = await sheet('Par ressource');
    expect(rows.some((r) => r[0] === '=Fiche 0')).toBe(true);
    const csv = String(await reportFile(report, 'csv', null));
    expect(csv).toContain(";'=Fiche 0;");
    expect(csv).not.toMatch(/;=Fiche/);
  });
});

describe('the other files', () => {
  test('CSV: BOM, semicolons, decimal commas, one line per figure with its passport (FR-03)', async () => {
    const csv = String(await reportFile(report, 'csv', null));
    expect(csv.startsWith('\ufeffPartie;Tableau;')).toBe(true);
    expect(csv).toContain(';Prévu;1200,5;euros;');
    expect(csv.split('\r\n').filter((l) => l.includes(';Europe/Paris;'))).toHaveLength(figures().length);
  });

  test('JSON keeps its contract: every figure has seven fields, and no other', async () => {
    const seen: object[] = [];
    JSON.parse(String(await reportFile(report, 'json', null)), (_, v) => {
      if (v !== null && typeof v === 'object' && 'ruleVersion' in v) seen.push(v);
      return v;
    });
    expect(seen.length).toBeGreaterThan(200);
    for (const f of seen)
      expect(Object.keys(f).sort()).toEqual([
        'definition',
        'leftOut',
        'ruleVersion',
        'source',
        'unit',
        'value',
        'window',
      ]);
  });

  test('the page to print needs nothing else, runs nothing and calls nobody (PRV-02)', async () => {
    const html = String(await reportFile(report, 'html', null));
    expect(html.includes("default-src 'none'")).toBe(true);
    expect(/<script|<link|src="(?!data:)|url\((?!['"]?(?:data:|#))/.exec(html)).toBeNull();
    const said = html.replace(/<style>[\s\S]*<\/style>/, '').replace(/[\u00a0\u202f]/g, ' ');
    const missing = [...report.indicators.map((i) => i.title), 'Ce qui n’a pas été mesuré, et pourquoi'].filter(
      (x) => !said.includes(x),
    );
    expect(missing).toEqual([]);
  });

  test('a campaign named like markup is text in all of them', async () => {
    const { slug } = await makeCampaign(t, { name: '<img src=x onerror=alert(1)>' });
    const named = await readReport(t.ctx(t.cast.alice), slug);
    expect(String(await reportFile(named, 'html', null))).not.toContain('<img src=x');
    expect((await readSheet(await reportXlsx(named), 'Rapport'))[0]?.[1]).toBe('<img src=x onerror=alert(1)>');
  });
});

describe('the PDF', () => {
  test('where there is no Chromium, a sentence says so and what to do', async () => {
    await expect(reportFile(report, 'pdf', null)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('CHROMIUM_PATH'),
    });
  });

  test('a program that is no browser is told, and nothing is left behind', async () => {
    const program = join(folder, 'chromium');
    writeFileSync(program, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    expect(findChromium(undefined, folder)).toBe(program);
    expect(findChromium('/nommé', folder)).toBe('/nommé');
    expect(findChromium(undefined, join(folder, 'rien'))).not.toBe(program);
    await expect(printPdf(program, '<p>x</p>')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('with one: several sheets of A4, tagged (RGAA 13.3)', { timeout: 90_000 }, async () => {
    const chromium = chromiumOfTests();
    expect(chromium).not.toBeNull();
    const pdf = (await reportFile(report, 'pdf', chromium)) as Buffer;
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const file = join(folder, 'rapport.pdf');
    writeFileSync(file, pdf);
    const info = spawnSync('pdfinfo', [file], { encoding: 'utf8' }).stdout;
    expect(info).toMatch(/Tagged:\s+yes/);
    expect(info).toMatch(/A4/);
    const pages = Number(/Pages:\s+(\d+)/.exec(info)?.[1]);
    expect([pages > 5, pages < 40]).toEqual([true, true]);
    // Text pushed out of the sheet once filled pages of one letter a line.
    const text = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).stdout;
    expect(text.split('\n').filter((line) => /^\s{40,}\p{L}$/u.test(line)).length).toBeLessThan(3);
  });
});
