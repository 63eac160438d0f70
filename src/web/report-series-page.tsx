import type { Child } from 'hono/jsx';
import { DEFINITIONS, type FigureName } from '../reports/definitions.ts';
import { SEVERAL } from '../reports/lines.ts';
import type { Report } from '../reports/report.ts';
import { classesTable, setApartTable } from '../reports/report-tables.ts';
import type { Table } from '../reports/tables.ts';
import { Days } from './report-days.tsx';
import { Notes, Nothing, Period, ReportHead, type ReportProps } from './report-pages.tsx';
import { LevelBars, shown, TableBars, tableOf } from './report-parts.tsx';
import { ReportTable, TableFold } from './report-table.tsx';
import { interestByLevel, WebinarSection } from './report-webinars.tsx';
import { Empty, Section } from './ui/components.tsx';
import { Figure, Figures, number } from './ui/figures.tsx';
import { Contents } from './ui/flow.tsx';

/** Appropriation, series by series: units that differ, side by side and never added up. */
export const SeriesPage = ({ report: r, place, asked, error }: ReportProps) => (
  <>
    <ReportHead report={r} place={place} view="series" title="Qui a reçu, ce qui a été cliqué, ce qui a suivi." />
    <Period report={r} place={place} asked={asked} error={error} view="series" />
    {r.figures.envois.value ? <Results report={r} /> : <Nothing report={r} place={place} />}
    <Notes notes={r.notes} />
  </>
);

/** What webinars brought: a view of its own, for each of them has as many figures as a letter. */
export const WebinarsPage = ({ report: r, place, asked, error }: ReportProps) => (
  <>
    <ReportHead
      report={r}
      place={place}
      view="webinaires"
      title="Qui s’est inscrit, qui est venu, ce qu’ils en disent."
    />
    <Period report={r} place={place} asked={asked} error={error} view="webinaires" />
    {r.webinars.figures ? (
      <WebinarSection report={r.webinars} campaign={place.signedIn ? r.campaign.slug : null} drawn={[]} />
    ) : (
      <Section title="Les webinaires">
        <Empty title="Aucun webinaire dans cette période.">
          <p>Élargissez la période : inscriptions, présences et réponses viendront ici.</p>
        </Empty>
      </Section>
    )}
    <Notes notes={r.webinars.figures ? r.webinars.notes : r.notes} />
  </>
);

/** To whom: a view of its own, for it has as many lines as there are regions and branches. Clicks stand in the tables beside. */
export const PublicsPage = ({ report: r, place, asked, error }: ReportProps) => (
  <>
    <ReportHead report={r} place={place} view="publics" title="À qui la campagne s’est adressée." />
    <Period report={r} place={place} asked={asked} error={error} view="publics" />
    {r.figures.envois.value ? (
      tablesOf(r, BY_WHOM).map((t) => (
        <Section title={t.title}>
          <Drawn table={t} measure="distribues" />
        </Section>
      ))
    ) : (
      <Nothing report={r} place={place} />
    )}
    <Notes notes={r.notes} />
  </>
);

const BY_WHOM = ['public', 'organisation', 'region', 'size_class', 'idcc'];
const tablesOf = (r: Report, keys: readonly string[]): Table[] =>
  keys.flatMap((key) => tableOf(r, key) ?? []).filter((t) => t.rows.length > 0);

