import { createHash } from 'node:crypto';
import { invalid } from '../base/errors.ts';
import { decode, type Encoding } from '../contacts/decode.ts';
import { type Delimiter, readFileRecords } from '../contacts/read-table.ts';
import type { FileRecord } from '../contacts/records.ts';
import { streamedRecords } from './stream-records.ts';

/** A file that can be read more than once, from its beginning, piece by piece: it is never whole in memory. */
export type FileSource = { name: string; open: () => AsyncIterable<Uint8Array> };

const PIECE = 256 * 1024;

export const sourceOf = (name: string, bytes: Uint8Array): FileSource => ({
  name,
  open: async function* () {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
  },
});

/** A text may be of any size up to this; a workbook is read whole, and has the limit of every workbook. */
const MAX_EXPORT_BYTES = 512 * 1024 * 1024;
const MAX_WORKBOOK_BYTES = 60 * 1024 * 1024;
/** Enough to tell what a file is. */
const HEAD = 64 * 1024;

export type FileFacts = { hash: Buffer; size: number; encoding: Encoding | 'xlsx'; head: Buffer };

/**
 * A first reading of the whole file: its digest, its size, and how its text is written. UTF-8 is what is valid to the last
 * byte, as for every file of the house. Throws `file_empty`, `file_too_big`, `file_kind`.
 */
export async function factsOf(source: FileSource): Promise<FileFacts> {
  const digest = createHash('sha256');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const heads: Uint8Array[] = [];
  let size = 0;
  let valid = true;
  const check = (piece: Uint8Array | undefined): void => {
    if (!valid) return;
    try {
      utf8.decode(piece, { stream: piece !== undefined });
    } catch {
      valid = false;
    }
  };
  for await (const piece of source.open()) {
    if (size < HEAD) heads.push(Uint8Array.prototype.slice.call(piece));
    size += piece.length;
    if (size > MAX_EXPORT_BYTES)
      throw invalid('file_too_big', 'Ce fichier dépasse 512 Mo : exportez la seule page suivie, jour par jour.');
    digest.update(piece);
    check(piece);
  }
  check(undefined);
  if (size === 0) throw invalid('file_empty', 'Ce fichier est vide : choisissez l’export de l’outil de mesure.');
  const head = Buffer.concat(heads).subarray(0, HEAD);
  return { hash: digest.digest(), size, encoding: await encodingOf(head, size, valid), head };
}

async function encodingOf(head: Buffer, size: number, validUtf8: boolean): Promise<FileFacts['encoding']> {
  if (head.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 0x03, 0x04]))) {
    if (size > MAX_WORKBOOK_BYTES)
      throw invalid('file_too_big', 'Ce classeur dépasse 60 Mo : enregistrez-le en CSV, puis recommencez.');
    return 'xlsx';
  }
  // Refuses a PDF, an image, an old workbook: by what they are.
  await readFileRecords(head.subarray(0, 16));
  const told = decode(head).encoding;
  if (told === 'utf-16le' || told === 'utf-16be') return told;
  if (!validUtf8) return 'windows-1252';
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 'utf-8-bom' : 'utf-8';
}

export type FileRecords = {
  delimiter: string;
  /** A few thousand at a time, in the order of the file; `line` is the physical line of each. */
  batches: AsyncIterable<readonly FileRecord[]>;
};

/** The records of a file, whatever its kind; a text streams. */
export async function recordsIn(
  source: FileSource,
  { encoding, head }: FileFacts,
  delimiterOf: (text: string) => Delimiter,
): Promise<FileRecords> {
  if (encoding === 'xlsx') {
    const { records } = await readFileRecords(Buffer.concat(await all(source.open())));
    return {
      delimiter: '',
      batches: (async function* () {
        yield [...records];
      })(),
    };
  }
  const label = encoding === 'utf-8-bom' ? 'utf-8' : encoding;
  // The head may end in the middle of a character; the delimiter does not mind.
  const delimiter = delimiterOf(new TextDecoder(label).decode(head));
  return {
    delimiter: delimiter === '\t' ? 'tab' : delimiter,
    batches: streamedRecords(textOf(source, label), delimiter),
  };
}

async function* textOf(source: FileSource, label: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(label);
  for await (const piece of source.open()) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

async function all<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}
