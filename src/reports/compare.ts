import { CELL_DIMENSION_NAMES, LINK_MODE_NAMES } from '../campaigns/schema.ts';
import type { FigureName } from './definitions.ts';
import type { Figure } from './figure.ts';
import type { Report } from './report.ts';
import { sheetsOf } from './report-tables.ts';

/** One figure of each side; null: that side has no such line. `difference`: second less first, in the same unit. */
export type ComparedLine = {
  label: string;
  measure: FigureName;
  first: Figure | null;
  second: Figure | null;
  difference: number | null;
};
export type ComparedTable = { key: string; title: string; lines: ComparedLine[] };

/** `warnings`: what makes the two not comparable, to be read before anything else. */
export type Comparison = { warnings: string[]; tables: ComparedTable[] };

/**
 * What two campaigns may have in common, in the order of the report. Links, days, resources and expenses are of one alone;
 * the rest says the same by other lines.
 */
const IN_COMMON = [
  'main',
  'types',
  'formats',
  'kind',
  'relay-kind',
  'interest',
  'used',
  'satisfied-level',
  'level',
  'organisation',
  'region',
  'phase',
  'channel',
  'means-phase',
  'registered-level',
  'attended-level',
  'pages',
  'visits',
];

/**
 * Two reports side by side, of two campaigns, of two periods, or of one period as it was sealed and as it is counted today.
 * Pure. Never a percentage: « twice as much » of two different lists means nothing.
 */
export function compareReports(first: Report, second: Report): Comparison {
  const others = new Map(sheetsOf(second).map((s) => [s.table.key, s.table]));
  const mine = sheetsOf(first).map((s) => s.table);
  return {
    warnings: warnings(first, second),
    tables: IN_COMMON.flatMap((key) => {
      const a = mine.find((t) => t.key === key);
      const b = others.get(key);
      const table = a ?? b;
      if (!table) return [];
      // A measure may be new on either side: an export that came after a seal.
      const columns = [...new Set([...(a?.columns ?? []), ...(b?.columns ?? [])])];
      const rows = new Map([...(b?.rows ?? []), ...(a?.rows ?? [])].map((row) => [row.key, row.label]));
      const order = [...(a?.rows ?? []), ...(b?.rows ?? [])].map((row) => row.key);
      const lines = [...new Set(order)].flatMap((row) =>
        columns.map((measure) =>
          line(
            key === 'main' ? '' : (rows.get(row) ?? row),
            measure,
            a?.rows.find((r) => r.key === row)?.figures[measure],
            b?.rows.find((r) => r.key === row)?.figures[measure],
          ),
        ),
      );
      return [{ key, title: table.title, lines: lines.filter((l) => l.first !== null || l.second !== null) }];
    }),
  };
}

function line(label: string, measure: FigureName, first: Figure | undefined, second: Figure | undefined): ComparedLine {
  const comparable = first?.value != null && second?.value != null && first.unit === second.unit;
  return {
    label,
    measure,
    first: first ?? null,
    second: second ?? null,
    // Tenths are kept in the computer a little off.
    difference: comparable ? Math.round(((second.value ?? 0) - (first.value ?? 0)) * 100) / 100 : null,
  };
}

const DAY_MS = 86_400_000;
const daysOf = ({ window: { from, to } }: Report): number => (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
const cutBy = ({ campaign }: Report): string =>
  campaign.cellDimensions.map((d) => CELL_DIMENSION_NAMES[d]).join(', ') || 'organisation seule';
const list = new Intl.ListFormat('fr', { type: 'conjunction' });

function warnings(a: Report, b: Report): string[] {
  const differ = <T>(of: (r: Report) => T, say: (first: T, second: T) => string): string[] =>
    of(a) === of(b) ? [] : [say(of(a), of(b))];
  const partners = (r: Report): string => list.format(r.campaign.partners.map((p) => p.name).toSorted());
  return [
    ...differ(
      (r) => r.methods.version,
      (x, y) =>
        `Les règles de comptage ne sont pas les mêmes : version ${x}, puis version ${y}. Un écart peut venir d’elles.`,
    ),
    ...differ(
      (r) => r.campaign.k,
      (x, y) =>
        `Le plus petit groupe publié n’est pas le même : ${x}, puis ${y}. Les lignes ne réunissent pas les mêmes personnes.`,
    ),
    ...differ(daysOf, (x, y) => `Les périodes n’ont pas la même durée : ${x} jours, puis ${y} jours.`),
    ...differ(cutBy, (x, y) => `Les groupes ne sont pas faits de la même façon : par ${x}, puis par ${y}.`),
    ...differ(
      (r) => r.campaign.linkMode,
      (x, y) => `Les liens ne sont pas les mêmes : ${LINK_MODE_NAMES[x]}, puis ${LINK_MODE_NAMES[y]}.`,
    ),
    ...differ(partners, (x, y) => `Les partenaires ne sont pas les mêmes : ${x} ; puis ${y}.`),
    ...differ(
      (r) => r.simulated,
      () => 'Une seule des deux est une démonstration, dont les messages sont simulés.',
    ),
    ...(a.campaign.slug === b.campaign.slug &&
    a.window.from <= b.window.to &&
    b.window.from <= a.window.to &&
    a.window.from !== b.window.from
      ? ['Les deux périodes se recouvrent : ce qui est dans les deux est compté deux fois.']
      : []),
    ...([a, b].some((r) => r.unmeasured.some((u) => u.what.includes('requêtes')))
      ? ['Des clics n’ont pas pu être écrits dans une des deux périodes.']
      : []),
  ];
}