/** Each part of the page, where there is something in it. */
function partsOf(r: Report): { id: string; title: string; note?: string; shows: Child }[] {
  const level = tableOf(r, 'level');
  const relays = r.indicators.flatMap((i) => i.tables).filter((t) => t.key.startsWith('relay-'));
  return [
    { id: 'liste', title: 'De la liste au message', shows: <SelectedToDelivered report={r} /> },
    ...(level && level.rows.length > 0
      ? [
          {
            id: 'niveaux',
            title: 'Niveau par niveau',
            note: 'des unités différentes, jamais additionnées',
            shows: <Levels report={r} level={level} />,
          },
        ]
      : []),
    {
      id: 'jours',
      title: 'Quand : jours, semaines, mois',
      shows: <Days report={r} />,
    },
    {
      id: 'par-quoi',
      title: 'Par quoi : phases, canaux, ressources, liens',
      shows: (
        <>
          {tablesOf(r, ['phase', 'channel']).map((t) => (
            <ReportTable table={t} />
          ))}
          {tablesOf(r, ['resource']).map((t) => (
            <Drawn table={t} measure="distribues" />
          ))}
          <Links table={tableOf(r, 'link')} clicked={Boolean(r.figures.clics.value)} />
        </>
      ),
    },
    ...tablesOf(r, ['agreed']).map((t) => ({
      id: 'accords',
      title: t.title,
      note: 'ils l’ont choisi : ce n’est pas représentatif des autres',
      shows: <ReportTable table={t} titled />,
    })),
    ...(relays.length > 0
      ? [
          {
            id: 'relais',
            title: 'Par qui : types de relais, territoires',
            note: 'ce qu’ils font et déclarent, à part de nos envois',
            shows: relays.map((t) => <ReportTable table={t} />),
          },
        ]
      : []),
    { id: 'robots', title: 'Robots, douteux, retenus', shows: <Classes report={r} /> },
  ];
}

const Results = ({ report: r }: { report: Report }) => {
  const parts = partsOf(r);
  return (
    <>
      <Contents label="Les séries" entries={parts.map(({ id, title }) => ({ href: `#${id}`, label: title }))} />
      {parts.map(({ id, title, note, shows }) => (
        <Section title={title} id={id} {...(note ? { note } : {})}>
          {shows}
        </Section>
      ))}
    </>
  );
};

/** One bar that holds everything says nothing: a sentence does. */
const Drawn = ({ table, measure }: { table: Table; measure: FigureName }) => {
  const [only, ...others] = table.rows;
  return only?.key === SEVERAL && others.length === 0 ? (
    <>
      <p>Les groupes sont trop petits pour être séparés : tout est réuni en une ligne.</p>
      <TableFold table={table} />
    </>
  ) : (
    <TableBars table={table} measure={measure} id={`barres-${table.key}`} whole />
  );
};

const Levels = ({ report: r, level }: { report: Report; level: Table }) => (
  <>
    <LevelBars table={level} measure="distribues" whole />
    {r.figures.clics.value ? <LevelBars table={level} measure="clics" /> : null}
    {interestByLevel(r.webinars).map((table) => (
      <TableBars table={table} measure={table.columns[0] ?? 'inscriptionsTenus'} id={`niveaux-${table.key}`} whole />
    ))}
  </>
);

const Links = ({ table, clicked }: { table: Table | undefined; clicked: boolean }) => {
  if (!table || table.rows.length === 0) return null;
  return clicked ? (
    <TableBars table={table} measure="clics" id="barres-liens" whole />
  ) : (
    <>
      <h3>{table.title}</h3>
      <p>Aucun clic retenu pour l’instant, sur aucun des {number(table.rows.length)} liens.</p>
      <TableFold table={table} />
    </>
  );
};

const SelectedToDelivered = ({ report: r }: { report: Report }) => (
  <>
    <Figures>
      <Figure label="sélectionnés" figure={shown(r.figures.selectionnes)} />
      <Figure label="adressés" figure={shown(r.figures.adresses)} />
      <Figure label="écartés" figure={shown(r.figures.ecartes)} />
    </Figures>
    <ReportTable table={setApartTable(r)} />
  </>
);

const Classes = ({ report: r }: { report: Report }) =>
  r.classes.length ? (
    <ReportTable table={classesTable(r)} />
  ) : (
    <Empty title="Aucune requête reçue.">
      <p>{DEFINITIONS.clicsBruts.definition}</p>
    </Empty>
  );
