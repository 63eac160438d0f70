import type { Child } from 'hono/jsx';
import type { Refusal } from '../base/errors.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import type { ComparedLine, ComparedTable, Comparison } from '../reports/compare.ts';
import { DEFINITIONS } from '../reports/definitions.ts';
import type { Figure } from '../reports/figure.ts';
import { dayText as datedText } from '../reports/page-figures.ts';
import type { Report } from '../reports/report.ts';
import { capital } from './capital.ts';
import { day, ViewTabs } from './report-pages.tsx';
import type { ReportPlace } from './report-place.ts';
import { cell, HowFigures } from './report-table.tsx';
import { Button, Facts, Fold, PageHead, Prose, Section } from './ui/components.tsx';
import { ErrorSummary, Field, FieldRow } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

type Window = { from?: string | undefined; to?: string | undefined };
type CompareProps = {
  place: ReportPlace;
  campaigns: readonly Pick<CampaignRow, 'slug' | 'name'>[];
  campaign: Pick<CampaignRow, 'slug' | 'name'>;
  asked: { first: Window; other: string; second: Window };
  sides?: readonly [Report, Report];
  comparison?: Comparison;
  error?: Refusal;
};

/** Two reports side by side: what makes them not comparable is said first. */
export const ComparePage = ({ place, campaigns, campaign, asked, sides, comparison, error }: CompareProps) => (
  <>
    <PageHead
      {...(place.back ? { back: place.back } : {})}
      kicker={campaign.name}
      title="Comparer deux campagnes, ou deux périodes."
    />
    <ViewTabs place={place} view="comparaison" />
    <Section title="Ce qui est comparé">
      {error && <ErrorSummary message={error.message} />}
      <form method="get" action={`${place.base}/comparaison`}>
        <FieldRow>
          <Field name="du" label={`${campaign.name}, du`} kind="date" bare value={asked.first.from} />
          <Field name="au" label="au" kind="date" bare value={asked.first.to} />
        </FieldRow>
        <Field
          name="avec"
          label="comparée avec"
          kind="select"
          bare
          size="full"
          value={asked.other}
          options={campaigns.map((c) => ({
            value: c.slug,
            label: c.slug === campaign.slug ? `${c.name} (une autre période)` : c.name,
          }))}
        />
        <FieldRow>
          <Field name="du2" label="l’autre, du" kind="date" bare value={asked.second.from} />
          <Field name="au2" label="au" kind="date" bare value={asked.second.to} />
        </FieldRow>
        <p class="hint">Sans dates, chaque campagne est prise depuis son début.</p>
        <Button primary>Comparer</Button>
      </form>
    </Section>
    {sides && comparison && (
      <>
        <Warnings warnings={comparison.warnings}>
          <Facts items={sides.map((side) => [side.campaign.name, windowOf(side)] as const)} />
        </Warnings>
        <ComparedSections
          tables={comparison.tables}
          heads={headsOf(sides)}
          first={(l) => l.difference !== null && (l.first?.value !== 0 || l.second?.value !== 0)}
          others="Ce qui n’est compté que d’un côté, ou d’aucun"
        />
      </>
    )}
  </>
);

export type Heads = { first: string; second: string; difference: string };

const windowOf = ({ window: { from, to } }: Report): string => `du ${day(from)} au ${day(to)}`;

/** Heads of columns stand beside every number on a telephone. */
const short = (name: string): string => (name.length > 30 ? `${name.slice(0, 28).replace(/[\s,;:]*\S*$/, '')}…` : name);
const periodOf = ({ window: { from, to } }: Report): string => `${datedText(from)} – ${datedText(to)}`;

const headsOf = ([a, b]: readonly [Report, Report]): Heads => {
  const same = a.campaign.slug === b.campaign.slug;
  return {
    first: same ? periodOf(a) : short(a.campaign.name),
    second: same ? periodOf(b) : short(b.campaign.name),
    difference: 'Écart',
  };
};

export const Warnings = ({ warnings, children }: { warnings: readonly string[]; children?: Child }) => (
  <Section title={warnings.length > 0 ? 'Avant de lire : ce qui n’est pas comparable' : 'Avant de lire'}>
    <Prose>
      {warnings.length > 0 ? (
        <ul>
          {warnings.map((warning) => (
            <li>{warning}</li>
          ))}
        </ul>
      ) : (
        <p>Mêmes règles, mêmes groupes, même durée : les deux colonnes se comptent de la même façon.</p>
      )}
    </Prose>
    {children}
  </Section>
);

const signed = (n: number | null): string => (n === null ? '–' : n > 0 ? `+${number(n)}` : number(n));
const shown = (f: Figure | null): string => cell(f ?? undefined);

type SectionsProps = {
  tables: readonly ComparedTable[];
  heads: Heads;
  /** Lines that are read first. */
  first: (line: ComparedLine) => boolean;
  /** What the other lines are, which stand folded. */
  others: string;
};

export const ComparedSections = ({ tables, heads, first, others }: SectionsProps) => {
  const told = tables.filter((t) => t.lines.some(first));
  const folded = tables
    .map((t) => ({ ...t, lines: t.lines.filter((l) => !first(l)) }))
    .filter((t) => t.lines.length > 0);
  return (
    <>
      {told.map((t) => (
        <Section title={t.title}>
          <Lines table={{ ...t, lines: t.lines.filter(first) }} heads={heads} />
        </Section>
      ))}
      {folded.length > 0 && (
        <Section title={others}>
          {folded.map((t) => (
            <Fold
              title={`${t.title}, ${t.lines.length} ${t.lines.length === 1 ? 'ligne' : 'lignes'}`}
              of={others.toLowerCase()}
            >
              <Lines table={t} heads={heads} />
            </Fold>
          ))}
        </Section>
      )}
      {tables.length > 0 && (
        <Section title="Comment ces chiffres sont comptés">
          <HowCompared lines={tables.flatMap((t) => t.lines)} />
        </Section>
      )}
    </>
  );
};

const Lines = ({ table: { title, lines }, heads }: { table: ComparedTable; heads: Heads }) => (
  <DataTable
    caption={`${title}, côte à côte`}
    hiddenCaption
    columns={[
      { label: 'Chiffre' },
      { label: heads.first, numeric: true },
      { label: heads.second, numeric: true },
      { label: heads.difference, numeric: true },
    ]}
    rows={lines.map((l) => [nameOf(l), shown(l.first), shown(l.second), signed(l.difference)])}
  />
);

const nameOf = ({ label, measure }: ComparedLine): string => {
  const of = DEFINITIONS[measure].label;
  return label ? `${capital(label)} : ${of.charAt(0).toLowerCase()}${of.slice(1)}` : of;
};

/** Each measure once: it is counted alike on both sides, and in every part. */
const HowCompared = ({ lines }: { lines: readonly ComparedLine[] }) => {
  const items = [...Map.groupBy(lines, (l) => l.measure)].flatMap(([measure, of]) => {
    const figure = of.map((l) => l.first ?? l.second).find((f) => f !== null);
    return figure ? [{ label: DEFINITIONS[measure].label, figure }] : [];
  });
  return (
    <HowFigures of="les chiffres comparés" items={items} dated>
      <dt>écart</dt>
      <dd>La seconde colonne moins la première, dans la même unité. Ni pourcentage, ni cause.</dd>
    </HowFigures>
  );
};
