import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import { DEFINITIONS, type FigureName } from '../reports/definitions.ts';
import type { Figure as Measured } from '../reports/figure.ts';
import type { MainFigures, Report } from '../reports/report.ts';
import type { Table } from '../reports/tables.ts';
import { dayText } from './push-words.tsx';
import { type Bar, BarChart } from './ui/charts.tsx';
import { Empty, Fold, Section } from './ui/components.tsx';
import { Figure, Figures, type FigureValue, number, type Passport } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

/** Figures as every page shows them: each with how it was counted. */

export const passportOf = (f: Measured): Passport => ({ ...f, ruleVersion: `version ${f.ruleVersion}` });
export const shown = (f: Measured, upTo?: Measured): FigureValue => ({
  ...passportOf(f),
  value: f.value,
  ...(upTo?.value != null ? { range: { to: upTo.value } } : {}),
});

/** The three questions of a first look: whom, what, and what it brought. */
export const MainThree = ({ figures: f }: { figures: MainFigures }) => (
  <Figures>
    <Figure label="destinataires touchés" figure={shown(f.touches)} />
    <Figure
      label="messages distribués"
      figure={shown(f.distribues)}
      note={f.distribues.unit.includes('simulés') ? 'simulés : rien n’est parti' : undefined}
    />
    <Figure label="clics retenus" figure={shown(f.clics, f.clicsJusqua)} />
  </Figures>
);

export const tableOf = (report: Report, key: Table['key']): Table | undefined =>
  report.tables.find((t) => t.key === key);

/** « Ce que ça a apporté » on the home page. */
export const Brought = ({ report }: { report: Report }) => {
  const level = tableOf(report, 'level');
  return (
    <Section
      title="Ce que ça a apporté"
      note={`${report.campaign.name}, depuis le ${dayText(report.window.from)}`}
      action={{ href: `/campagnes/${report.campaign.slug}/rapport`, label: 'Tout le rapport' }}
    >
      {report.figures.envois.value ? (
        <>
          <MainThree figures={report.figures} />
          {level && <LevelBars table={level} measure={report.figures.clics.value ? 'clicsPour100' : 'distribues'} />}
        </>
      ) : (
        <Empty title="Rien n’est encore parti.">
          <p>Après le premier envoi : combien de destinataires touchés, combien de clics, et par niveau.</p>
        </Empty>
      )}
    </Section>
  );
};

const isLevel = (key: string): key is Level => (LEVELS as readonly string[]).includes(key);

/** `whole`: every column of the table stands beside the drawing, folded, instead of its own numbers. */
type TableBarsProps = { table: Table; measure: FigureName; id: string; whole?: boolean };

/** One measure of a table, drawn with its table beside; nothing when no line may be told. Levels keep their order. */
export const TableBars = ({ table, measure, id, whole }: TableBarsProps) => {
  const rows = table.rows.flatMap((r): { bar: Bar; figure: Measured; last: boolean }[] => {
    const figure = r.figures[measure];
    if (figure?.value == null) return [];
    const doubtful = measure === 'clics' ? r.figures.clicsDouteux?.value : undefined;
    return [
      {
        figure,
        last: r.key === 'plusieurs',
        bar: {
          label: capital(r.label),
          value: figure.value,
          ...(isLevel(r.key) ? { level: r.key } : {}),
          ...(doubtful ? { range: { to: figure.value + doubtful } } : {}),
        },
      },
    ];
  });
  if (!rows.some(({ bar }) => bar.level))
    rows.sort((a, b) => Number(a.last) - Number(b.last) || b.bar.value - a.bar.value);
  const first = rows[0];
  if (!first) return whole ? <TableFold table={table} /> : null;
  return (
    <BarChart
      id={id}
      title={titleOf(table, measure)}
      summary={inWords(rows.map((r) => r.bar))}
      passport={{ ...passportOf(first.figure), leftOut: `${first.figure.leftOut} ${table.counted}` }}
      nameColumn={nameOf(table)}
      bars={rows.map((r) => r.bar)}
      table={whole ? <TableFold table={table} /> : undefined}
    />
  );
};

