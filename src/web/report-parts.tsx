import type { Child } from 'hono/jsx';
import { DEFINITIONS, type FigureName } from '../reports/definitions.ts';
import type { Figure as Measured } from '../reports/figure.ts';
import type { MainFigures, Summary } from '../reports/summary.ts';
import type { Table } from '../reports/tables.ts';
import { targetName } from '../reports/targets.ts';
import { capital } from './capital.ts';
import { dayText } from './push-words.tsx';
import { cell, HowFigures, isLevel, nameOf, TableFold } from './report-table.tsx';
import { type Bar, BarChart } from './ui/charts.tsx';
import { Empty, Section } from './ui/components.tsx';
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

export const tableOf = (report: Summary, key: Table['key']): Table | undefined =>
  report.tables.find((t) => t.key === key);

/** « Ce que ça a apporté » on the home page. */
export const Brought = ({ report }: { report: Summary }) => {
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

/** `whole`: every column of the table stands beside the drawing, folded, instead of its own numbers; or `beside` does. */
type TableBarsProps = { table: Table; measure: FigureName; id: string; whole?: boolean; beside?: Child };

/** One measure of a table, drawn with its table beside; nothing when no line may be told. Levels keep their order. */
export const TableBars = ({ table, measure, id, whole, beside }: TableBarsProps) => {
  const rows = table.rows.flatMap((r): { bar: Bar; figure: Measured; last: boolean }[] => {
    const figure = r.figures[measure];
    // A sum of the other lines is read in the table beside.
    if (figure?.value == null || r.key === 'tout') return [];
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
  const all = rows.length;
  // The line of what is merged stays: it is a part of the whole that the others leave.
  const most = rows.some(({ bar }) => bar.label.length > SENTENCE) ? MOST_BARS / 2 : MOST_BARS;
  if (all > most) rows.splice(most, all - most, ...rows.slice(most).filter((r) => r.last));
  const first = rows[0];
  if (!first) return whole ? <TableFold table={table} /> : null;
  return (
    <BarChart
      id={id}
      title={titleOf(table, measure)}
      summary={`${all > rows.length ? `Les ${rows.length} premières lignes sur ${number(all)}. ` : ''}${inWords(rows.map((r) => r.bar))}`}
      passport={{ ...passportOf(first.figure), leftOut: `${first.figure.leftOut} ${table.counted}` }}
      nameColumn={nameOf(table)}
      bars={rows.map((r) => r.bar)}
      table={beside ?? (whole ? <TableFold table={table} /> : undefined)}
    />
  );
};

/** More bars than this, or than half of it where names are sentences, are read in the table beside, or in the files. */
const MOST_BARS = 20;
const SENTENCE = 50;

/** « Distribués, par niveau », « Inscriptions par région » */
const titleOf = ({ title }: Table, measure: FigureName): string => {
  const { label } = DEFINITIONS[measure];
  return title.startsWith(label) ? title : `${label}, ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
};

/** All of a few, the first three of many, only the first where names are sentences. */
function inWords(bars: readonly Bar[]): string {
  const long = bars.some((b) => b.label.length > SENTENCE);
  const told = bars.slice(0, long ? 1 : bars.length > 5 ? 3 : 5);
  const rest = bars.length - told.length;
  const others = rest > 0 ? `, puis ${rest} ${rest > 1 ? 'autres' : 'autre'}` : '';
  return `${told.map((b) => `${b.label} ${number(b.value)}`).join(', ')}${others}.`;
}

export const LevelBars = (p: Omit<TableBarsProps, 'id'>) => <TableBars {...p} id={`niveaux-${p.measure}`} />;

type TargetsProps = { report: Summary; titled?: boolean; plain?: boolean };

/** What the campaign set out to reach, beside what is counted: the same figures as elsewhere. */
export const Targets = ({ report, titled, plain }: TargetsProps) =>
  report.targets.length ? (
    <>
      <DataTable
        caption="Cibles de la campagne et où l’on en est"
        hiddenCaption={titled ?? false}
        columns={[
          { label: 'Cible' },
          { label: 'Visé', numeric: true },
          { label: 'Atteint', numeric: true },
          { label: 'Part', numeric: true },
        ]}
        rows={report.targets.map((t) => [
          targetName(t),
          t.value,
          cell(t.figure ?? undefined),
          t.share?.value == null ? '–' : `${number(t.share.value)}\u00a0%`,
        ])}
      />
      {!plain && (
        <HowFigures
          of="les cibles"
          items={report.targets.flatMap((t) => (t.figure ? [{ label: targetName(t), figure: t.figure }] : []))}
        >
          <dt>visé</dt>
          <dd>Ce que la campagne s’est donné, dans ses réglages, pour toute sa durée.</dd>
          <dt>part</dt>
          <dd>Ce qui est compté dans la période, divisé par ce qui est visé, dans la même unité.</dd>
          {report.targets.map((t) => (
            <>
              {t.figure && <dt>laissé de côté, {targetName(t)}</dt>}
              {t.figure && <dd>{t.figure.leftOut}</dd>}
              {t.note && <dt>note, {targetName(t)}</dt>}
              {t.note && <dd>{t.note}</dd>}
            </>
          ))}
        </HowFigures>
      )}
    </>
  ) : null;
