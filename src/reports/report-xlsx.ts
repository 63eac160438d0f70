import ExcelJS from 'exceljs';
import { DEFINITIONS, type FigureName } from './definitions.ts';
import type { Report } from './report.ts';
import { type Sheet, sheetsOf } from './report-tables.ts';

/** What Excel names a sheet by: 31 characters, none of these. */
const FORBIDDEN = /[[\]:*?/\\]/g;
const LONGEST = 31;

/**
 * The report as a workbook: one sheet per table, its numbers numbers, and « Méthode » with how every one of them is counted,
 * days as days. A cell never holds a formula: what people wrote is written as text (FR-03).
 */
export async function reportXlsx(report: Report): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  book.creator = 'Porte-voix';
  book.created = new Date(report.generatedAt);
  const names = new Set<string>();
  cover(book, report, names);
  for (const sheet of sheetsOf(report)) tableSheet(book, sheet, names);
  methods(book, report, names);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** Two tables of one title are told apart by a number: Excel refuses two sheets of one name, whatever their capitals. */
function nameOf(title: string, names: Set<string>): string {
  const plain =
    title
      .replace(FORBIDDEN, ' ')
      .trim()
      .replace(/^'+|'+$/g, '') || 'Tableau';
  for (let n = 1; ; n++) {
    const end = n === 1 ? '' : ` (${n})`;
    const name = `${plain.slice(0, LONGEST - end.length).trim()}${end}`;
    if (names.has(name.toLowerCase())) continue;
    names.add(name.toLowerCase());
    return name;
  }
}

type SheetOf = { head: readonly string[]; widths: readonly number[] };

function open(book: ExcelJS.Workbook, name: string, { head, widths }: SheetOf): ExcelJS.Worksheet {
  const sheet = book.addWorksheet(name, {
    views: [{ state: 'frozen', ySplit: 1 }],
    pageSetup: { orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  });
  sheet.columns = widths.map((width) => ({ width }));
  const row = sheet.addRow([...head]);
  row.font = { bold: true };
  row.alignment = { wrapText: true, vertical: 'top' };
  return sheet;
}

function cover(book: ExcelJS.Workbook, r: Report, names: Set<string>): void {
  const sheet = open(book, nameOf('Rapport', names), { head: ['Rapport', r.campaign.name], widths: [28, 100] });
  sheet.addRows([
    ['Période', `du ${r.window.from} au ${r.window.to}, heure de Paris`],
    ['Établi le', new Date(r.generatedAt)],
    ['Partenaires', r.campaign.partners.map((p) => p.name).join(', ')],
    ['Plus petit groupe publié', r.campaign.k],
    ...(r.simulated ? [['Démonstration', 'Messages simulés : rien n’est parti vers de vraies personnes.']] : []),
    [],
    ['Non mesuré', 'Pourquoi'],
    ...r.unmeasured.map((u) => [u.what, u.why]),
    [],
    ['À savoir', ''],
    ...[...r.notes, ...r.webinars.notes].map((note) => ['', note]),
  ]);
  sheet.getColumn(2).alignment = { wrapText: true, vertical: 'top' };
  sheet.getColumn(1).alignment = { wrapText: true, vertical: 'top' };
}

const headOf = (name: FigureName, units: ReadonlySet<string>): string =>
  `${DEFINITIONS[name].label}${units.size === 1 ? ` (${[...units][0]})` : ''}`;

function tableSheet(book: ExcelJS.Workbook, { table }: Sheet, names: Set<string>): void {
  const unitsOf = (name: FigureName) => new Set(table.rows.flatMap((r) => r.figures[name]?.unit ?? []));
  const sheet = open(book, nameOf(table.title, names), {
    head: [table.title, ...table.columns.map((c) => headOf(c, unitsOf(c)))],
    widths: [44, ...table.columns.map(() => 16)],
  });
  for (const row of table.rows) {
    const added = sheet.addRow([row.label, ...table.columns.map((c) => row.figures[c]?.value ?? null)]);
    added.getCell(1).alignment = { wrapText: true, vertical: 'top' };
  }
  for (const [i, name] of table.columns.entries()) {
    const whole = table.rows.every((r) => Number.isInteger(r.figures[name]?.value ?? 0));
    const money = unitsOf(name).has('euros');
    sheet.getColumn(i + 2).numFmt = money ? '#,##0.00' : whole ? '#,##0' : '#,##0.0';
  }
  sheet.addRow([]);
  const note = sheet.addRow([table.counted]);
  note.font = { italic: true };
}

const METHOD = [
  ['Partie', 24],
  ['Tableau', 30],
  ['Ligne', 40],
  ['Mesure', 28],
  ['Valeur', 14],
  ['Unité', 24],
  ['Du', 12],
  ['Au', 12],
  ['Fuseau', 14],
  ['Source', 50],
  ['Définition', 70],
  ['Laissé de côté', 50],
  ['Version des règles', 12],
] as const;

/** A statement may have been made without dates. */
const dayOf = (day: string): Date | null => (day === '' ? null : new Date(`${day}T00:00:00Z`));

function methods(book: ExcelJS.Workbook, report: Report, names: Set<string>): void {
  const sheet = open(book, nameOf('Méthode', names), {
    head: METHOD.map(([title]) => title),
    widths: METHOD.map(([, width]) => width),
  });
  for (const { section, table } of sheetsOf(report))
    for (const row of table.rows)
      for (const name of table.columns) {
        const f = row.figures[name];
        if (!f) continue;
        sheet.addRow([
          ...[section, table.title, row.label, DEFINITIONS[name].label, f.value, f.unit],
          ...[dayOf(f.window.from), dayOf(f.window.to), f.window.zone],
          ...[f.source, f.definition, f.leftOut, f.ruleVersion],
        ]);
      }
  for (const column of [7, 8]) sheet.getColumn(column).numFmt = 'yyyy-mm-dd';
  const rules = open(book, nameOf('Règles de classement', names), {
    head: ['Classement', 'Règle', 'Ce qu’elle reconnaît'],
    widths: [14, 20, 100],
  });
  rules.addRows(report.methods.rules.map((r) => [r.class, r.rule, r.reason]));
  rules.addRows([[], ...report.methods.settings.map((s) => [s.what, '', s.value])]);
}
