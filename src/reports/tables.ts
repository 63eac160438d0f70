import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import type { Partner } from '../campaigns/queries.ts';
import { type ClickRow, type LinkRow, sumClicks } from './click-counts.ts';
import type { FigureName } from './definitions.ts';
import type { Figure, Scope } from './figure.ts';
import * as figures from './figures.ts';
import { type LedgerRow, peopleBehind } from './ledger-counts.ts';
import { type Candidate, type Line, publishableLines } from './lines.ts';

export type Row = { key: string; label: string; figures: Partial<Record<FigureName, Figure>> };
/** `counted` says by which dimensions, and what became of the small groups. */
export type Table = {
  /** Of webinars: `registered-level`, `attended-region`, `satisfied-organisation`… */
  key:
    | 'level'
    | 'organisation'
    | 'region'
    | 'link'
    | 'day'
    | `${'registered' | 'attended' | 'satisfied'}-${string}`
    | 'used';
  title: string;
  counted: string;
  columns: FigureName[];
  rows: Row[];
};

export type Counts = { ledger: LedgerRow[]; clicks: ClickRow[] };

const merged = (k: number) => `Les lignes de moins de ${k} personnes sont réunies.`;
const byGroups = 'Chaque nombre est une somme de groupes entiers de destinataires.';

export function levelLines(ledger: readonly LedgerRow[], k: number): Line[] {
  const known = peopleBehind(ledger, (r) => r.level);
  const order: (Level | null)[] = [...LEVELS, null];
  const candidates = order.flatMap((key): Candidate[] => {
    const n = known.get(key);
    return n === undefined ? [] : [{ key, label: key === null ? '' : LEVEL_NAMES[key], people: n }];
  });
  return inOrder(publishableLines(candidates, k, { several: 'plusieurs niveaux' }), order);
}

/** Merging sorts by size; a reader expects the trade's order. */
const inOrder = (lines: Line[], order: readonly (string | null)[]): Line[] => {
  const place = (line: Line) => (line.members.length > 1 ? order.length : order.indexOf(line.members[0] ?? null));
  return lines.toSorted((a, b) => place(a) - place(b));
};

const rowsOf = (
  line: Line,
  counts: Counts,
  of: { ledger: (r: LedgerRow) => string | null; clicks: (r: ClickRow) => string | null },
) => ({
  ledger: counts.ledger.filter((r) => line.members.includes(of.ledger(r))),
  clicks: sumClicks(counts.clicks.filter((r) => line.members.includes(of.clicks(r)))),
});

/** `touched`: distinct addresses per line, counted by the database for these very lines. */
export function levelTable(scope: Scope, counts: Counts, lines: Line[], touched: Map<string | null, number>): Table {
  return {
    key: 'level',
    title: 'Par niveau',
    counted: `${byGroups} « Plusieurs niveaux » : groupes qui en mêlent plusieurs. ${merged(scope.k)}`,
    columns: ['adresses', 'distribues', 'touches', 'clics', 'clicsDouteux', 'clicsPour100'],
    rows: lines.map((line) => {
      const { ledger, clicks } = rowsOf(line, counts, { ledger: (r) => r.level, clicks: (r) => r.level });
      // Who is set apart belongs to no group: by level only what is sent can be told.
      const addressed = ledger.filter((r) => r.state !== 'set_apart');
      return {
        key: line.key,
        label: line.label,
        figures: {
          adresses: figures.adresses(scope, addressed),
          distribues: figures.distribues(scope, addressed),
          touches: figures.touches(scope, touched.get(line.key) ?? 0),
          clics: figures.clics(scope, clicks),
          clicsDouteux: figures.clicsDouteux(scope, clicks),
          clicsPour100: figures.clicsPour100(scope, addressed, clicks),
        },
      };
    }),
  };
}

