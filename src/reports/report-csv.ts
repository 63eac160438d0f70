import { type CsvValue, csvFile } from '../base/csv.ts';
import { DEFINITIONS, type FigureName } from './definitions.ts';
import type { Figure } from './figure.ts';
import type { Report } from './report.ts';

const HEADERS = [
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

/** The report as one French CSV, a figure per line, each with how it is counted. */
export function reportCsv(report: Report): string {
  const line = (table: string, label: string, measure: string, f: Figure): CsvValue[] => [
    table,
    label,
    measure,
    f.value,
    f.unit,
    f.window.from,
    f.window.to,
    f.window.zone,
    f.source,
    f.definition,
    f.leftOut,
    f.ruleVersion,
  ];
  const named = (figures: Partial<Record<FigureName, Figure>>, table: string, label: string) =>
    (Object.entries(figures) as [FigureName, Figure][]).map(([name, f]) =>
      line(table, label, DEFINITIONS[name].label, f),
    );
  return csvFile([
    HEADERS,
    ...named(report.figures, 'Ensemble', report.campaign.name),
    ...report.setApart.map((s) => line('Écartés par raison', s.label, DEFINITIONS.ecartes.label, s.figure)),
    ...report.classes.map((c) => line('Requêtes par règle', c.reason, DEFINITIONS.clicsBruts.label, c.figure)),
    ...report.tables.flatMap((table) => table.rows.flatMap((row) => named(row.figures, table.title, row.label))),
    ...(report.webinars.figures ? named(report.webinars.figures, 'Webinaires', 'tous ensemble') : []),
    ...report.webinars.webinars.flatMap((w) => named(w.figures, 'Webinaire', w.title)),
    ...report.webinars.tables.flatMap((table) =>
      table.rows.flatMap((row) => named(row.figures, table.title, row.label)),
    ),
    ...[...report.notes, ...report.webinars.notes].map((note) => ['Remarque', note]),
  ]);
}
