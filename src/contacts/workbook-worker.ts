import { parentPort, workerData } from 'node:worker_threads';
import { type CellValue, readSheet } from 'read-excel-file/universal';
import type { FileRecord } from './records.ts';
import { zipProblem } from './zip-guard.ts';

/** What the worker answers: the rows of the first sheet, or why it will not read them. */
export type WorkbookAnswer = { rows: FileRecord[] } | { problem: 'damaged' | 'too-large' };

function cellText(value: CellValue<number> | null): string {
  if (value === null) return '';
  // Midnight is how a sheet keeps a whole day.
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace('T00:00:00', '').replace('T', ' ');
  if (typeof value === 'boolean') return value ? 'oui' : 'non';
  // A SIRET typed as a number is exact (14 digits < 2^53) and must not come out as 3.0E+13.
  return typeof value === 'number' && Number.isInteger(value) ? value.toFixed(0) : String(value);
}

async function answer(bytes: Uint8Array): Promise<WorkbookAnswer> {
  const problem = zipProblem(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (problem) return { problem };
  try {
    // The universal reader follows the central directory that was just checked; the streaming one does not.
    const sheet = await readSheet(new Uint8Array(bytes).buffer);
    const rows = sheet.map((row, i) => ({ line: i + 1, cells: row.map(cellText) }));
    return { rows: rows.filter((row) => row.cells.some((cell) => cell.trim() !== '')) };
  } catch {
    // Whatever stopped the reader, the person's remedy is the same: save the workbook again.
    return { problem: 'damaged' };
  }
}

parentPort?.postMessage(await answer(workerData));