export function organisationTable(scope: Scope, counts: Counts, partners: readonly Partner[]): Table {
  const keyOf = (r: { organisation: number | null }) => (r.organisation === null ? null : String(r.organisation));
  const known = peopleBehind(counts.ledger, keyOf);
  const names = new Map(partners.map((p): [string | null, string] => [String(p.organisationId), p.name]));
  const keys = new Set([...names.keys(), ...counts.ledger.map(keyOf)]);
  const candidates = [...keys].flatMap((key): Candidate[] => {
    const label = names.get(key) ?? 'ancien partenaire';
    // A partner that has sent nothing yet has no line; one that has, however few, is in one.
    return counts.ledger.some((r) => keyOf(r) === key) ? [{ key, label, people: known.get(key) ?? 0 }] : [];
  });
  return {
    key: 'organisation',
    title: 'Par organisation',
    counted: `Organisation dont viennent les contacts. ${merged(scope.k)}`,
    columns: ['selectionnes', 'ecartes', 'adresses', 'distribues', 'clics', 'clicsDouteux', 'clicsPour100'],
    rows: inOrder(publishableLines(candidates, scope.k, { several: 'plusieurs organisations' }), [...keys]).map(
      (line) => {
        const { ledger, clicks } = rowsOf(line, counts, { ledger: keyOf, clicks: keyOf });
        return {
          key: line.key,
          label: line.label,
          figures: {
            selectionnes: figures.selectionnes(scope, ledger),
            ecartes: figures.ecartes(scope, ledger),
            adresses: figures.adresses(scope, ledger),
            distribues: figures.distribues(scope, ledger),
            clics: figures.clics(scope, clicks),
            clicsDouteux: figures.clicsDouteux(scope, clicks),
            clicsPour100: figures.clicsPour100(scope, ledger, clicks),
          },
        };
      },
    ),
  };
}

export function regionTable(scope: Scope, counts: Counts): Table {
  const measured = { ...counts, ledger: counts.ledger.filter((r) => r.measured) };
  const people = peopleBehind(measured.ledger, (r) => r.region);
  const candidates = [...people].map(([key, n]) => ({
    key,
    label: key === '' ? 'région inconnue' : (key ?? ''),
    people: n,
  }));
  return {
    key: 'region',
    title: 'Par région',
    counted: `${byGroups} « Plusieurs régions » : groupes qui en mêlent plusieurs. Les messages aux liens non suivis n’y sont pas. ${merged(scope.k)}`,
    columns: ['distribues', 'clics', 'clicsDouteux', 'clicsPour100'],
    rows: publishableLines(candidates, scope.k, { several: 'plusieurs régions' })
      .toSorted((a, b) => a.label.localeCompare(b.label, 'fr'))
      .map((line) => {
        const { ledger, clicks } = rowsOf(line, measured, { ledger: (r) => r.region, clicks: (r) => r.region });
        return {
          key: line.key,
          label: line.label,
          figures: {
            distribues: figures.distribues(scope, ledger),
            clics: figures.clics(scope, clicks),
            clicsDouteux: figures.clicsDouteux(scope, clicks),
            clicsPour100: figures.clicsPour100(scope, ledger, clicks),
          },
        };
      }),
  };
}

const clickFigures = (scope: Scope, rows: readonly ClickRow[]): Row['figures'] => {
  const clicks = sumClicks(rows);
  return {
    clics: figures.clics(scope, clicks),
    clicsDouteux: figures.clicsDouteux(scope, clicks),
    clicsRobots: figures.clicsRobots(scope, clicks),
  };
};
const CLICK_COLUMNS: FigureName[] = ['clics', 'clicsDouteux', 'clicsRobots'];

export function linkTable(scope: Scope, counts: Counts, links: readonly LinkRow[]): Table {
  return {
    key: 'link',
    title: 'Par lien',
    counted: 'Liens suivis de chaque envoi, tous destinataires ensemble.',
    columns: CLICK_COLUMNS,
    rows: links.map((link) => ({
      key: String(link.id),
      label: `${link.label || link.url} (${link.push})`,
      figures: clickFigures(
        scope,
        counts.clicks.filter((r) => r.link === link.id),
      ),
    })),
  };
}

export function dayTable(scope: Scope, counts: Counts): Table {
  const days = Map.groupBy(counts.clicks, (r) => r.day);
  return {
    key: 'day',
    title: 'Par jour',
    counted: 'Jours de Paris où au moins une requête est arrivée, tous destinataires ensemble.',
    columns: CLICK_COLUMNS,
    rows: [...days]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, rows]) => ({ key: day, label: day, figures: clickFigures(scope, rows) })),
  };
}
