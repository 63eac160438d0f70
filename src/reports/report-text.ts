import { DEFINITIONS, type FigureName } from './definitions.ts';
import type { Figure } from './figure.ts';
import type { Report } from './report.ts';

const shown = (f: Figure): string =>
  f.value === null ? `non dit (${f.leftOut})` : `${f.value.toLocaleString('fr-FR')} ${f.unit}`;

/** The report for a terminal: every figure with its unit, and under the table how each is counted. */
export function reportText(report: Report): string {
  const named = Object.entries(report.figures) as [FigureName, Figure][];
  return [
    `${report.campaign.name}`,
    `Du ${report.window.from} au ${report.window.to} (${report.window.zone})`,
    '',
    ...named.map(([name, f]) => `  ${DEFINITIONS[name].label.padEnd(28)} ${shown(f)}`),
    '',
    ...(report.setApart.length > 0
      ? ['Écartés par raison', ...report.setApart.map((s) => `  ${s.label.padEnd(28)} ${shown(s.figure)}`), '']
      : []),
    ...report.tables.flatMap((table) => [
      `${table.title}. ${table.counted}`,
      ...table.rows.flatMap((row) => [
        `  ${row.label}`,
        ...(Object.entries(row.figures) as [FigureName, Figure][]).map(
          ([name, f]) => `    ${DEFINITIONS[name].label.padEnd(26)} ${shown(f)}`,
        ),
      ]),
      '',
    ]),
    'Comment c’est compté',
    ...named.map(
      ([name]) => `  ${DEFINITIONS[name].label} : ${DEFINITIONS[name].definition} Source : ${DEFINITIONS[name].source}`,
    ),
    ...report.notes.map((note) => `  ${note}`),
  ].join('\n');
}
