import { longDate, parseParis, toParisDay } from '../base/dates.ts';
import type { ExportedDay, PageImport, Statement, WatchedPage } from '../pages/queries.ts';
import { MEASURE_NAMES, type Measure, TOOL_NAMES } from '../pages/schema.ts';
import { amountText, windowText } from '../pages/statement-words.ts';
import type { PageFigureName } from './definitions.ts';
import { counted, type Figure, figure, type Said, type Scope } from './figure.ts';
import type { Departures, LeftFor } from './page-counts.ts';

/** One function per figure about a page that the partners do not own. */

export type Days = { from: string; to: string };
/** All that is known of one page, from its three sources. */
export type CountedPage = LeftFor & {
  page: WatchedPage;
  exported: readonly ExportedDay[];
  imports: readonly PageImport[];
};

const within = <R extends { day: string }>(rows: readonly R[], { from, to }: Days): R[] =>
  rows.filter((r) => r.day >= from && r.day <= to);
export const dayText = (day: string): string => longDate(parseParis(day) ?? new Date(day)).replace(/^\S+ /, '');

/** How many calendar days, both ends included: a day of 23 or 25 hours is one day. */
export const daysIn = ({ from, to }: Days): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;

type DepartureSums = Omit<Departures[number], 'day'>;
const departureSums = (rows: Departures): DepartureSums => {
  const sum = (part: keyof DepartureSums): number => rows.reduce((n, r) => n + r[part], 0);
  return { retained: sum('retained'), doubtful: sum('doubtful'), robots: sum('robots'), simulated: sum('simulated') };
};

const apart = (sums: DepartureSums): string[] => [
  counted(sums.doubtful, 'départ douteux', 'départs douteux'),
  counted(sums.robots, 'requête de robot', 'requêtes de robots'),
  'Qui vient à la page par un autre chemin que nos liens.',
];

/** The last day on which people were sent there, of these. */
const sentUntil = ({ windowTo }: WatchedPage, days: Days): string =>
  windowTo !== null && windowTo >= days.from && windowTo < days.to ? windowTo : days.to;

/** Whether a tracked link led there before people were no longer sent. */
const wasCounted = ({ linkedSince, page }: LeftFor & { page: WatchedPage }, days: Days): boolean =>
  linkedSince !== null && linkedSince <= sentUntil(page, days);

/** Null: nobody counted, which is not a nought. */
function left(name: 'departs' | 'departsReference', scope: Scope, of: CountedPage, days: Days): Figure {
  const sums = departureSums(within(of.departures, days));
  const { linkedSince } = of;
  if (sums.retained > 0 || wasCounted(of, days)) return figure(name, sums.retained, scope, apart(sums), days);
  const why =
    linkedSince === null
      ? 'Tout : aucun lien suivi ne mène à cette page.'
      : `Tout : aucun lien suivi ne menait à cette page avant le ${dayText(linkedSince)}.`;
  return figure(name, null, scope, [why], days);
}

export const departs = (scope: Scope, of: CountedPage): Figure => left('departs', scope, of, scope.period);

/** To any of these pages; a link that leads to two of them counts once. Null: nobody counted, to none of them. */
export function departsSuivis(scope: Scope, pages: readonly (LeftFor & { page: WatchedPage })[], all: LeftFor): Figure {
  const sums = departureSums(within(all.departures, scope.period));
  if (sums.retained > 0 || pages.some((of) => wasCounted(of, scope.period)))
    return figure('departsSuivis', sums.retained, scope, apart(sums));
  const why =
    pages.length === 0
      ? 'Tout : aucune page n’est suivie.'
      : 'Tout : aucun lien suivi ne menait à ces pages quand la campagne y envoyait.';
  return figure('departsSuivis', null, scope, [why]);
}

export const departsReference = (scope: Scope, of: CountedPage, baseline: Days): Figure =>
  left('departsReference', scope, of, baseline);

export const departsJusqua = (scope: Scope, of: CountedPage): Figure => {
  const { value, leftOut } = departs(scope, of);
  const sums = departureSums(within(of.departures, scope.period));
  return value === null && sums.doubtful === 0
    ? figure('departsJusqua', null, scope, [leftOut])
    : figure('departsJusqua', sums.retained + sums.doubtful, scope, apart({ ...sums, doubtful: 0 }));
};

