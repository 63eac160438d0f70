import type { ImportReport, LineNote } from '../pages/import-report.ts';
import type { WatchedPage } from '../pages/queries.ts';
import { MEASURE_NAMES, TOOL_NAMES } from '../pages/schema.ts';
import { fullDays } from './calendar-words.tsx';
import { listed, plural } from './push-words.tsx';
import { number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

/** How the pages about pages of others say what they watch, when, and what a file brought. */

export const pagesUrl = (campaign: string, path = ''): string => `/campagnes/${campaign}/pages${path}`;
export const pageUrl = (campaign: string, slug: string, part = ''): string => pagesUrl(campaign, `/${slug}${part}`);

export const daysText = (days: { from: string | null; to: string | null }, none: string): string =>
  days.from !== null && days.to !== null ? fullDays(days.from, days.to) : none;

export const baselineText = (p: WatchedPage): string =>
  daysText({ from: p.baselineFrom, to: p.baselineTo }, 'aucune : aucun effet ne pourra être affirmé');
export const windowText = (p: WatchedPage): string =>
  daysText({ from: p.windowFrom, to: p.windowTo }, 'pas encore dite');

/** The account of a file: every line of it is in one of these. */
export const reportFacts = (r: ImportReport): [string, string][] => [
  [
    'Reconnu comme',
    r.tool === 'matomo' ? 'un export de Matomo' : `une table d’${TOOL_NAMES[r.tool].replace(/^un /, 'un ')}`,
  ],
  ['Jours', `${number(r.days)}, ${fullDays(r.from, r.to)}`],
  ['Mesures', listed(r.measures.map((m) => MEASURE_NAMES[m]))],
  [
    'Lignes',
    `${number(r.rows)} : ${number(r.read)} lues, ${number(r.aside)} mises de côté, ${number(r.rejected)} refusées`,
  ],
  [
    'Écriture',
    `${r.encoding}${r.delimiter ? `, colonnes séparées par ${r.delimiter === 'tab' ? 'des tabulations' : `« ${r.delimiter} »`}` : ''}`,
  ],
];

const SEVERITIES: Record<LineNote['severity'], string> = {
  rejected: 'refusée',
  warned: 'lue en partie',
  aside: 'mise de côté',
};
const lineText = ({ line, to, n }: LineNote): string =>
  to === undefined ? number(line) : `de ${number(line)} à ${number(to)}, ${plural(n, 'ligne', 'lignes')}`;

/** Every line that is not simply read, refused ones first. */
export const LineNotes = ({ report: { lines, untold } }: { report: ImportReport }) => {
  const order: LineNote['severity'][] = ['rejected', 'warned', 'aside'];
  const sorted = lines.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || a.line - b.line);
  return (
    <DataTable
      caption={`${plural(lines.length, 'remarque', 'remarques')}${untold > 0 ? `, et ${number(untold)} de plus, comptées sans être écrites` : ''}`}
      columns={[{ label: 'Ligne' }, { label: 'Ce qui en est fait' }, { label: 'Pourquoi' }]}
      rows={sorted.map((l) => [lineText(l), SEVERITIES[l.severity], l.message])}
    />
  );
};
