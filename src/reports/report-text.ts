import { longDateTime } from '../base/dates.ts';
import { WEBINAR_STATE_NAMES } from '../webinars/schema.ts';
import { DEFINITIONS, type FigureName } from './definitions.ts';
import type { Figure } from './figure.ts';
import type { Report } from './report.ts';
import type { Table } from './tables.ts';

const shown = (f: Figure): string =>
  f.value === null ? `non dit (${f.leftOut})` : `${f.value.toLocaleString('fr-FR')} ${f.unit}`;

const figuresText = (figures: Partial<Record<FigureName, Figure>>, indent = '  '): string[] =>
  (Object.entries(figures) as [FigureName, Figure][]).map(
    ([name, f]) => `${indent}${DEFINITIONS[name].label.padEnd(32)} ${shown(f)}`,
  );

const tableText = (table: Table): string[] => [
  `${table.title}. ${table.counted}`,
  ...table.rows.flatMap((row) => [`  ${row.label}`, ...figuresText(row.figures, '    ')]),
  '',
];

/** The report for a terminal: every figure with its unit, and under the table how each is counted. */
export function reportText(report: Report): string {
  const named = Object.entries(report.figures) as [FigureName, Figure][];
  return [
    `${report.campaign.name}`,
    `Du ${report.window.from} au ${report.window.to} (${report.window.zone})`,
    '',
    ...figuresText(report.figures),
    '',
    ...(report.setApart.length > 0
      ? ['Écartés par raison', ...report.setApart.map((s) => `  ${s.label.padEnd(28)} ${shown(s.figure)}`), '']
      : []),
    ...report.tables.flatMap(tableText),
    ...report.webinars.webinars.flatMap((w) => [
      `Webinaire : ${w.title} (${longDateTime(new Date(w.startsAt))}, ${WEBINAR_STATE_NAMES[w.state]})`,
      ...figuresText(w.figures),
      '',
    ]),
    ...report.webinars.tables.flatMap(tableText),
    'Comment c’est compté',
    ...[
      ...named,
      ...Object.entries(report.webinars.figures ?? {}).map(([name, f]) => [name as FigureName, f] as const),
    ].map(
      ([name]) => `  ${DEFINITIONS[name].label} : ${DEFINITIONS[name].definition} Source : ${DEFINITIONS[name].source}`,
    ),
    ...[...report.notes, ...report.webinars.notes].map((note) => `  ${note}`),
  ].join('\n');
}
