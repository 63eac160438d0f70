import { readContacts } from './read-contacts.ts';
import type { ImportLine } from './schema.ts';

export type CsvInspection = {
  encoding: string;
  delimiter: string;
  header: string[];
  /** {field: title} as recognised, and the titles nothing was found for. */
  mapping: Record<string, string>;
  ignored: string[];
  rows: number;
  kept: number;
  rejected: number;
  duplicates: number;
  warned: number;
  lines: ImportLine[];
};

/** `inspect csv`: what a contact file is taken for, and why; no database. */
export async function inspectCsv(file: Buffer): Promise<CsvInspection> {
  // Any level will do: a file without one is inspected all the same.
  const read = await readContacts(file, { level: 'terrain' });
  let kept = 0;
  for (const _ of read.contacts) kept++;
  const { encoding, delimiter, header, mapping, ignored, tally } = read;
  return { encoding, delimiter, header, mapping, ignored, kept, ...tally };
}
