import type { DateOrder } from '../attendance/schema.ts';
import { invalid } from '../base/errors.ts';
import type { FileRecord } from '../contacts/records.ts';
import {
  clearColumns,
  columnsAs,
  delimiterOf,
  type ExportColumns,
  type ExportMapping,
  headerAt,
  isComment,
  isMatomo,
  suggestedMapping,
  TOP_LINES,
} from './export-columns.ts';
import { couldBeDay, countOf, dayOf, isPeriod, isTotal, orderOf } from './export-days.ts';
import { type FileFacts, type FileSource, recordsIn } from './file-source.ts';
import { type ImportReport, keepNotes, type Notes } from './import-report.ts';
import { pageMatcher } from './same-page.ts';
import { MEASURES, type Measure } from './schema.ts';

/** What a person said about a file that does not say it itself. `only`: the page's name in the file, where none is its address. */
export type SaidOfExport = {
  dates?: DateOrder | undefined;
  mapping?: ExportMapping | undefined;
  only?: string | undefined;
};

/** A table that is not clear by itself: its titles, what each was taken for, and its first values. */
export type UnknownTable = { header: string[]; mapping: ExportMapping; examples: string[] };

export type ExportDay = { day: string; measure: Measure; n: number };
export type ExportFile = {
  days: ExportDay[];
  report: Omit<ImportReport, 'overlap'>;
  /** With the columns a person named, the titles they were named for. */
  header: string[];
};

/** Read, or what must be said first: how days are written, which column is which, which line is the page. */
export type ReadExport =
  | { kind: 'file'; file: ExportFile }
  | { kind: 'dates'; example: string }
  | { kind: 'columns'; table: UnknownTable }
  | { kind: 'pages'; names: string[] };

/** More days than any tool has been running: a column that is no day. */
const MOST_DAYS = 20_000;
const NAMES_KEPT = 40;

type Held = { line: number; values: Partial<Record<Measure, number>> };
type Pass = { notes: Notes; rows: number; read: Map<string, Held>; names: Set<string>; others: number };

/**
 * Reads an export of a page's owner once, piece by piece, keeping one line per day and nothing else: a file of any size
 * costs the same memory. Throws `file_empty`, `file_no_day`, `column_…`.
 */
export async function readExport(
  source: FileSource,
  facts: FileFacts,
  { url, today }: { url: string; today: string },
  said: SaidOfExport = {},
  remembered: (header: readonly string[]) => Promise<ExportMapping | null> = async () => null,
): Promise<ReadExport> {
  const { delimiter, batches } = await recordsIn(source, facts, delimiterOf);
  const pass: Pass = { notes: keepNotes(), rows: 0, read: new Map(), names: new Set(), others: 0 };
  let top: FileRecord[] | null = [];
  let header: string[] = [];
  let columns: ExportColumns = {};
  const own = said.only === undefined ? pageMatcher(url) : (name: string) => name === said.only;
  const take = (record: FileRecord): void => takeRow(pass, record, columns, own);

  /** The first lines are held until the titles are found among them. Null: titles that are clear, or that were said. */
  const begin = async (held: readonly FileRecord[]): Promise<UnknownTable | null> => {
    const at = headerAt(held);
    header = (held[at]?.cells ?? []).map((cell) => cell.trim());
    const clear = clearColumns(header);
    const mapping = said.mapping ?? (clear ? null : await remembered(header));
    if (!mapping && !clear)
      return {
        header,
        mapping: suggestedMapping(header),
        examples: header.map((_, i) => held[at + 1]?.cells[i]?.trim() ?? ''),
      };
    columns = mapping ? columnsAs(header, mapping) : (clear ?? {});
    for (const [i, record] of held.entries()) {
      if (i > at) {
        take(record);
        continue;
      }
      pass.rows += 1;
      pass.notes.add(record.line, 'aside', i === at ? 'titres' : isComment(record) ? 'commentaire' : 'avant_titres');
    }
    return null;
  };

  for await (const batch of batches)
    for (const record of batch) {
      if (top === null) take(record);
      else if (top.push(record) === TOP_LINES) {
        const table = await begin(top);
        if (table) return { kind: 'columns', table };
        top = null;
      }
    }
  if (top !== null) {
    if (top.length === 0)
      throw invalid('file_empty', 'Ce fichier est vide : choisissez l’export de l’outil de mesure.');
    const table = await begin(top);
    if (table) return { kind: 'columns', table };
  }
  if (pass.read.size === 0 && pass.others > 0) return { kind: 'pages', names: [...pass.names] };
  const order = said.dates ? { order: said.dates } : orderOf(pass.read.keys());
  if ('example' in order) return { kind: 'dates', example: order.example };
  const days = daysOf(pass, order.order, today);
  if (days.length === 0)
    throw invalid(
      'file_no_day',
      'Aucun jour n’est lu dans ce fichier. Exportez la page suivie jour par jour (période « jour »), ou déclarez le total comme un chiffre, avec sa période et ce fichier.',
    );
  const told = [...new Set(days.map((d) => d.day))].sort();
  const { rejected, aside } = pass.notes.count;
  return {
    kind: 'file',
    file: {
      days,
      header,
      report: {
        tool: isMatomo(header) ? 'matomo' : 'autre',
        encoding: facts.encoding,
        delimiter,
        rows: pass.rows,
        read: pass.rows - rejected - aside,
        rejected,
        aside,
        days: told.length,
        from: told[0] ?? '',
        to: told.at(-1) ?? '',
        measures: MEASURES.filter((m) => days.some((d) => d.measure === m)),
        ...pass.notes.list(),
      },
    },
  };
}

