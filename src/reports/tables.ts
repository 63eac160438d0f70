import type { CampaignRow, Partner } from '../campaigns/queries.ts';
import { DIMENSIONS, type Dimension } from '../deliveries/select.ts';
import { type Clicks, type GroupClicks, type LinkRow, sumClicks } from './click-counts.ts';
import type { FigureName } from './definitions.ts';
import { DIMENSION_WORDS, inWords } from './dimensions.ts';
import type { Figure, Scope } from './figure.ts';
import * as figures from './figures.ts';
import { type LedgerRow, peopleBehind } from './ledger-counts.ts';
import { type Candidate, type Line, publishableLines, SEVERAL } from './lines.ts';
import type { ToldTrait } from './told-traits.ts';
import type { Touched } from './touched-addresses.ts';

export type Row = { key: string; label: string; figures: Partial<Record<FigureName, Figure>> };
/** `counted` says by which dimensions, and what became of the small groups. */
export type Table = {
  /** `level`, `month`; of webinars `registered-level`, `attended-region`… */
  key: string;
  title: string;
  counted: string;
  columns: FigureName[];
  rows: Row[];
};

/** `blurred`: dimensions that every group mixes, being too small otherwise; read of contacts, as the groups tell nothing of them. */
export type Counts = {
  ledger: LedgerRow[];
  traits: ToldTrait[];
  clicks: Clicks;
  links: readonly LinkRow[];
  blurred: readonly Dimension[];
};

export const mergedUnder = (k: number) => `Les lignes de moins de ${k} personnes sont réunies.`;
const byGroups = 'Envoyé et cliqué : chaque nombre est une somme de groupes entiers de destinataires.';

/** The dimensions of a campaign's groups, and those that only its contacts tell. */
export const dimensionsOf = ({ cellDimensions, linkMode }: Pick<CampaignRow, 'cellDimensions' | 'linkMode'>) => {
  const cut = DIMENSIONS.filter((d) => linkMode !== 'direct' && cellDimensions.includes(d));
  return { cut, traits: DIMENSIONS.filter((d) => d !== 'level' && !cut.includes(d)) };
};

/** The lines of a table by a dimension of the groups; `of`: what it counts. */
export function dimensionLines(dimension: Dimension, of: readonly LedgerRow[], k: number): Line[] {
  const words = DIMENSION_WORDS[dimension];
  const candidates = [...peopleBehind(of, (r) => r[dimension])].map(
    ([key, people]): Candidate => ({ key, label: '', people }),
  );
  return inWords(publishableLines(candidates, k, { several: words.several }), words);
}

/**
 * Dimensions of the groups of which all that is told is one line that mixes its values. Counting them by contact then cuts
 * the same people in no second exact way. Whatever the window and the reader.
 */
export function blurredOf(cut: readonly Dimension[], ledger: readonly LedgerRow[], k: number): Dimension[] {
  const measured = ledger.filter((r) => r.measured);
  return cut.filter((d) => {
    const lines = d === 'level' ? [] : dimensionLines(d, measured, k);
    return lines.length === 1 && lines[0]?.key === SEVERAL;
  });
}

/** What of the ledger and of the clicks each line adds up: each row is looked at once, however many lines there are. */
function partsBy(dimension: Dimension, ledger: readonly LedgerRow[], groups: readonly GroupClicks[]) {
  const sent = Map.groupBy(ledger, (r) => r[dimension]);
  const clicked = Map.groupBy(groups, (r) => r[dimension]);
  return ({ members }: Line) => ({
    ledger: members.flatMap((m) => sent.get(m) ?? []),
    clicks: sumClicks(members.flatMap((m) => clicked.get(m) ?? [])),
  });
}

