import { longDate, parseParis } from '../base/dates.ts';
import type { Refusal } from '../base/errors.ts';
import { DEFINITIONS } from '../reports/definitions.ts';
import type { Report } from '../reports/report.ts';
import {
  capital,
  LevelBars,
  MainThree,
  passportOf,
  shown,
  TableBars,
  TableFold,
  Targets,
  tableOf,
} from './report-parts.tsx';
import { interestByLevel, WebinarSection } from './report-webinars.tsx';
import { DayChart } from './ui/charts.tsx';
import { Acts, Button, ButtonLink, Empty, PageHead, Prose, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { Figure, Figures, number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

type ReportProps = { report: Report; asked: { from?: string; to?: string }; error?: Refusal };

/** The report of a campaign over a period: every number opens on how it was counted. */
export const ReportPage = ({ report: r, asked, error }: ReportProps) => (
  <>
    <PageHead
      back={{ href: `/campagnes/${r.campaign.slug}`, label: r.campaign.name }}
      kicker={`Rapport du ${day(r.window.from)} au ${day(r.window.to)}`}
      title={headline(r)}
      lead={
        r.simulated
          ? 'Démonstration : les messages sont remis à une boîte d’essai, personne ne les a reçus.'
          : undefined
      }
    />
    {r.figures.envois.value && !error ? <Essentials report={r} /> : null}
    <Period report={r} asked={asked} error={error} />
    {r.figures.envois.value ? <Results report={r} /> : <Nothing report={r} />}
    <WebinarSection
      report={r.webinars}
      campaign={r.campaign.slug}
      drawn={r.figures.envois.value ? interestByLevel(r.webinars) : []}
    />
    <Section title="À savoir en lisant ces chiffres">
      <Prose>
        <ul>
          {[...r.notes, ...r.webinars.notes].map((note) => (
            <li>{note}</li>
          ))}
        </ul>
      </Prose>
    </Section>
  </>
);

const day = (text: string): string => longDate(parseParis(text) ?? new Date(text));

function headline({ figures: f, webinars }: Report): string {
  const registered = webinars.figures?.inscriptions.value ?? 0;
  if (!f.envois.value && registered > 0)
    return `Aucun envoi, ${number(registered)} ${registered < 2 ? 'inscription' : 'inscriptions'} aux webinaires.`;
  if (!f.envois.value) return 'Rien n’est parti dans cette période.';
  const touched = f.touches.value ?? 0;
  const clicks = f.clics.value ?? 0;
  return `${number(touched)} ${touched < 2 ? 'destinataire touché' : 'destinataires touchés'}, ${number(clicks)} ${clicks < 2 ? 'clic retenu' : 'clics retenus'}.`;
}

const Period = ({ report: r, asked, error }: ReportProps) => {
  const query = new URLSearchParams({ du: r.window.from, au: r.window.to });
  const fields = error?.fields.map((e) => ({ ...e, field: e.field === 'from' ? 'du' : 'au' }));
  return (
    <Section title="La période">
      {error && <ErrorSummary errors={fields} message={error.message} />}
      <form method="get" action={`/campagnes/${r.campaign.slug}/rapport`}>
        <FieldRow>
          <Field
            name="du"
            label="Du"
            kind="date"
            bare
            value={asked.from ?? r.window.from}
            error={errorOf(fields, 'du')}
          />
          <Field name="au" label="Au" kind="date" bare value={asked.to ?? r.window.to} error={errorOf(fields, 'au')} />
          <Button>Recompter</Button>
        </FieldRow>
      </form>
      <Acts>
        <ButtonLink href={`/campagnes/${r.campaign.slug}/rapport.csv?${query}`} download quiet>
          Télécharger en CSV (tableur)
        </ButtonLink>
        <ButtonLink href={`/campagnes/${r.campaign.slug}/rapport.json?${query}`} download quiet>
          Télécharger en JSON (données)
        </ButtonLink>
      </Acts>
    </Section>
  );
};

const Nothing = ({ report: r }: { report: Report }) => (
  <Section title="Les résultats">
    <Empty
      title="Aucun envoi dans cette période."
      act={{ href: `/campagnes/${r.campaign.slug}`, label: 'Voir les envois' }}
    >
      <p>
        Élargissez la période, ou attendez le premier envoi : les chiffres viendront ici, par niveau, par organisation,
        par lien et par jour.
      </p>
    </Empty>
  </Section>
);

const Essentials = ({ report: r }: { report: Report }) => (
  <Section title="L’essentiel">
    <MainThree figures={r.figures} />
    <Figures>
      <Figure label="envois" figure={shown(r.figures.envois)} />
      <Figure label="envois par mois" figure={shown(r.figures.frequence)} />
      <Figure label="clics pour 100 distribués" figure={shown(r.figures.clicsPour100)} />
    </Figures>
    <Targets report={r} />
  </Section>
);

const Results = ({ report: r }: { report: Report }) => {
  const level = tableOf(r, 'level');
  const links = tableOf(r, 'link');
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
      </Section>
      {links && links.rows.length > 0 && (
        <Section title="Lien par lien">
          {clicked ? (
            <TableBars table={links} measure="clics" id="barres-liens" whole />
          ) : (
            <>
              <p>Aucun clic retenu pour l’instant, sur aucun des {number(links.rows.length)} liens.</p>
              <TableFold table={links} />
            </>
          )}
        </Section>
      )}
      {r.tables
        .filter((t) => t.key === 'organisation' || t.key === 'region')
        .filter((t) => t.rows.length > 0)
        .map((t) => (
          <Section title={t.title}>
            <TableBars table={t} measure="distribues" id={`barres-${t.key}`} whole />
          </Section>
        ))}
      <Section title="Robots, douteux, retenus">
        <Classes report={r} />
      </Section>
    </>
  );
};

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

const CLASS_NAMES: Record<Report['classes'][number]['class'], string> = {
  scanner: 'robot',
  suspect: 'douteux',
  inconnu: 'retenu',
  qualifie: 'retenu',
  confirme: 'retenu',
};
