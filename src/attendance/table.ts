import { invalid } from '../base/errors.ts';
import { titleKey } from '../contacts/headers.ts';
import type { FileRecord } from '../contacts/records.ts';
import { type Columns, columnsIn } from './columns.ts';
import { cameIn, type HowToRead, rowUnder, stayOf } from './rows.ts';
import { ATTENDANCE_FIELD_NAMES, ATTENDANCE_FIELDS, type AttendanceMapping, lineNote, type Reading } from './schema.ts';

/** A table of no platform we know: its titles, what each was taken for, and its first values. */
export type UnknownTable = { header: string[]; mapping: AttendanceMapping; examples: string[] };

/** The first line that has as many cells as the lines under it mostly have: what stands above are comments. */
const headerAt = (file: readonly FileRecord[]): number => {
  const widthOf = ({ cells }: FileRecord) => cells.filter((cell) => cell.trim() !== '').length;
  const widest = Math.max(0, ...file.slice(0, 60).map(widthOf));
  return Math.max(
    0,
    file.findIndex((record) => widthOf(record) >= Math.ceil(widest / 2)),
  );
};

export function unknownTable(file: readonly FileRecord[]): UnknownTable {
  const at = headerAt(file);
  const header = (file[at]?.cells ?? []).map((cell) => cell.trim());
  const columns = columnsIn(header);
  const mapping: AttendanceMapping = {};
  for (const field of ATTENDANCE_FIELDS) {
    const position = columns[field];
    if (position !== undefined) mapping[field] = header[position];
  }
  return { header, mapping, examples: header.map((_, i) => file[at + 1]?.cells[i]?.trim() ?? '') };
}

/** The table read as a person says. Throws `column_unknown` and `column_who`. */
export function readUnknown(file: readonly FileRecord[], mapping: AttendanceMapping, how: HowToRead): Reading {
  const at = headerAt(file);
  const titles = (file[at]?.cells ?? []).map((cell) => cell.trim());
  const columns = columnsAs(titles, mapping);
  const reading: Reading = { stays: [], read: 0, notes: [] };
  file.forEach((record, i) => {
    const { line } = record;
    if (i <= at) {
      reading.notes.push(lineNote(line, 'aside', i === at ? 'titres' : 'resume'));
      return;
    }
    const row = rowUnder(columns, record);
    const came = columns.attended === undefined ? true : cameIn(row);
    const read = came ? stayOf(row, titles, columns, how) : null;
    if (read) {
      reading.read++;
      reading.stays.push(read.stay);
      reading.notes.push(...read.notes);
    } else if (came === false) reading.notes.push(lineNote(line, 'aside', 'absent'));
    else if (came === null) reading.notes.push(lineNote(line, 'rejected', 'presence_inconnue', row.cell('attended')));
    else reading.notes.push(lineNote(line, 'rejected', 'ligne_sans_rien'));
  });
  return reading;
}

function columnsAs(titles: readonly string[], mapping: AttendanceMapping): Columns {
  const shown =
    titles
      .filter(Boolean)
      .map((t) => `« ${t} »`)
      .join(', ') || 'aucune';
  const columns: Columns = {};
  for (const field of ATTENDANCE_FIELDS) {
    const title = mapping[field];
    if (!title) continue;
    const position = titles.findIndex((t) => titleKey(t) === titleKey(title));
    if (position === -1)
      throw invalid(
        'column_unknown',
        `La colonne « ${title} », donnée pour ${ATTENDANCE_FIELD_NAMES[field]}, n’est pas dans le fichier. Colonnes lues : ${shown}.`,
      );
    columns[field] = position;
  }
  if ((columns.name ?? columns.lastName ?? columns.firstName ?? columns.address) === undefined)
    throw invalid('column_who', `Dites quelle colonne contient le nom ou l’adresse. Colonnes lues : ${shown}.`);
  return columns;
}
