import { invalid } from '../base/errors.ts';
import { titleKey } from '../contacts/headers.ts';
import { DELIMITERS, type Delimiter } from '../contacts/read-table.ts';
import { type FileRecord, records } from '../contacts/records.ts';
import { MEASURES } from './schema.ts';

/** What a line of an export may tell: its day, which page, and how many. */
export const EXPORT_FIELDS = ['day', 'page', ...MEASURES] as const;
export type ExportField = (typeof EXPORT_FIELDS)[number];
export const EXPORT_FIELD_NAMES: Record<ExportField, string> = {
  day: 'le jour',
  page: 'la page (son adresse ou son nom)',
  visites: 'les visites',
  pages_vues: 'les pages vues',
  visiteurs: 'les visiteurs uniques du jour',
};
/** Which column (its title, as the file writes it) holds what. */
export type ExportMapping = Partial<Record<ExportField, string>>;
export type ExportColumns = Partial<Record<ExportField, number>>;

/** Titles of Matomo, in French and in English, translated or raw, as `titleKey` leaves them; the first that fits wins. */
const MATOMO: readonly [ExportField, RegExp][] = [
  ['day', /^(date|jour|day)$/],
  ['page', /^(label|libelle|etiquette|url( de la page)?|page url|metadata url|adresse de la page)$/],
  ['visiteurs', /^(nb uniq visitors|unique visitors|visiteurs uniques)$/],
  [
    'visites',
    /^(nb visits|visits|visites|unique ?page ?views|(nombre de )?vues uniques( de (la )?pages?)?|(vues|affichages) de (la )?pages? uniques?|vues de pages? uniques)$/,
  ],
  ['pages_vues', /^(nb hits|nb pageviews|page ?views|pages? vues?|(vues|affichages) de (la )?pages?)$/],
];

/** Words that other tools use: proposed to the person, never taken for sure. */
const LIKELY: readonly [ExportField, RegExp][] = [
  ...MATOMO,
  ['day', /^(date|jour|day|periode|period|date du jour|nth day)\b/],
  ['page', /^(page|chemin|titre de la page|page path|page title|landing page)\b/],
  ['visites', /^(sessions?|visites?|visits?|entrees|entrances)\b/],
  ['pages_vues', /^(vues|views|pages vues|page views|pageviews|affichages)\b/],
  ['visiteurs', /^(visiteurs|visitors|utilisateurs|users)\b/],
];

const columnsBy = (rules: typeof MATOMO, titles: readonly string[]): ExportColumns => {
  const columns: ExportColumns = {};
  titles.forEach((title, i) => {
    const key = titleKey(title);
    const field = rules.find(([, names]) => names.test(key))?.[0];
    if (field && columns[field] === undefined) columns[field] = i;
  });
  return columns;
};

const hasMeasure = (columns: ExportColumns): boolean => MEASURES.some((m) => columns[m] !== undefined);

/** Of these, two at least, or one of its raw names, say that Matomo wrote the file. */
const MATOMO_ONLY =
  /^(visiteurs uniques|unique visitors|actions|utilisateurs|users|taux de rebond|bounce rate|actions (par|per) visite?|(maximum )?actions.*|metadata .*|label|libelle|.*vues uniques.*|unique ?page ?views|conversions|temps moyen.*|avg .*)$/;
export const isMatomo = (titles: readonly string[]): boolean => {
  const keys = titles.map(titleKey);
  return keys.some((k) => k.startsWith('nb ')) || keys.filter((k) => MATOMO_ONLY.test(k)).length > 1;
};

/** Titles that are clear by themselves, a day and a measure among them; null: not clear enough to read without asking. */
export function clearColumns(titles: readonly string[]): ExportColumns | null {
  const columns = columnsBy(MATOMO, titles);
  return columns.day !== undefined && hasMeasure(columns) ? columns : null;
}

/** The mapping that titles suggest, to be confirmed. */
export function suggestedMapping(titles: readonly string[]): ExportMapping {
  const columns = columnsBy(LIKELY, titles);
  return Object.fromEntries(
    EXPORT_FIELDS.flatMap((f) => {
      const at = columns[f];
      return at === undefined ? [] : [[f, titles[at] ?? '']];
    }),
  );
}

/** Where the columns that a person named stand. Throws `column_unknown`, `column_day`, `column_measure`. */
export function columnsAs(titles: readonly string[], mapping: ExportMapping): ExportColumns {
  const shown =
    titles
      .filter(Boolean)
      .map((t) => `« ${t} »`)
      .join(', ') || 'aucune';
  const columns: ExportColumns = {};
  for (const field of EXPORT_FIELDS) {
    const title = mapping[field];
    if (!title) continue;
    const at = titles.findIndex((t) => titleKey(t) === titleKey(title));
    if (at === -1)
      throw invalid(
        'column_unknown',
        `La colonne « ${title} », donnée pour ${EXPORT_FIELD_NAMES[field]}, n’est pas dans le fichier. Colonnes lues : ${shown}.`,
      );
    columns[field] = at;
  }
  if (columns.day === undefined)
    throw invalid(
      'column_day',
      `Dites quelle colonne contient le jour. Colonnes lues : ${shown}. Un total sans jour se déclare comme un chiffre, avec sa période et son fichier.`,
    );
  if (!hasMeasure(columns))
    throw invalid(
      'column_measure',
      `Dites quelle colonne contient les visites, les pages vues ou les visiteurs. Colonnes lues : ${shown}.`,
    );
  return columns;
}

/** How far titles are looked for. */
export const TOP_LINES = 60;

export const isComment = ({ cells }: FileRecord): boolean => (cells[0] ?? '').trimStart().startsWith('#');

/** The line of titles among the first ones: clear ones, else the first that has as many cells as most lines have. */
export function headerAt(top: readonly FileRecord[]): number {
  const known = top.findIndex((r) => !isComment(r) && clearColumns(r.cells) !== null);
  if (known !== -1) return known;
  const widthOf = ({ cells }: FileRecord) => cells.filter((cell) => cell.trim() !== '').length;
  const widest = Math.max(0, ...top.filter((r) => !isComment(r)).map(widthOf));
  return top.findIndex((r) => !isComment(r) && widthOf(r) >= Math.ceil(widest / 2));
}

/** What separates the cells: what shows the most titles we know anywhere near the top, else what cuts the most. */
export function delimiterOf(text: string): Delimiter {
  const scores = DELIMITERS.map((delimiter) => {
    const rows: FileRecord[] = [];
    for (const record of records(text, delimiter)) if (rows.push(record) === TOP_LINES) break;
    const told = rows.filter((r) => !isComment(r));
    const known = told.map(({ cells }) => (cells.length > 1 ? Object.keys(columnsBy(LIKELY, cells)).length : 0));
    return {
      delimiter,
      known: Math.max(0, ...known),
      cuts: told.reduce((n, { cells }) => n + cells.length - 1, 0),
    };
  });
  scores.sort((a, b) => b.known - a.known || b.cuts - a.cuts);
  return scores[0]?.delimiter ?? ';';
}
