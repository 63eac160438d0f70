import { invalid } from '../base/errors.ts';
import { columnsOf, type Mapping, suggestMapping } from './headers.ts';
import { rowReader } from './read-row.ts';
import { readTable } from './read-table.ts';
import type { ContactRow, ImportLine, ImportOptions } from './schema.ts';

/** What was met so far; complete once every row has been read. */
export type Tally = { rows: number; rejected: number; duplicates: number; warned: number; lines: ImportLine[] };

export type ContactFile = {
  encoding: string;
  delimiter: string;
  header: string[];
  mapping: Mapping;
  /** Titles no field was found for. */
  ignored: string[];
  tally: Tally;
  contacts: Iterable<ContactRow>;
};

const MAX_ROWS = 500_000;
/** A file that is wrong from end to end needs no hundred thousand sentences. */
const MAX_LINES = 20_000;

/**
 * A contact file, read lazily: taking a contact advances the tally. Of two rows with one address the first is kept.
 * `remembered` is the mapping this organisation corrected for such titles; the person's own choice comes before it.
 * Throws `level_missing` when neither the file nor the person says a level, and the refusals of `readTable`.
 */
export async function readContacts(
  file: Uint8Array,
  options: Pick<ImportOptions, 'level' | 'public' | 'mapping' | 'encoding'>,
  remembered: (header: string[]) => Promise<Mapping | null> = async () => null,
): Promise<ContactFile> {
  const table = await readTable(file, options.encoding);
  const suggested = suggestMapping(table.header);
  const mapping = { ...suggested, ...(await remembered(table.header)), ...options.mapping };
  const columns = columnsOf(table.header, mapping);
  if (columns.level === undefined && !options.level)
    throw invalid(
      'level_missing',
      'Le fichier n’a pas de colonne de niveau : donnez un niveau pour tout le fichier (--level institutionnel, operationnel ou terrain).',
      [{ field: 'level', message: 'Choisissez un niveau pour les contacts de ce fichier.' }],
    );
  const used = new Set(Object.values(columns));
  const tally: Tally = { rows: 0, rejected: 0, duplicates: 0, warned: 0, lines: [] };
  const read = rowReader({ columns, mapping, level: options.level, public: options.public });

  function* contacts(): Generator<ContactRow> {
    const seen = new Set<string>();
    for (const record of table.rows) {
      if (++tally.rows > MAX_ROWS)
        throw invalid(
          'file_too_long',
          `Le fichier dépasse ${MAX_ROWS.toLocaleString('fr-FR')} lignes : partagez-le en plusieurs fichiers.`,
        );
      const { contact, lines } = read(record);
      if (contact && seen.has(contact.normalised)) {
        tally.duplicates++;
        continue;
      }
      for (const line of lines) if (tally.lines.length < MAX_LINES) tally.lines.push(line);
      if (!contact) {
        tally.rejected++;
        continue;
      }
      if (lines.length > 0) tally.warned++;
      seen.add(contact.normalised);
      yield contact;
    }
  }

  return {
    encoding: table.encoding,
    delimiter: table.delimiter,
    header: table.header,
    mapping,
    ignored: table.header.filter((title, i) => title !== '' && !used.has(i)),
    tally,
    contacts: contacts(),
  };
}
