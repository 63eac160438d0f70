import type { Refusal } from '../base/errors.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import type { ComparedTable, Comparison } from '../reports/compare.ts';
import { DEFINITIONS } from '../reports/definitions.ts';
import type { Figure } from '../reports/figure.ts';
import type { Report } from '../reports/report.ts';
import { capital } from './capital.ts';
import { day, ViewTabs } from './report-pages.tsx';
import type { ReportPlace } from './report-place.ts';
import { cell } from './report-table.tsx';
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
          label="avec"
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
          <Field name="du2" label="du" kind="date" bare value={asked.second.from} />
          <Field name="au2" label="au" kind="date" bare value={asked.second.to} />
        </FieldRow>
        <p class="hint">Sans dates, chaque campagne est prise depuis son début.</p>
        <Button primary>Comparer</Button>
      </form>
    </Section>
    {sides && comparison && (
      <>
        <Warnings warnings={comparison.warnings} />
        <Facts items={sides.map((side) => [side.campaign.name, windowOf(side)] as const)} />
        {comparison.tables.map((table) => (
          <ComparedSection table={table} heads={headsOf(sides)} />
        ))}
      </>
    )}
  </>
);

export type Heads = { first: string; second: string; difference: string };

const windowOf = ({ window: { from, to } }: Report): string => `du ${day(from)} au ${day(to)}`;

const headsOf = ([a, b]: readonly [Report, Report]): Heads => {
  const same = a.campaign.slug === b.campaign.slug;
  return {
    first: same ? capital(windowOf(a)) : a.campaign.name,
    second: same ? capital(windowOf(b)) : b.campaign.name,
    difference: 'Écart',
  };
};

export const Warnings = ({ warnings }: { warnings: readonly string[] }) => (
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
  </Section>
);

const signed = (n: number | null): string => (n === null ? '–' : n > 0 ? `+${number(n)}` : number(n));
const shown = (f: Figure | null): string => cell(f ?? undefined);

export const ComparedSection = ({ table: { title, lines }, heads }: { table: ComparedTable; heads: Heads }) => {
  const first = lines.find((l) => l.first ?? l.second);
  const passports = [...new Map(lines.map((l) => [l.measure, l.first ?? l.second])).entries()];
  return first ? (
    <Section title={title}>
      <DataTable
        caption={`${title}, côte à côte`}
        hiddenCaption
        columns={[
          { label: 'Chiffre' },
          { label: heads.first, numeric: true },
          { label: heads.second, numeric: true },
          { label: heads.difference, numeric: true },
        ]}
        rows={lines.map((l) => [
          l.label
            ? `${capital(l.label)} : ${DEFINITIONS[l.measure].label.toLowerCase()}`
            : DEFINITIONS[l.measure].label,
          shown(l.first),
          shown(l.second),
          signed(l.difference),
        ])}
      />
      <Fold title="comment c’est compté" of={title.toLowerCase()}>
        <dl>
          {passports.map(([measure, f]) => (
            <>
              <dt>
                {DEFINITIONS[measure].label} ({f?.unit})
              </dt>
              <dd>{f?.definition}</dd>
            </>
          ))}
          <dt>écart</dt>
          <dd>La seconde colonne moins la première, dans la même unité. Ni pourcentage, ni cause.</dd>
        </dl>
      </Fold>
    </Section>
  ) : null;
};
