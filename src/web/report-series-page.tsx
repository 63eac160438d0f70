import { DEFINITIONS } from '../reports/definitions.ts';
import { CLASS_NAMES } from '../reports/methods.ts';
import type { Report } from '../reports/report.ts';
import type { Table } from '../reports/tables.ts';
import { capital } from './capital.ts';
import { day, Notes, Nothing, Period, ReportHead, type ReportProps } from './report-pages.tsx';
import { LevelBars, passportOf, shown, TableBars, tableOf } from './report-parts.tsx';
import { ReportTable, TableFold } from './report-table.tsx';
import { interestByLevel, WebinarSection } from './report-webinars.tsx';
import { DayChart } from './ui/charts.tsx';
import { Empty, Section } from './ui/components.tsx';
import { Figure, Figures, number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

/** Appropriation, series by series: units that differ, side by side and never added up. */
export const SeriesPage = ({ report: r, place, asked, error }: ReportProps) => (
  <>
    <ReportHead report={r} place={place} view="series" title="Qui a reçu, qui a cliqué, ce qui a suivi." />
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

/** Drawn by what was sent; their clicks stand in the table beside. */
const BY_WHOM = ['public', 'organisation', 'size_class', 'idcc'];

const Results = ({ report: r }: { report: Report }) => {
  const level = tableOf(r, 'level');
  const some = (keys: readonly string[]): Table[] =>
    keys.flatMap((key) => tableOf(r, key) ?? []).filter((t) => t.rows.length > 0);
  const clicked = Boolean(r.figures.clics.value);
  return (
    <>
      <Section title="De la liste au message">
        <SelectedToDelivered report={r} />
      </Section>
      {level && (
        <Section title="Niveau par niveau" note="des unités différentes, jamais additionnées">
          <LevelBars table={level} measure="distribues" whole />
          {clicked && <LevelBars table={level} measure="clics" />}
          {interestByLevel(r.webinars).map((table) => (
            <TableBars
              table={table}
              measure={table.columns[0] ?? 'inscriptionsTenus'}
              id={`niveaux-${table.key}`}
              whole
            />
          ))}
        </Section>
      )}
      <Section title="Jour par jour">
        <Days report={r} />
        {some(['week', 'month']).map((table) => (
          <ReportTable table={table} />
        ))}
      </Section>
      {some(['phase', 'channel']).map((t) => (
        <Section title={t.title}>
          <ReportTable table={t} titled />
        </Section>
      ))}
      {some(['region', ...BY_WHOM]).map((t) => (
        <Section title={t.title}>
          <TableBars table={t} measure="distribues" id={`barres-${t.key}`} whole />
        </Section>
      ))}
      {some(['resource']).map((t) => (
        <Section title={t.title}>
          <TableBars table={t} measure="distribues" id="barres-ressources" whole />
        </Section>
      ))}
      <Links table={tableOf(r, 'link')} clicked={clicked} />
      <Section title="Robots, douteux, retenus">
        <Classes report={r} />
      </Section>
    </>
  );
};

const Links = ({ table, clicked }: { table: Table | undefined; clicked: boolean }) =>
  table && table.rows.length > 0 ? (
    <Section title="Lien par lien">
      {clicked ? (
        <TableBars table={table} measure="clics" id="barres-liens" whole />
      ) : (
        <>
          <p>Aucun clic retenu pour l’instant, sur aucun des {number(table.rows.length)} liens.</p>
          <TableFold table={table} />
        </>
      )}
    </Section>
  ) : null;

const SelectedToDelivered = ({ report: { figures: f, setApart } }: { report: Report }) => (
  <>
    <Figures>
      <Figure label="sélectionnés" figure={shown(f.selectionnes)} />
      <Figure label="adressés" figure={shown(f.adresses)} />
      <Figure label="écartés" figure={shown(f.ecartes)} />
    </Figures>
    <DataTable
      caption="Écartés, par raison"
      columns={[{ label: 'Raison' }, { label: 'Contacts', numeric: true }]}
      rows={setApart.map((s) => [capital(s.label), s.figure.value === null ? s.figure.leftOut : s.figure.value])}
    />
  </>
);

const Days = ({ report: r }: { report: Report }) => {
  const table = tableOf(r, 'day');
  const figures = new Map(table?.rows.map((row) => [row.key, row.figures]));
  // The series know the days without any click, which a drawing must not skip.
  const days = r.series[0]?.points.map((p) => p.day) ?? [];
  if (!table || !days.length)
    return (
      <Empty title="Aucun clic pour l’instant.">
        <p>Les premiers arrivent d’ordinaire dans l’heure qui suit un envoi.</p>
      </Empty>
    );
  const values = days.map((d) => {
    const clicks = figures.get(d)?.clics?.value ?? 0;
    return { day: d, value: clicks, range: { to: clicks + (figures.get(d)?.clicsDouteux?.value ?? 0) } };
  });
  const best = values.reduce((a, b) => (b.value > a.value ? b : a));
  const most = Math.max(...values.map((v) => v.range.to));
  if (!most)
    return (
      <>
        <p>Aucun clic retenu ni douteux dans la période.</p>
        <TableFold table={table} />
      </>
    );
  return (
    <DayChart
      id="jours"
      title="Clics retenus par jour"
      summary={
        best.value > 0
          ? `Le plus fort : ${day(best.day)}, ${number(best.value)} ${best.value < 2 ? 'clic retenu' : 'clics retenus'}.`
          : 'Aucun clic retenu dans la période.'
      }
      passport={passportOf(r.figures.clics)}
      days={values}
      table={<TableFold table={table} />}
    />
  );
};

const Classes = ({ report: r }: { report: Report }) =>
  r.classes.length ? (
    <DataTable
      caption="Pourquoi chaque requête est classée ainsi"
      columns={[{ label: 'Règle' }, { label: 'Classement' }, { label: 'Requêtes', numeric: true }]}
      rows={r.classes.map((c) => [c.reason, CLASS_NAMES[c.class], c.figure.value ?? '–'])}
    />
  ) : (
    <Empty title="Aucune requête reçue.">
      <p>{DEFINITIONS.clicsBruts.definition}</p>
    </Empty>
  );
