import { normaliseAddress } from '../contacts/addresses.ts';
import { titleKey } from '../contacts/headers.ts';
import type { FileRecord } from '../contacts/records.ts';
import { type AttendanceColumn, type Columns, columnsIn, isHeader, isSummary } from './columns.ts';
import { LONGEST_STAY_SECONDS, readDuration, wholeMinutes } from './moments.ts';
import { type LineNote, lineNote, type Reading, type Stay } from './schema.ts';

/** How the instants of this file are read. */
export type ReadMoment = (raw: string, utc: boolean) => Date | null;
export type HowToRead = { moment: ReadMoment };

/** One line under its titles. */
export type Row = {
  line: number;
  /** Trimmed; empty where there is none. */
  cell: (column: AttendanceColumn) => string;
  cells: readonly string[];
};

/** One kind of file. `recognises` sees the whole of it; the first format that says yes reads it. */
export type AttendanceFormat<P extends string = string> = {
  platform: P;
  recognises: (file: readonly FileRecord[]) => boolean;
  read: (file: readonly FileRecord[], how: HowToRead) => Reading;
};

export const rowUnder = (columns: Columns, { line, cells }: FileRecord): Row => ({
  line,
  cells,
  cell: (column) => {
    const at = columns[column];
    return at === undefined ? '' : (cells[at] ?? '').trim();
  },
});

/** What a row says of one presence, with what had to be left out of it. Null: it says nothing of anybody. */
export function stayOf(row: Row, titles: readonly string[], columns: Columns, how: HowToRead) {
  const notes: LineNote[] = [];
  const warn = (code: string, cell = '') => notes.push(lineNote(row.line, 'warned', code, cell));
  const name = nameIn(row);
  const address = addressIn(row, warn);
  const instant = (column: 'joinedAt' | 'leftAt'): Date | null => {
    const raw = row.cell(column);
    if (isBlank(raw)) return null;
    const at = how.moment(raw, /\butc$/.test(titleKey(titles[columns[column] ?? -1] ?? '')));
    if (!at) warn('heure_illisible', raw);
    return at;
  };
  let joinedAt = instant('joinedAt');
  let leftAt = instant('leftAt');
  if (joinedAt && leftAt && leftAt < joinedAt) {
    warn('depart_avant');
    joinedAt = leftAt = null;
  }
  if (joinedAt && leftAt && leftAt.getTime() - joinedAt.getTime() > LONGEST_STAY_SECONDS * 1000) {
    warn('presence_trop_longue');
    joinedAt = leftAt = null;
  }
  const raw = row.cell('minutes');
  let told = isBlank(raw) ? null : readDuration(raw, unitOf(titles[columns.minutes ?? -1] ?? ''));
  if (told === null && !isBlank(raw)) warn('duree_illisible', raw);
  if (told !== null && told > LONGEST_STAY_SECONDS) {
    warn('duree_invraisemblable', raw);
    told = null;
  }
  if (name === '' && !address && !joinedAt && !leftAt && told === null) return null;
  const seconds = told ?? (joinedAt && leftAt ? (leftAt.getTime() - joinedAt.getTime()) / 1000 : 0);
  const stay: Stay = { line: row.line, name, address, joinedAt, leftAt, minutes: wholeMinutes(seconds) };
  return { stay, notes };
}

export const isBlank = (cell: string): boolean => cell === '' || /^[-–—]+$/.test(cell) || /^n\/?a$/i.test(cell);

const unitOf = (title: string) => (/\b(secondes?|seconds?|sec)$/.test(titleKey(title)) ? 'secondes' : 'minutes');

/** First and last name in columns of their own are surer than what somebody called themselves that day. */
export function nameIn(row: Row): string {
  const parts = [row.cell('firstName'), row.cell('lastName')].filter((part) => !isBlank(part));
  const whole = row.cell('name');
  return (parts.length === 2 || isBlank(whole) ? parts.join(' ') : whole).slice(0, 300).toWellFormed();
}

export function addressIn(row: Row, warn: (code: string) => void = () => {}): string | null {
  const raw = row.cell('address');
  for (const cell of [raw, row.cell('identity')]) {
    if (isBlank(cell) || !cell.includes('@')) continue;
    const read = normaliseAddress(cell);
    if (!('code' in read)) return read.normalised;
    if (cell === raw) warn('adresse_illisible');
  }
  return null;
}

const YES = /^(yes|oui|true|vrai|1|attended|present|x)$/;
const NO = /^(no|non|false|faux|0|absent|not attended|did not attend)$/;
/** Whether somebody came, as a column of yes and no says it; null: neither. */
export function cameIn(row: Row): boolean | null {
  const key = titleKey(row.cell('attended'));
  return YES.test(key) ? true : NO.test(key) || key === '' ? false : null;
}

export type Fate = { aside: string } | { rejected: string; cell?: string } | 'stay';

/**
 * A file of tables, one under the other: lines before titles are a summary, lines under them are people. `fateOf` says
 * what a platform means by a line.
 */
export function readTables(
  file: readonly FileRecord[],
  how: HowToRead,
  fateOf: (row: Row, columns: Columns) => Fate = () => 'stay',
): Reading {
  const reading: Reading = { stays: [], read: 0, notes: [] };
  const put = (line: number, severity: 'aside' | 'rejected', code: string, cell?: string) =>
    reading.notes.push(lineNote(line, severity, code, cell));
  let titles: readonly string[] = [];
  let columns: Columns | null = null;
  for (const [i, record] of file.entries()) {
    const { line, cells } = record;
    if (isHeader(cells)) {
      [titles, columns] = [cells, columnsIn(cells)];
      put(line, 'aside', 'titres');
      continue;
    }
    if (isSummary(cells)) columns = null;
    if (!columns || isTitle(record, file[i + 1])) {
      put(line, 'aside', isTitle(record, file[i + 1]) ? 'titre' : 'resume');
      continue;
    }
    const row = rowUnder(columns, record);
    const fate = fateOf(row, columns);
    if (fate !== 'stay') {
      if ('aside' in fate) put(line, 'aside', fate.aside);
      else put(line, 'rejected', fate.rejected, fate.cell);
      continue;
    }
    const read = stayOf(row, titles, columns, how);
    if (!read) {
      put(line, 'rejected', 'ligne_sans_rien');
      continue;
    }
    reading.read++;
    reading.stays.push(read.stay);
    reading.notes.push(...read.notes);
  }
  return reading;
}

/** One cell alone, and titles under it: the title of the next table. */
const isTitle = (record: FileRecord, next: FileRecord | undefined): boolean =>
  next !== undefined && record.cells.filter((cell) => cell.trim() !== '').length === 1 && isHeader(next.cells);
