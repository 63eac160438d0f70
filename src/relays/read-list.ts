import { invalid } from '../base/errors.ts';
import { normaliseAddress } from '../contacts/addresses.ts';
import { readTable } from '../contacts/read-table.ts';
import { kindNamed, LIST_FIELDS, type ListField, listColumns } from './list-columns.ts';
import { type RelayInput, relaySchema } from './schema.ts';
import { readTerritory } from './territory.ts';

/** What is said of one line of the file; `rejected` lines bring nothing, `warned` ones are brought all the same. */
export type ListLine = { line: number; severity: 'rejected' | 'warned'; code: string; column: string; message: string };
export type ListedRelay = { line: number; relay: RelayInput };
export type ReadList = {
  encoding: string;
  delimiter: string;
  /** Titles nothing was found for. */
  ignored: string[];
  rows: number;
  relays: ListedRelay[];
  /** Lines that repeat another of the file: the first one counts. */
  duplicates: number;
  lines: ListLine[];
};

const LONGEST = 2_000;

/** A list of relays as its owner keeps it: CSV, TSV or Excel. Each row is kept, repeated, or refused with its reason. */
export async function readRelayList(bytes: Uint8Array): Promise<ReadList> {
  const table = await readTable(bytes);
  const { columns, ignored } = listColumns(table.header);
  if (columns.name === undefined)
    throw invalid(
      'colonne_nom',
      `Aucune colonne ne donne le nom des relais. Colonnes lues : ${table.header.map((t) => `« ${t} »`).join(', ')}. Intitulez-la « nom ».`,
      [{ field: 'fichier', message: 'Ajoutez une colonne « nom ».' }],
    );
  const read: ReadList = {
    encoding: table.encoding,
    delimiter: table.delimiter,
    ignored,
    rows: 0,
    relays: [],
    duplicates: 0,
    lines: [],
  };
  const seen = new Set<string>();
  for (const { line, cells } of table.rows) {
    if (++read.rows > LONGEST)
      throw invalid('liste_longue', `Cette liste dépasse ${LONGEST} lignes : partagez-la en plusieurs fichiers.`, [
        { field: 'fichier', message: `${LONGEST} lignes au plus.` },
      ]);
    const say = (severity: ListLine['severity'], code: string, field: ListField, message: string) =>
      read.lines.push({
        line,
        severity,
        code,
        column: table.header[columns[field] ?? -1] ?? LIST_FIELDS[field],
        message,
      });
    const relay = readRow((field) => (cells[columns[field] ?? -1] ?? '').trim(), say);
    if (!relay) continue;
    const key = keyOf(relay);
    if (seen.has(key)) {
      read.duplicates++;
      continue;
    }
    seen.add(key);
    read.relays.push({ line, relay });
  }
  return read;
}

/** Two rows of one relay: the same address or, without one, the same name. */
const keyOf = ({ address, name }: RelayInput): string =>
  address ? address.toLowerCase() : `nom ${name.toLocaleLowerCase('fr')}`;

type Say = (severity: ListLine['severity'], code: string, field: ListField, message: string) => void;

function readRow(cell: (field: ListField) => string, say: Say): RelayInput | null {
  const written = cell('territory') || cell('departement') || cell('region');
  const territory = written === '' ? readTerritory('France') : readTerritory(written);
  if (!territory) {
    say(
      'rejected',
      'territoire_inconnu',
      'territory',
      `« ${written} » n’est ni la France, ni une région, ni un département.`,
    );
    return null;
  }
  if (written === '')
    say('warned', 'territoire_absent', 'territory', 'Aucun territoire : la France entière est retenue.');
  const kind = kindNamed(cell('kind'));
  if (!kind && cell('kind') !== '')
    say('warned', 'type_inconnu', 'kind', `« ${cell('kind')} » n’est pas un type connu : « autre relais » est retenu.`);
  const normal = normaliseAddress(cell('address'));
  if ('code' in normal && normal.code === 'email_invalid') {
    say('rejected', 'email_invalid', 'address', `« ${cell('address')} » n’est pas une adresse électronique.`);
    return null;
  }
  if ('code' in normal) say('warned', 'email_missing', 'address', 'Sans adresse : son kit devra être remis autrement.');
  const parsed = relaySchema.safeParse({
    name: oneLine(cell('name')),
    kind: kind ?? 'autre',
    territory: territory.word,
    parent: oneLine(cell('parent')) || null,
    contactName: oneLine(cell('contactName')),
    address: 'address' in normal ? normal.address : null,
    member: oneLine(cell('member')) || null,
    note: cell('note'),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = (issue?.path[0] ?? 'name') as ListField;
  say('rejected', `${field}_invalide`, field, issue?.message ?? 'Cette ligne ne peut pas être lue.');
  return null;
}

/** A cell of a spreadsheet may hold line ends that nobody sees. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
