import type { Context } from 'hono';
import { printPdf } from '../reports/print-pdf.ts';
import type { Report } from '../reports/report.ts';
import { reportCsv } from '../reports/report-csv.ts';
import { reportXlsx } from '../reports/report-xlsx.ts';
import { standaloneStyle } from './assets.ts';
import { Document } from './report-document.tsx';
import type { ReportFormat } from './report-place.ts';
import { typeset } from './ui/typeset.ts';

const TYPES: Record<ReportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
};

/** One file that needs nothing else and can run nothing. */
async function reportHtml(report: Report): Promise<string> {
  return `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="robots" content="noindex"><title>${escaped(`Rapport, ${report.campaign.name}`)}</title>
<style>${standaloneStyle()}@page{size:A4}</style></head><body>${typeset(String(await Document({ report })))}</body></html>
`;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** The report as a file: the same figures in every form, each with how it is counted. `chromium`: what makes a PDF. */
export async function reportFile(
  report: Report,
  format: ReportFormat,
  chromium: string | null,
): Promise<string | Buffer> {
  switch (format) {
    case 'csv':
      return reportCsv(report);
    case 'json':
      return JSON.stringify(report, null, 2);
    case 'xlsx':
      return reportXlsx(report);
    case 'html':
      return reportHtml(report);
    case 'pdf':
      return printPdf(chromium, await reportHtml(report));
  }
}

/** The same as an answer that a browser keeps. */
export async function download(c: Context, report: Report, format: ReportFormat, chromium: string | null) {
  const body = await reportFile(report, format, chromium);
  return c.body(typeof body === 'string' ? body : new Uint8Array(body), 200, {
    'content-type': TYPES[format],
    'content-disposition': `attachment; filename="rapport-${report.campaign.slug}.${format}"`,
    'x-content-type-options': 'nosniff',
    // Opened from this address all the same, it would still be somebody's text on our site.
    ...(format === 'html' ? { 'content-security-policy': `${POLICY}; sandbox` } : {}),
  });
}