/** « Distribués, par niveau », « Inscriptions par région » */
const titleOf = ({ title }: Table, measure: FigureName): string => {
  const { label } = DEFINITIONS[measure];
  return title.startsWith(label) ? title : `${label}, ${title.toLowerCase()}`;
};
/** What the lines of a table are: « niveau ». */
const nameOf = ({ title }: Table): string => title.replace(/^(?:.* par|Par) /, '');

/** All of a few, the first three of many, only the first where names are sentences. */
function inWords(bars: readonly Bar[]): string {
  const long = bars.some((b) => b.label.length > 50);
  const told = bars.slice(0, long ? 1 : bars.length > 5 ? 3 : 5);
  const rest = bars.length - told.length;
  const others = rest > 0 ? `, puis ${rest} ${rest > 1 ? 'autres' : 'autre'}` : '';
  return `${told.map((b) => `${b.label} ${number(b.value)}`).join(', ')}${others}.`;
}

export const LevelBars = (p: Omit<TableBarsProps, 'id'>) => <TableBars {...p} id={`niveaux-${p.measure}`} />;

/** A label at the head of a line; the official names of regions are stored with a typewriter's apostrophe. */
export const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`.replaceAll("'", '’');

const cell = (f: Measured | undefined) => (f?.value == null ? '–' : number(f.value));

/** The fold under a table: what its columns share, then what each of them counts. */
const HowTableCounted = ({ table }: { table: Table }) => {
  const columns = table.columns.flatMap((c) => {
    const figure = table.rows[0]?.figures[c];
    return figure ? [{ label: DEFINITIONS[c].label, figure }] : [];
  });
  const first = columns[0]?.figure;
  if (!first) return null;
  return (
    <details class="how">
      <summary>
        comment c’est compté<span class="hidden"> : {table.title.toLowerCase()}</span>
      </summary>
      <dl>
        <dt>fenêtre</dt>
        <dd>
          du {dayText(first.window.from)} au {dayText(first.window.to)}, heure de Paris
        </dd>
        {columns.map(({ label, figure }) => (
          <>
            <dt>
              {label} ({figure.unit})
            </dt>
            <dd>
              {figure.definition} {figure.source}
            </dd>
          </>
        ))}
        <dt>lignes</dt>
        <dd>{table.counted}</dd>
        <dt>règle</dt>
        <dd>version {first.ruleVersion}</dd>
      </dl>
    </details>
  );
};

/** A whole table of figures behind its title, with how each column is counted. */
export const TableFold = ({ table }: { table: Table }) => (
  <>
    <HowTableCounted table={table} />
    <Fold title="les chiffres en tableau" of={table.title.toLowerCase()}>
      <DataTable
        caption={table.title}
        hiddenCaption
        columns={[
          { label: capital(nameOf(table)) },
          ...table.columns.map((c) => ({ label: DEFINITIONS[c].label, numeric: true })),
        ]}
        rows={table.rows.map((r) => [
          table.key === 'day' ? dayText(r.label) : capital(r.label),
          ...table.columns.map((c) => cell(r.figures[c])),
        ])}
      />
    </Fold>
  </>
);

export const Targets = ({ report }: { report: Report }) =>
  report.targets.length ? (
    <DataTable
      caption="Cibles de la campagne et où l’on en est"
      columns={[
        { label: 'Cible' },
        { label: 'Visé', numeric: true },
        { label: 'Atteint', numeric: true },
        { label: 'Part', numeric: true },
      ]}
      rows={report.targets.map((t) => [
        `${DEFINITIONS[t.measure].label}${t.level ? `, ${LEVEL_NAMES[t.level]}` : ''}`,
        t.value,
        cell(t.figure ?? undefined),
        t.figure?.value == null ? '–' : `${number(Math.round((100 * t.figure.value) / t.value))}\u00a0%`,
      ])}
    />
  ) : null;
