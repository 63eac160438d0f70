import { DEFINITIONS } from './definitions.ts';
import type { Figure } from './figure.ts';
import type { Report } from './report.ts';
import { type Sheet, sheetsOf } from './report-tables.ts';
import type { Row, Table } from './tables.ts';

const shown = (f: Figure): string =>
  f.value === null ? `non dit (${f.leftOut})` : `${f.value.toLocaleString('fr-FR')} (${f.unit})`;

const lines = (row: Row, columns: Table['columns'], indent: string): string[] =>
  columns.flatMap((name) => {
    const f = row.figures[name];
    return f ? [`${indent}${DEFINITIONS[name].label.padEnd(32)} ${shown(f)}`] : [];
  });

function sheetText({ table: { title, counted, rows, columns } }: Sheet): string[] {
  const [first, ...others] = rows;
  if (first && others.length === 0) return [`${title} : ${first.label}`, ...lines(first, columns, '  '), ''];
  return [`${title}. ${counted}`, ...rows.flatMap((row) => [`  ${row.label}`, ...lines(row, columns, '    ')]), ''];
}

/** The report for a terminal: every figure with its unit, and under the tables how each is counted. */
export function reportText(report: Report): string {
  const sections = Map.groupBy(sheetsOf(report), (sheet) => sheet.section);
  return [
    report.campaign.name,
    `Du ${report.window.from} au ${report.window.to} (${report.window.zone})`,
    '',
    ...[...sections].flatMap(([title, sheets]) => [title.toUpperCase(), '', ...sheets.flatMap(sheetText)]),
    'Ce qui n’a pas été mesuré, et pourquoi',
    ...report.unmeasured.map(({ what, why }) => `  ${what} : ${why}`),
    '',
    `Comment c’est compté (règles version ${report.methods.version})`,
    ...report.methods.figures.map((f) => `  ${f.label} : ${f.definition} Source : ${f.source}`),
    ...report.methods.rules.map((r) => `  ${r.class} : ${r.reason}`),
    ...[...report.notes, ...report.webinars.notes].map((note) => `  ${note}`),
  ].join('\n');
}
