import { longDate, toParisDay } from '../base/dates.ts';
import { invalid } from '../base/errors.ts';
import { readFileRecords } from '../contacts/read-table.ts';
import type { FileRecord } from '../contacts/records.ts';
import type { Platform } from '../webinars/schema.ts';
import { bigbluebutton } from './bigbluebutton.ts';
import { delimiterOf, isFrench } from './columns.ts';
import { livestorm } from './livestorm.ts';
import { dateOrderOf, readMoment } from './moments.ts';
import type { AttendanceFormat } from './rows.ts';
import {
  type AttendanceMapping,
  type DateOrder,
  type FileWarning,
  inRuns,
  type LineNote,
  type Reading,
  type Stay,
} from './schema.ts';
import { readUnknown, type UnknownTable, unknownTable } from './table.ts';
import { teams } from './teams.ts';
import { zoom } from './zoom.ts';

/** The first that recognises a file reads it: from what only one platform writes to what several might. */
export const FORMATS: readonly AttendanceFormat<Platform>[] = [teams, bigbluebutton, zoom, livestorm];

export const MAX_ATTENDANCE_BYTES = 5 * 1024 * 1024;
const MAX_ROWS = 60_000;
/** More on one line is no table: looking for its titles would keep the service from everybody else. */
const MAX_CELLS = 500;

/** What a person said about a file that does not say it itself. */
export type Said = { dates?: DateOrder | undefined; mapping?: AttendanceMapping | undefined };
type Meeting = { startsAt: Date; endsAt: Date };

export type AttendanceFile = {
  platform: Platform;
  /** Of a file of no platform we know: its columns, as they were read; else null. */
  table: UnknownTable | null;
  encoding: string;
  delimiter: string;
  rows: number;
  stays: Stay[];
  read: number;
  rejected: number;
  aside: number;
  notes: LineNote[];
  warnings: FileWarning[];
};

/** Read, or what must be said first: how days are written, or which column is which. */
export type Read =
  | { kind: 'file'; file: AttendanceFile }
  | { kind: 'dates'; example: string }
  | { kind: 'columns'; table: UnknownTable };

/**
 * A platform's file, whatever the platform: the bytes decide, not the name. `remembered` is how this organisation read a
 * table with the same titles before. Throws `file_too_big`, `file_kind`, `file_empty`, `file_nobody`, `column_…`.
 */
export async function readAttendance(
  bytes: Uint8Array,
  meeting: Meeting,
  said: Said = {},
  remembered: (header: readonly string[]) => Promise<AttendanceMapping | null> = async () => null,
): Promise<Read> {
  const { encoding, delimiter, records } = await recordsOf(bytes);
  const format = FORMATS.find((f) => f.recognises(records));
  const table = unknownTable(records);
  const mapping = format ? null : (said.mapping ?? (await remembered(table.header)));
  if (!format && !mapping) return { kind: 'columns', table };

  const order = said.dates ?? dateOrderOf(cellsOf(records), { day: meeting.startsAt, french: isFrench(records) });
  let ambiguous = '';
  const moment = (raw: string, utc: boolean): Date | null => {
    const at = readMoment(raw, order ?? 'jour', utc);
    if (!order && Number(at) !== Number(readMoment(raw, 'mois', utc))) ambiguous ||= raw;
    return at;
  };
  const reading = format ? format.read(records, { moment }) : readUnknown(records, mapping ?? {}, { moment });
  if (ambiguous) return { kind: 'dates', example: ambiguous };
  const { stays, read } = reading;
  if (stays.length === 0)
    throw invalid(
      'file_nobody',
      'Ce fichier ne dit la présence de personne : vérifiez que c’est bien la liste des participants.',
    );
  const counted = { rows: records.length, read, ...fatesOf(reading) };
  const platform = format?.platform ?? 'autre';
  const notes = inRuns(reading.notes);
  const warnings = warningsOf({ stays, notes }, meeting);
  return {
    kind: 'file',
    file: {
      platform,
      table: mapping ? { ...table, mapping } : null,
      encoding,
      delimiter,
      ...counted,
      stays,
      notes,
      warnings,
    },
  };
}

async function recordsOf(bytes: Uint8Array) {
  if (bytes.length > MAX_ATTENDANCE_BYTES)
    throw invalid('file_too_big', 'Ce fichier dépasse 5 Mo : ce n’est sans doute pas une liste de participants.');
  const file = await readFileRecords(bytes, { delimiterOf });
  const records: FileRecord[] = [];
  for (const record of file.records) {
    if (record.cells.length > MAX_CELLS)
      throw invalid(
        'file_too_wide',
        `Ce fichier a plus de ${MAX_CELLS} colonnes : ce n’est pas une liste de participants.`,
      );
    if (records.push(record) > MAX_ROWS)
      throw invalid('file_too_long', `Ce fichier dépasse ${MAX_ROWS.toLocaleString('fr-FR')} lignes.`);
  }
  if (records.length === 0) throw invalid('file_empty', 'Ce fichier est vide : choisissez la liste des participants.');
  return { ...file, records };
}

function* cellsOf(records: readonly FileRecord[]): Generator<string> {
  for (const { cells } of records) yield* cells;
}

const fatesOf = ({ notes }: Reading) => ({
  rejected: notes.filter((n) => n.severity === 'rejected').length,
  aside: notes.filter((n) => n.severity === 'aside').length,
});

/** A platform adds minutes before and after; days apart is another meeting. */
const NEAR = 12 * 3_600_000;

function warningsOf({ stays, notes }: Pick<Reading, 'stays' | 'notes'>, { startsAt, endsAt }: Meeting): FileWarning[] {
  const warnings: FileWarning[] = [];
  const times = stays.flatMap((s) => [s.joinedAt, s.leftAt]).filter((at) => at !== null);
  const away = times.filter((at) => Number(at) < Number(startsAt) - NEAR || Number(at) > Number(endsAt) + NEAR);
  if (times.length > 0 && away.length === times.length)
    warnings.push({
      code: 'autre_jour',
      message: `Les présences de ce fichier sont du ${longDate(times[0] ?? startsAt)}, le webinaire du ${longDate(startsAt)} : est-ce le bon fichier ?`,
    });
  else if (away.length > 0)
    warnings.push({
      code: 'plusieurs_jours',
      message: `Ce fichier porte sur plusieurs jours : ${[...new Set(away.map(toParisDay))].length} autres que celui du webinaire.`,
    });
  else if (times.length > 0 && times.every((at) => at < startsAt || at > endsAt))
    warnings.push({
      code: 'autre_heure',
      message: 'Personne n’est là à l’heure du webinaire : le fichier est peut-être à l’heure d’un autre pays.',
    });
  const planned = (endsAt.getTime() - startsAt.getTime()) / 60_000;
  if (stays.some((s) => s.minutes > planned + 240) || notes.some((n) => n.code === 'duree_invraisemblable'))
    warnings.push({
      code: 'durees_longues',
      message:
        'Des durées dépassent de loin celle du webinaire : sont-elles en secondes ? Écrivez-le alors dans le titre de la colonne : « Durée (secondes) ».',
    });
  return warnings;
}
