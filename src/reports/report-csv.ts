import { csvFile } from '../base/csv.ts';
import { DEFINITIONS } from './definitions.ts';
import type { Report } from './report.ts';
import { sheetsOf } from './report-tables.ts';

const HEADERS = [
  'Partie',
  'Tableau',
  'Ligne',
  'Mesure',
  'Valeur',
  'Unité',
  'Du',
  'Au',
  'Fuseau',
  'Source',
  'Définition',
  'Laissé de côté',
  'Version des règles',
];

/** As many cells as the others: a strict reader refuses a short line. */
const wholeLine = (...cells: string[]): string[] => HEADERS.map((_, i) => cells[i] ?? '');

/** The report as one French CSV, a figure per line, each with how it is counted. */
export const reportCsv = (report: Report): string =>
  csvFile([
    HEADERS,
    ...sheetsOf(report).flatMap(({ section, table }) =>
      table.rows.flatMap((row) =>
        table.columns.flatMap((name) => {
          const f = row.figures[name];
          if (!f) return [];
          const { value, unit, window, source, definition, leftOut, ruleVersion } = f;
          const passport = [unit, window.from, window.to, window.zone, source, definition, leftOut, ruleVersion];
          return [[section, table.title, row.label, DEFINITIONS[name].label, value, ...passport]];
        }),
      ),
    ),
    ...report.unmeasured.map(({ what, why }) => wholeLine('Non mesuré', what, why)),
    ...[...report.notes, ...report.webinars.notes].map((note) => wholeLine('Remarque', note)),
  ]);
