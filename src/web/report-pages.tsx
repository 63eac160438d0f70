import { longDate, parseParis } from '../base/dates.ts';
import type { Refusal } from '../base/errors.ts';
import type { Indicator } from '../reports/indicators.ts';
import type { Report } from '../reports/report.ts';
import type { Table } from '../reports/tables.ts';
import { FirstScreen, headline } from './report-first.tsx';
import { TableBars, Targets } from './report-parts.tsx';
import { FORMAT_NAMES, type ReportPlace, type ReportView, VIEW_NAMES, viewUrl } from './report-place.ts';
import { ReportTable, StatedTable } from './report-table.tsx';
import { WatchedSection } from './report-watched.tsx';
import { Acts, Button, ButtonLink, Empty, Facts, PageHead, Prose, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { Tabs } from './ui/flow.tsx';

export type ReportProps = {
  report: Report;
  place: ReportPlace;
  asked: { from?: string | undefined; to?: string | undefined };
  error?: Refusal;
};

/** What evaluators count, each figure open on how it was counted. */
export const ReportPage = ({ report: r, place, asked, error }: ReportProps) => (
  <>
    <ReportHead report={r} place={place} view="indicateurs" title={headline(r)} />
    {!error && <FirstScreen report={r} place={place} />}
    <Period report={r} place={place} asked={asked} error={error} view="indicateurs" />
    {r.targets.length > 0 && (
      <Section title="Les cibles" id="cibles">
        <Targets report={r} titled />
      </Section>
    )}
    {r.indicators.map((indicator) => (
      <IndicatorSection indicator={indicator} />
    ))}
    <WatchedSection report={r.pages} campaign={place.signedIn ? r.campaign.slug : null} />
    <Means tables={r.means} />
    <NotMeasured report={r} />
    <Notes notes={[...r.notes, ...r.webinars.notes]} />
  </>
);

/** The opening of every view of a report, with the way to the others. */
export const ReportHead = (p: { report: Report; place: ReportPlace; view: ReportView; title: string }) => (
  <>
    <PageHead
      {...(p.place.back ? { back: p.place.back } : {})}
      kicker={`Rapport du ${day(p.report.window.from)} au ${day(p.report.window.to)}`}
      title={p.title}
      lead={
        // Who signed in reads it at the head of every page.
        p.report.simulated && !p.place.signedIn
          ? 'Démonstration : les messages sont remis à une boîte d’essai, personne ne les a reçus.'
          : undefined
      }
    />
    <ViewTabs place={p.place} view={p.view} />
  </>
);

export const ViewTabs = ({ place, view }: { place: ReportPlace; view: ReportView }) => (
  <Tabs
    label="Le rapport"
    tabs={place.views.map((v) => ({ href: viewUrl(place, v), label: VIEW_NAMES[v], current: v === view }))}
  />
);

export const day = (text: string): string => longDate(parseParis(text) ?? new Date(text));

/** Which days are counted, and the files of the same figures. */
export const Period = ({ report: r, place, asked, error, view }: ReportProps & { view: ReportView }) => {
  const query = new URLSearchParams({ du: r.window.from, au: r.window.to });
  const fields = error?.fields.map((e) => ({ ...e, field: e.field === 'from' ? 'du' : 'au' }));
  return (
    <Section title="La période">
      {error && <ErrorSummary errors={fields} message={error.message} />}
      <form method="get" action={viewUrl({ base: place.base, query: '' }, view)}>
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
        {place.formats.map((format) => (
          <ButtonLink href={`${place.file}.${format}?${query}`} download quiet>
            {FORMAT_NAMES[format]}
          </ButtonLink>
        ))}
      </Acts>
      {!place.formats.includes('pdf') && (
        <p class="meta">
          Pour un PDF : ouvrez la page à imprimer dans votre navigateur, puis « Imprimer » et « Enregistrer en PDF ».
        </p>
      )}
    </Section>
  );
};

export const Nothing = ({ report: r, place }: Pick<ReportProps, 'report' | 'place'>) => (
  <Section title="Les résultats">
    <Empty
      title="Aucun envoi dans cette période."
      {...(place.signedIn ? { act: { href: `/campagnes/${r.campaign.slug}`, label: 'Voir les envois' } } : {})}
    >
      <p>
        Élargissez la période, ou attendez le premier envoi : les chiffres viendront ici, par niveau, par organisation,
        par lien et par jour.
      </p>
    </Empty>
  </Section>
);

/** Tables that read better drawn, and by which measure. */
const DRAWN: Record<string, Table['columns'][number]> = { kind: 'touches', formats: 'supports', used: 'usage' };

const IndicatorSection = ({ indicator: { title, question, tables, key } }: { indicator: Indicator }) => (
  <Section title={title} id={key}>
    <p>{question}</p>
    {tables.length === 0 && (
      <p class="meta">
        Rien n’est compté dans cette période : <a href="#non-mesure">voici pourquoi</a>.
      </p>
    )}
    {tables.map((table) => {
      const measure = DRAWN[table.key];
      return measure ? (
        <TableBars table={table} measure={measure} id={`${key}-${table.key}`} whole />
      ) : (
        <ReportTable table={table} />
      );
    })}
  </Section>
);

const Means = ({ tables }: { tables: readonly Table[] }) => (
  <Section title="Les moyens" note="à côté des chiffres, jamais divisés par eux" id="moyens">
    {tables.length === 0 && <p class="meta">Aucun montant n’est déclaré, aucune action non plus.</p>}
    {tables.map((table) => (table.key === 'declared' ? <StatedTable table={table} /> : <ReportTable table={table} />))}
  </Section>
);

const NotMeasured = ({ report: r }: { report: Report }) => (
  <Section title="Ce qui n’a pas été mesuré, et pourquoi" id="non-mesure">
    <Facts items={r.unmeasured.map((u) => [u.what, u.why] as const)} />
  </Section>
);

export const Notes = ({ notes }: { notes: readonly string[] }) => (
  <Section title="À savoir en lisant ces chiffres">
    <Prose>
      <ul>
        {notes.map((note) => (
          <li>{note}</li>
        ))}
      </ul>
    </Prose>
  </Section>
);
