import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import type { ImportOptions } from '../../src/contacts/schema.ts';

export const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/contacts/${name}`, import.meta.url));
export const csv = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n`);
export const options = (extra: Partial<ImportOptions> = {}): ImportOptions => ({
  fileName: 'contacts.csv',
  source: 'salon de la fibre 2026',
  level: 'terrain',
  ...extra,
});

export async function workbook(rows: unknown[][]): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  book.addWorksheet('Feuille 1').addRows(rows);
  return Buffer.from(await book.xlsx.writeBuffer());
}

export async function collect(body: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
