import { titleKey } from '../contacts/headers.ts';
import { DELIMITERS, type Delimiter } from '../contacts/read-table.ts';
import { type FileRecord, records } from '../contacts/records.ts';
import type { AttendanceField } from './schema.ts';

/** Columns that decide how a line is read, beside those that a person may be asked about. */
export type AttendanceColumn = AttendanceField | 'identity' | 'waiting' | 'action' | 'moment';
export type Columns = Partial<Record<AttendanceColumn, number>>;

/** Titles seen in French and English files, as `titleKey` leaves them; the first that fits wins. */
const TITLES: readonly [AttendanceColumn, RegExp][] = [
  ['action', /^(user action|action( de l utilisateur)?)$/],
  ['moment', /^(timestamp|horodatage|date et heure|date heure)$/],
  ['waiting', /^(in |dans la |en )?(waiting room|salle d attente)$/],
  ['attended', /^(attended|has attended|a participe|participe|present|presence|est venu)$/],
  ['identity', /^(participant id|id du participant|identifiant du participant|id participant)( upn)?$|^upn$/],
  ['firstName', /^(first name|firstname|prenom|given name)$/],
  ['lastName', /^(last name|lastname|nom de famille|surname|family name)$/],
  [
    'name',
    /^((full |user |display |participant )?name( original name)?|nom( complet| d utilisateur| de l utilisateur| du participant| affiche)?( nom (original|d origine|initial))?|prenom et nom|nom et prenom|participant|utilisateur|user)$/,
  ],
  [
    'address',
    /^(registration |user |inscription )?(e ?mail|e ?mail address|mail|courriel|adresse( de)?( e ?mail| mail| courriel| courrier( electronique)?| electronique| de messagerie)?|e ?mail d inscription)( de l utilisateur)?$/,
  ],
  [
    'minutes',
    /^((in meeting |total |attendance |session )?duration|(connection|attendance) time|time in session|duree( totale| de (la )?(reunion|presence|connexion|participation|session))?|temps( total)? (de (connexion|presence|participation)|passe)|temps dans la session)( (en )?(in )?(minutes?|min|secondes?|seconds?|sec))?$/,
  ],
  [
    'joinedAt',
    /^((first )?join(ed)?( time| at)?|(heure|date)( de la)?( d| de)? ?(premiere )?(arrivee|connexion|jonction|participation|entree)|premiere (arrivee|connexion|jonction|participation|entree)|arrivee|rejoint|a rejoint|entree|connected at)( utc)?$/,
  ],
  [
    'leftAt',
    /^((last )?(leave|left)( time| at)?|(heure|date)( de la)?( d| de)? ?(derniere )?(depart|sortie|deconnexion)|derniere? (depart|sortie|deconnexion)|depart|sortie|parti|quitte|a quitte|sorti|disconnected at)( utc)?$/,
  ],
];

/** About the meeting, never about a person: what stands under them is a summary. */
const SUMMARY =
  /^(topic|sujet|rubrique|objet|meeting id|id de (la )?reunion|n de reunion|webinar id|id du webinaire|meeting title|titre de la reunion|host|hote|nom de l hote)$/;

export const columnOf = (title: string): AttendanceColumn | undefined => {
  const key = titleKey(title);
  return TITLES.find(([, titles]) => titles.test(key))?.[0];
};

/** Where each column stands; of two titles for one, the first. « Nom » beside « Prénom » is the family name. */
export function columnsIn(cells: readonly string[]): Columns {
  const columns: Columns = {};
  cells.forEach((title, i) => {
    const column = columnOf(title);
    if (column && columns[column] === undefined) columns[column] = i;
  });
  if (columns.firstName !== undefined && columns.lastName === undefined && columns.name !== undefined) {
    const isWhole = /complet|original|affiche|display|user|utilisateur/.test(titleKey(cells[columns.name] ?? ''));
    if (!isWhole) {
      columns.lastName = columns.name;
      delete columns.name;
    }
  }
  return columns;
}

export const isSummary = (cells: readonly string[]): boolean => cells.some((cell) => SUMMARY.test(titleKey(cell)));

/** Titles of a table of people: who, and something about when or how long. */
export function isHeader(cells: readonly string[]): boolean {
  if (isSummary(cells)) return false;
  const c = columnsIn(cells);
  const who = c.name ?? c.lastName ?? c.firstName;
  const what = c.joinedAt ?? c.leftAt ?? c.minutes ?? c.moment ?? c.attended;
  return who !== undefined && what !== undefined;
}

const SAMPLE = 60;

/** What separates the cells: what shows the most titles we know anywhere near the top, else what cuts the most. */
export function delimiterOf(text: string): Delimiter {
  const top = text.slice(0, 256 * 1024);
  const scores = DELIMITERS.map((delimiter) => {
    const rows: FileRecord[] = [];
    for (const record of records(top, delimiter)) if (rows.push(record) === SAMPLE) break;
    return {
      delimiter,
      known: Math.max(0, ...rows.map(({ cells }) => (cells.length > 1 ? cells.filter(columnOf).length : 0))),
      cuts: rows.reduce((n, { cells }) => n + cells.length - 1, 0),
    };
  });
  scores.sort((a, b) => b.known - a.known || b.cuts - a.cuts);
  return scores[0]?.delimiter ?? ';';
}

const FRENCH = /^(nom|prenom|resume|duree|heure|date de|adresse|premiere|derniere|rejoint|invite|titre|sujet)\b/;
/** Titles in French: nobody writes 12/03 for the third of December under them. */
export const isFrench = (file: readonly FileRecord[]): boolean =>
  file.slice(0, SAMPLE).some(({ cells }) => cells.some((cell) => cell.length < 60 && FRENCH.test(titleKey(cell))));