/** `touched`: distinct addresses per line, counted by the database for these very lines. */
export function levelTable(scope: Scope, counts: Counts, lines: readonly Line[], touched: Touched): Table {
  const partOf = partsBy('level', counts.ledger, counts.clicks.groups);
  return {
    key: 'level',
    title: 'Par niveau',
    counted: `${byGroups} « Plusieurs niveaux » : groupes qui en mêlent plusieurs. ${mergedUnder(scope.k)}`,
    columns: ['adresses', 'distribues', 'touches', 'clics', 'clicsDouteux', 'clicsPour100'],
    rows: lines.map((line) => {
      const { ledger, clicks } = partOf(line);
      // Who is set apart belongs to no group: by level only what is sent can be told.
      const addressed = ledger.filter((r) => r.state !== 'set_apart');
      return {
        key: line.key,
        label: line.label,
        figures: {
          adresses: figures.adresses(scope, addressed),
          distribues: figures.distribues(scope, addressed),
          touches: figures.touches(scope, touched.level.get(line.key) ?? 0),
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
  const keys = [...new Set([...names.keys(), ...counts.ledger.map(keyOf)])];
  const candidates = keys.flatMap((key): Candidate[] => {
    const label = names.get(key) ?? 'ancien partenaire';
    // A partner that has sent nothing yet has no line; one that has, however few, is in one.
    return counts.ledger.some((r) => keyOf(r) === key) ? [{ key, label, people: known.get(key) ?? 0 }] : [];
  });
  const place = (line: Line) => (line.members.length > 1 ? keys.length : keys.indexOf(line.members[0] ?? null));
  const lines = publishableLines(candidates, scope.k, { several: 'plusieurs organisations' });
  return {
    key: 'organisation',
    title: 'Par organisation',
    counted: `Envoyé et cliqué, par organisation dont viennent les contacts. ${mergedUnder(scope.k)}`,
    columns: ['selectionnes', 'ecartes', 'adresses', 'distribues', 'clics', 'clicsDouteux', 'clicsPour100'],
    rows: lines
      .toSorted((a, b) => place(a) - place(b))
      .map((line) => {
        const ledger = counts.ledger.filter((r) => line.members.includes(keyOf(r)));
        const clicks = sumClicks(counts.clicks.groups.filter((r) => line.members.includes(keyOf(r))));
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
      }),
  };
}

/** By what the groups of links are cut by: sent and clicked. */
export function groupTable(scope: Scope, counts: Counts, dimension: Dimension): Table {
  const { title, several } = DIMENSION_WORDS[dimension];
  const measured = counts.ledger.filter((r) => r.measured);
  const partOf = partsBy(dimension, measured, counts.clicks.groups);
  return {
    key: dimension,
    title,
    counted: `${byGroups} « ${several[0]?.toUpperCase()}${several.slice(1)} » : groupes qui en mêlent plusieurs. Les messages aux liens non suivis n’y sont pas. ${mergedUnder(scope.k)}`,
    columns: ['distribues', 'clics', 'clicsDouteux', 'clicsPour100'],
    rows: dimensionLines(dimension, measured, scope.k).map((line) => {
      const { ledger, clicks } = partOf(line);
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

/** By what only contacts tell: sent, to the nearest ten, and never clicked. */
export function traitTable(scope: Scope, counts: Counts, dimension: Dimension): Table {
  const words = DIMENSION_WORDS[dimension];
  const rows = Map.groupBy(
    counts.traits.filter((t) => t.trait === dimension),
    (t) => t.line,
  );
  return {
    key: dimension,
    title: words.title,
    counted: `Envoyé seulement, d’après les contacts d’aujourd’hui et à la dizaine : ${
      counts.blurred.includes(dimension)
        ? `les groupes de destinataires sont trop petits pour que leurs clics la distinguent`
        : 'les liens de cette campagne ne la distinguent pas'
    }. Un contact effacé depuis est sans valeur. ${mergedUnder(scope.k)}`,
    columns: ['adresses', 'distribues'],
    rows: inWords(
      [...rows].map(([key, of]) => ({ key, of })),
      words,
    ).map(({ key, label, of }) => ({
      key,
      label,
      figures: { adresses: figures.adressesEnviron(scope, of), distribues: figures.distribuesEnviron(scope, of) },
    })),
  };
}