/** Null: there is no simulated journal, and nothing to say of one. */
export const departsSimules = (scope: Scope, { departures }: CountedPage): Figure | null =>
  departures.some((d) => d.simulated > 0)
    ? figure('departsSimules', departureSums(within(departures, scope.period)).simulated, scope, [
        'Rien : tout y est inventé, et rien n’en est ajouté aux vrais départs.',
      ])
    : null;

const EXPORTS = {
  visites: 'exportVisites',
  pages_vues: 'exportPagesVues',
  visiteurs: 'exportVisiteurs',
} as const satisfies Record<Measure, PageFigureName>;

/** Null value: the export gives no day of the window. */
export function ofOwner(scope: Scope, counted: CountedPage, measure: Measure): Figure {
  const rows = within(ofMeasure(counted, measure), scope.period);
  const value = rows.length === 0 ? null : rows.reduce((n, r) => n + r.n, 0);
  return figure(EXPORTS[measure], value, scope, [missing(rows, scope.period)], { source: sourceOf(counted, rows) });
}

const ofMeasure = ({ exported }: CountedPage, measure: Measure): ExportedDay[] =>
  exported.filter((r) => r.measure === measure);

function missing(rows: readonly ExportedDay[], days: Days): string {
  const lacking = daysIn(days) - rows.length;
  return lacking > 0 ? `${counted(lacking, 'jour', 'jours').slice(0, -1)} de la période sans export.` : '';
}

/** Which tool, which file, brought by whom and when. */
function sourceOf({ page, imports }: CountedPage, rows: readonly ExportedDay[]): string {
  const ids = new Set(rows.map((r) => r.importId));
  const files = imports
    .filter((i) => ids.has(i.id))
    .map(
      (i) =>
        `« ${i.fileName} » (${TOOL_NAMES[i.tool]}), importé par ${i.organisation.name} le ${dayText(toParisDay(i.importedAt))}`,
    );
  return `Export de ${page.owner} : ${files.join(' ; ') || 'aucun pour l’instant'}.`;
}

/** What the averages of a page are made of: visits where the export has them, else page views. */
export const comparedMeasure = (counted: CountedPage): Measure =>
  counted.exported.some((r) => r.measure === 'visites') ? 'visites' : 'pages_vues';

/** Per day that the export gives, to one decimal; null: it gives none. */
export function perDay(
  name: 'parJourReference' | 'parJourCampagne',
  scope: Scope,
  counted: CountedPage,
  days: Days,
): Figure {
  const measure = comparedMeasure(counted);
  const rows = within(ofMeasure(counted, measure), days);
  const value = rows.length === 0 ? null : Math.round((10 * rows.reduce((n, r) => n + r.n, 0)) / rows.length) / 10;
  return figure(name, value, scope, [missing(rows, days)], {
    unit: `${MEASURE_NAMES[measure]} par jour`,
    source: sourceOf(counted, rows),
    ...days,
  });
}

/** What somebody states, as a figure: its own unit, its own window, and nobody else's definition. A vague window has no dates. */
export function declared(scope: Scope, s: Statement): Figure {
  const said: Said = {
    unit: amountText({ ...s, atLeast: false }).replace(/^[\d\s\u00a0\u202f]+/, ''),
    source: [
      `${s.saidBy}, ${s.source}`,
      s.fileName ? `fichier ${s.fileName} (SHA-256 ${s.fileHash})` : '',
      `noté par ${s.organisation.name} le ${dayText(toParisDay(s.declaredAt))}`,
    ]
      .filter(Boolean)
      .join(' ; '),
    from: s.from ?? '',
    to: s.to ?? '',
  };
  return figure(
    'declare',
    s.value,
    scope,
    [
      s.atLeast ? 'Dit comme un minimum : « plus de ».' : '',
      s.from === null ? `La source ne donne pas de dates : « ${windowText(s)} ».` : '',
      s.unit === 'personnes' ? 'Le mot est celui de la source ; une page compte des visites, pas des personnes.' : '',
      s.note ? `Remarque : ${s.note}` : '',
      'Ce que la source elle-même a écarté n’est pas connu.',
    ],
    said,
  );
}
