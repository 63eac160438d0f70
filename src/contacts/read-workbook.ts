import { inflateRawSync } from 'node:zlib';
import { type CellValue, InvalidInputError, InvalidSpreadsheetError, readSheet } from 'read-excel-file/universal';
import { invalid } from '../base/errors.ts';
import type { FileRecord } from './records.ts';

/** Unpacked: an honest list of 200 000 contacts takes about 150 MB of XML. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
const MAX_ENTRIES = 500;

const damaged = () =>
  invalid('workbook_damaged', 'Ce classeur Excel ne peut pas être lu : ouvrez-le dans Excel, enregistrez-le de nouveau (.xlsx) ou en CSV, puis recommencez.');

/** The rows of the first sheet; `line` is the row number that Excel shows. */
export async function readWorkbook(bytes: Uint8Array): Promise<FileRecord[]> {
  refuseZipBomb(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  try {
    // The universal reader follows the central directory that was just checked; the streaming one would not.
    const rows = await readSheet(new Uint8Array(bytes).buffer);
    return rows
      .map((row, i) => ({ line: i + 1, cells: row.map(cellText) }))
      .filter((row) => row.cells.some((cell) => cell.trim() !== ''));
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof InvalidSpreadsheetError) throw damaged();
    throw error;
  }
}

function cellText(value: CellValue<number> | null): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value === 'boolean') return value ? 'oui' : 'non';
  // A SIRET typed as a number is exact (14 digits < 2^53) and must not come out as 3.0E+13.
  return typeof value === 'number' && Number.isInteger(value) ? value.toFixed(0) : String(value);
}

/**
 * Unpacks every entry once under a hard limit (ASVS 5.2.3): the sizes a ZIP declares are claims, and the reader
 * believes them. ZIP64 is refused: a file under the upload limit has no use for it.
 */
function refuseZipBomb(zip: Buffer): void {
  const tail = zip.lastIndexOf('PK\u0005\u0006', zip.length - 22, 'latin1');
  if (tail < 0 || zip.length - tail > 65_557) throw damaged();
  if (tail >= 20 && zip.readUInt32LE(tail - 20) === 0x07064b50) throw damaged();
  const count = zip.readUInt16LE(tail + 8);
  let entry = zip.readUInt32LE(tail + 16);
  let left = MAX_UNPACKED_BYTES;
  if (count > MAX_ENTRIES) throw tooLarge();
  for (let i = 0; i < count; i++) {
    if (entry + 46 > zip.length || zip.readUInt32LE(entry) !== 0x02014b50) throw damaged();
    const compressed = zip.readUInt32LE(entry + 20);
    const local = zip.readUInt32LE(entry + 42);
    if (local + 30 > zip.length) throw damaged();
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + compressed);
    left -= Math.max(zip.readUInt32LE(entry + 24), zip.readUInt16LE(entry + 10) === 8 ? inflatedSize(data, left) : data.length);
    if (left < 0) throw tooLarge();
    entry += 46 + zip.readUInt16LE(entry + 28) + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
}

const tooLarge = () =>
  invalid('workbook_too_large', 'Ce classeur est trop volumineux une fois ouvert : gardez une seule feuille, sans mise en forme, ou enregistrez-le en CSV.');

function inflatedSize(data: Buffer, limit: number): number {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(limit, 1) }).length;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : damaged();
  }
}
