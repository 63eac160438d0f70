import { invalid } from '../base/errors.ts';
import { decode, type Encoding } from './decode.ts';
import { knownHeaders } from './headers.ts';
import { readWorkbook } from './read-workbook.ts';
import { type FileRecord, records } from './records.ts';

export const DELIMITERS = [';', ',', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** `delimiter` as reports name it: `;`, `,` or `tab`; empty for a workbook, whose encoding is `xlsx`. */
export type Table = { encoding: Encoding | 'xlsx'; delimiter: string; header: string[]; rows: Iterable<FileRecord> };

export const MAX_FILE_BYTES = 60 * 1024 * 1024;
const SAMPLE = 20;
/** Where the first rows surely stand, however long their cells. */
const SAMPLE_CHARACTERS = 256 * 1024;

/**
 * A contact file as a header and rows, whatever its kind: the bytes decide, not the name.
 * Throws `file_too_big`, `file_empty`, `file_kind`, or what a damaged workbook gives.
 */
export async function readTable(bytes: Uint8Array, encoding?: Encoding): Promise<Table> {
  const file = await readFileRecords(bytes, { encoding });
  return withHeader(file.encoding, file.delimiter, file.records);
}

/** The records of a file, titles not told from rows; `delimiterOf` finds what separates its cells when it is a text. */
export async function readFileRecords(
  bytes: Uint8Array,
  {
    encoding,
    delimiterOf = detectDelimiter,
  }: { encoding?: Encoding | undefined; delimiterOf?: (text: string) => Delimiter } = {},
): Promise<Pick<Table, 'encoding' | 'delimiter'> & { records: Iterable<FileRecord> }> {
  if (bytes.length > MAX_FILE_BYTES)
    throw invalid(
      'file_too_big',
      `Le fichier dépasse ${MAX_FILE_BYTES / 1024 / 1024} Mo : partagez-le en plusieurs fichiers.`,
    );
  const kind = binaryKind(bytes);
  if (kind === 'xlsx') return { encoding: 'xlsx', delimiter: '', records: await readWorkbook(bytes) };
  if (kind)
    throw invalid(
      'file_kind',
      `Ce fichier est ${kind} : enregistrez-le au format CSV ou Excel (.xlsx), puis recommencez.`,
    );
  const decoded = decode(bytes, encoding);
  const delimiter = delimiterOf(decoded.text);
  return {
    encoding: decoded.encoding,
    delimiter: delimiter === '\t' ? 'tab' : delimiter,
    records: records(decoded.text, delimiter),
  };
}

const MAGIC: [number[], string][] = [
  [[0x50, 0x4b, 0x03, 0x04], 'xlsx'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'un ancien classeur Excel (.xls)'],
  [[0x25, 0x50, 0x44, 0x46], 'un PDF'],
  [[0x89, 0x50, 0x4e, 0x47], 'une image'],
  [[0xff, 0xd8, 0xff], 'une image'],
  [[0x1f, 0x8b], 'une archive compressée'],
];

const binaryKind = (bytes: Uint8Array): string | undefined =>
  MAGIC.find(([magic]) => magic.every((byte, i) => bytes[i] === byte))?.[1];

function withHeader(encoding: Table['encoding'], delimiter: string, all: Iterable<FileRecord>): Table {
  const rows = all[Symbol.iterator]();
  const first = rows.next();
  if (first.done)
    throw invalid(
      'file_empty',
      'Le fichier est vide : choisissez un fichier qui contient une ligne de titres et des contacts.',
    );
  const header = first.value.cells.map((cell) => cell.trim());
  return { encoding, delimiter, header, rows: { [Symbol.iterator]: () => rows } };
}

/**
 * The delimiter under which the first line has the most column titles we know; else the one that cuts the first
 * rows most often into the same number of cells. A single column has none: `;` then.
 */
export function detectDelimiter(text: string): Delimiter {
  const beginning = text.slice(0, SAMPLE_CHARACTERS);
  const scores = DELIMITERS.map((delimiter) => {
    const rows = [...take(records(beginning, delimiter), SAMPLE)];
    const width = rows[0]?.cells.length ?? 0;
    const regular = rows.filter((row) => row.cells.length === width).length / Math.max(rows.length, 1);
    return { delimiter, known: knownHeaders(rows[0]?.cells ?? []), spread: width > 1 ? width * regular : 0 };
  });
  scores.sort((a, b) => b.known - a.known || b.spread - a.spread);
  return scores[0]!.delimiter;
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