/** Whether a line is about the page. */
type IsOwn = (name: string) => boolean;

type Fate =
  | { severity: 'aside' | 'rejected'; code: string; cell?: string }
  | { severity: 'held'; day: string; values: Held['values']; wrong: string[] };
const aside = (code: string): Fate => ({ severity: 'aside', code });
const refused = (code: string, cell = ''): Fate => ({ severity: 'rejected', code, cell });

/** One line under the titles: held by its day as it is written, set aside, or refused. */
function takeRow(pass: Pass, record: FileRecord, columns: ExportColumns, isOwn: IsOwn): void {
  pass.rows += 1;
  const fate = fateOf(pass, record, columns, isOwn);
  if (fate.severity !== 'held') {
    pass.notes.add(record.line, fate.severity, fate.code, fate.cell);
    return;
  }
  for (const raw of fate.wrong) pass.notes.add(record.line, 'warned', 'nombre_illisible', raw);
  if (pass.read.size >= MOST_DAYS)
    throw invalid('file_too_long', 'Ce fichier donne plus de 20 000 jours : vérifiez quelle colonne contient le jour.');
  pass.read.set(fate.day, { line: record.line, values: fate.values });
}

function fateOf(pass: Pass, record: FileRecord, columns: ExportColumns, isOwn: IsOwn): Fate {
  const cell = (at: number | undefined): string => (at === undefined ? '' : (record.cells[at] ?? '').trim());
  const day = cell(columns.day);
  if (isComment(record)) return aside('commentaire');
  if (isTotal([cell(0), day])) return aside('total');
  if (columns.page !== undefined && !isOwn(cell(columns.page))) {
    pass.others += 1;
    const name = cell(columns.page).slice(0, 200).toWellFormed();
    if (pass.names.size < NAMES_KEPT && name !== '') pass.names.add(name);
    return aside('autre_page');
  }
  if (!couldBeDay(day)) return refused(isPeriod(day) ? 'periode' : 'jour_illisible', day);
  const before = pass.read.get(day);
  if (before) return refused('jour_en_double', String(before.line));
  const values: Held['values'] = {};
  const wrong: string[] = [];
  for (const measure of MEASURES) {
    const raw = cell(columns[measure]);
    if (raw === '' || raw === '-') continue;
    const n = countOf(raw);
    if (n === null) wrong.push(raw);
    else values[measure] = n;
  }
  return Object.keys(values).length > 0 ? { severity: 'held', day, values, wrong } : refused('sans_nombre');
}

/** Held days under the reading that was settled; one that is none under it, is still to come, or was given already, is refused. */
function daysOf({ read, notes }: Pass, order: DateOrder, today: string): ExportDay[] {
  const lines = new Map<string, number>();
  const days: ExportDay[] = [];
  for (const [raw, { line, values }] of read) {
    const day = dayOf(raw, order);
    const before = day === null ? undefined : lines.get(day);
    if (day === null) notes.add(line, 'rejected', 'jour_illisible', raw);
    else if (day > today) notes.add(line, 'rejected', 'jour_a_venir', raw);
    else if (before !== undefined) notes.add(line, 'rejected', 'jour_en_double', String(before));
    else {
      lines.set(day, line);
      for (const measure of MEASURES) {
        const n = values[measure];
        if (n !== undefined) days.push({ day, measure, n });
      }
    }
  }
  return days;
}
