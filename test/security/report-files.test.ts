import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveAction } from '../../src/campaigns/action-save.ts';
import { saveBudget } from '../../src/campaigns/budget-save.ts';
import { declareFigure } from '../../src/pages/declare-figure.ts';
import { saveWatchedPage } from '../../src/pages/save-watched-page.ts';
import { printPdf } from '../../src/reports/print-pdf.ts';
import { type Report, readReport } from '../../src/reports/report.ts';
import { reportFile } from '../../src/web/report-files.ts';
import { findChromium as chromiumOfTests } from '../support/chromium.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

/** What people write goes into every file of a report: it stays words there (ASVS 1.2.10, 1.3). */
const t = await testDatabase();
const folder = mkdtempSync(join(tmpdir(), 'porte-voix-hostile-'));
let asked: string[] = [];
let server: Server;
let site: string;
let report: Report;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('ok');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hostile = (n: number): string =>
    [
      `=HYPERLINK("${site}/${n}";"x")`,
      `<img src=${site}/${n}><script>fetch('${site}/${n}')</script>`,
      `</style></title><meta http-equiv=refresh content="0;url=file:///etc/passwd">`,
      `@SUM(1+1)*cmd|' /C calc'!A0`,
      `+1"><iframe src="file:///etc/passwd">`,
      `-2+3`,
    ][n] ?? '';
  const ctx = t.ctx(t.cast.alice);
  const { slug } = await makeCampaign(t, { name: hostile(1), tagline: hostile(2) });
  for (let n = 0; n < 6; n += 1) {
    const { slug: action } = await saveAction(ctx, slug, {
      kind: 'publicite',
      title: hostile(n),
      phase: 'amont',
      startsAt: NOW,
    });
    await saveBudget(ctx, slug, { action, planned: 1000, committed: 0, paid: 0 });
    await saveWatchedPage(ctx, slug, { slug: `p${n}`, name: hostile(n), url: `${site}/page`, owner: hostile(n) });
    await declareFigure(ctx, slug, `p${n}`, {
      ...{ value: 9000, unit: 'visites', windowSaid: hostile(n), saidBy: hostile(n), source: hostile(n) },
      ...{ from: null, to: null, saidOn: null, quote: hostile(n), note: hostile(n) },
    });
  }
  report = await readReport(ctx, slug);
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

describe('names that mean harm', () => {
  test('are in the report, every one of them', () => {
    const text = JSON.stringify(report);
    for (const part of ['=HYPERLINK', '<script>', '@SUM', 'http-equiv', '-2+3']) expect(text).toContain(part);
  });

  test('start no formula in the CSV', async () => {
    const csv = String(await reportFile(report, 'csv', null)).replace('\ufeff', '');
    const cells = csv.split('\r\n').flatMap((line) => line.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/));
    expect(cells.length).toBeGreaterThan(100);
    expect(cells.map((c) => c.replace(/^"/, '')).filter((c) => /^[=+@\t]|^-(?!\d+(,\d+)?$)/.test(c))).toEqual([]);
  });

  test('are text in the workbook: no formula, no link, in no cell', async () => {
    const book = new ExcelJS.Workbook();
    await book.xlsx.load((await reportFile(report, 'xlsx', null)) as never);
    let texts = 0;
    const wrong: string[] = [];
    book.eachSheet((sheet) =>
      sheet.eachRow((row) =>
        row.eachCell((cell) => {
          if (typeof cell.value === 'string') texts += 1;
          if ([ExcelJS.ValueType.Formula, ExcelJS.ValueType.Hyperlink].includes(cell.type)) wrong.push(cell.address);
        }),
      ),
    );
    expect([texts > 100, wrong]).toEqual([true, []]);
  });

  test('open no tag in the page to print', async () => {
    const html = String(await reportFile(report, 'html', null));
    expect(html).toContain('&lt;script&gt;');
    expect(html.match(/<(?:script|img|iframe|object|link|base|form)\b/gi)).toBeNull();
    expect(html.match(/<meta\b[^>]*>/g)?.filter((m) => m.includes('refresh'))).toEqual([]);
  });

  test('make the browser that prints ask for nothing', { timeout: 90_000 }, async () => {
    asked = [];
    const pdf = await reportFile(report, 'pdf', chromiumOfTests());
    expect((pdf as Buffer).subarray(0, 5).toString()).toBe('%PDF-');
    expect(asked).toEqual([]);
  });
});

test('were a tag to slip through, that browser still has no network, no script and no other file', {
  timeout: 90_000,
}, async () => {
  asked = [];
  const secret = join(folder, 'secret.html');
  writeFileSync(secret, '<p>mot-de-passe-du-serveur</p>');
  const pdf = await printPdf(
    chromiumOfTests(),
    `<!doctype html><meta charset="utf-8"><title>x</title><p id="p">texte</p>
    <img src="${site}/image"><iframe src="${site}/cadre"></iframe><link rel="stylesheet" href="${site}/style">
    <iframe src="file://${secret}" width="400" height="200"></iframe><object data="file://${secret}"></object>
    <script>document.getElementById('p').textContent = 'script'; fetch('${site}/appel')</script>
    <style>@import url('${site}/import'); body { background: url('${site}/fond') }</style>`,
  );
  const file = join(folder, 'x.pdf');
  writeFileSync(file, pdf);
  const text = spawnSync('pdftotext', [file, '-'], { encoding: 'utf8' }).stdout;
  expect([asked, text.includes('texte'), text.includes('mot-de-passe')]).toEqual([[], true, false]);
});
