import type ExcelJS from 'exceljs';
import { longDate, longDateTime, parseParis } from '../base/dates.ts';
import { DEFINITIONS, type FigureName, withUnit } from './definitions.ts';
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
  // Four hundred modules, which only a workbook needs.
  const { default: excel } = await import('exceljs');
  const book = new excel.Workbook();
  book.creator = 'Porte-voix';
  book.created = new Date(report.generatedAt);
  const names = new Set<string>();
  cover(book, report, names);
  for (const sheet of sheetsOf(report))
    (sheet.table.columns.includes('declare') ? statedSheet : tableSheet)(book, sheet, names);
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
    views: [{ state: 'frozen', xSplit: 1, ySplit: 1 }],
    pageSetup: { orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  });
  sheet.columns = widths.map((width) => ({ width }));
  const row = sheet.addRow([...head]);
  row.font = { bold: true };
  row.alignment = { wrapText: true, vertical: 'top' };
  return sheet;
}

const longDay = (day: string): string => longDate(parseParis(day) ?? new Date(day));

function cover(book: ExcelJS.Workbook, r: Report, names: Set<string>): void {
  const sheet = open(book, nameOf('Rapport', names), { head: ['Rapport', r.campaign.name], widths: [28, 100] });
  sheet.addRows([
    ['Période', `du ${longDay(r.window.from)} au ${longDay(r.window.to)}, heure de Paris`],
    ['Établi le', longDateTime(new Date(r.generatedAt))],
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
  for (const column of [1, 2]) sheet.getColumn(column).alignment = WRAPPED;
  sheet.eachRow((row) => {
    if (['Non mesuré', 'À savoir'].includes(String(row.getCell(1).value))) row.font = { bold: true };
  });
}

function headOf(name: FigureName, units: ReadonlySet<string>): string {
  const [unit, ...others] = units;
  return unit === undefined || others.length > 0 ? DEFINITIONS[name].label : withUnit(DEFINITIONS[name].label, unit);
}

/** Statements share neither unit nor dates nor source: a column of each. */
function statedSheet(book: ExcelJS.Workbook, { table }: Sheet, names: Set<string>): void {
  const sheet = open(book, nameOf(table.title, names), {
    head: ['Ce qui est dit', 'Valeur', 'Unité', 'Du', 'Au', 'Source', 'Laissé de côté'],
    widths: [60, 14, 24, 12, 12, 60, 60],
  });
  for (const { label, figures } of table.rows) {
    const f = figures.declare;
    if (!f) continue;
    const { from, to } = f.window;
    sheet.addRow([label, f.value, f.unit, dayOf(from), dayOf(to), f.source, f.leftOut]).alignment = WRAPPED;
  }
  sheet.getColumn(2).numFmt = '#,##0';
  for (const column of [4, 5]) sheet.getColumn(column).numFmt = DAY;
  sheet.addRow([]);
  sheet.addRow([table.counted]).font = { italic: true };
}

/** As many decimals as the values have, two for money. */
export function formatOf(values: readonly number[], units: ReadonlySet<string>): string {
  if (units.has('euros')) return '#,##0.00';
  if (values.every(Number.isInteger)) return '#,##0';
  return values.every((n) => Number.isInteger(Math.round(n * 1_000) / 100)) ? '#,##0.0' : '#,##0.00';
}

const TIME: readonly string[] = ['day', 'week', 'month'];
const DAY = 'dd/mm/yyyy';
const WRAPPED = { wrapText: true, vertical: 'top' } as const;

function tableSheet(book: ExcelJS.Workbook, { table }: Sheet, names: Set<string>): void {
  const unitsOf = (name: FigureName) => new Set(table.rows.flatMap((r) => r.figures[name]?.unit ?? []));
  const sheet = open(book, nameOf(table.title, names), {
    head: [table.title, ...table.columns.map((c) => headOf(c, unitsOf(c)))],
    widths: [44, ...table.columns.map(() => 16)],
  });
  for (const row of table.rows) {
    const of = TIME.includes(table.key) ? dayOf(row.label) : row.label;
    const added = sheet.addRow([of, ...table.columns.map((c) => row.figures[c]?.value ?? null)]);
    added.getCell(1).alignment = { ...WRAPPED, horizontal: 'left' };
  }
  if (TIME.includes(table.key)) sheet.getColumn(1).numFmt = DAY;
  for (const [i, name] of table.columns.entries())
    sheet.getColumn(i + 2).numFmt = formatOf(
      table.rows.flatMap((r) => r.figures[name]?.value ?? []),
      unitsOf(name),
    );
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
  for (const column of [7, 8]) sheet.getColumn(column).numFmt = DAY;
  const rules = open(book, nameOf('Règles de classement', names), {
    head: ['Classement', 'Règle', 'Ce qu’elle reconnaît'],
    widths: [14, 20, 100],
  });
  rules.addRows(report.methods.rules.map((r) => [r.class, r.rule, r.reason]));
  rules.addRows([[], ...report.methods.settings.map((s) => [s.what, '', s.value])]);
}
