import type { Child } from 'hono/jsx';
import { shortDateTime } from '../base/dates.ts';
import type { Table } from '../reports/tables.ts';
import type { ReportedWebinar, WebinarReport } from '../reports/webinars.ts';
import { WEBINAR_STATE_NAMES } from '../webinars/schema.ts';
import { shown, TableBars, TableFold } from './report-parts.tsx';
import { Prose, Row, Rows, Section } from './ui/components.tsx';
import { Figure, Figures, number } from './ui/figures.tsx';
import { webinarUrl } from './webinar-words.tsx';

/** What webinars brought, in the report of a campaign and on the page of one of them. */

export const WebinarSection = ({ report: r, campaign }: { report: WebinarReport; campaign: string }) =>
  r.figures ? (
    <>
      <WebinarEssentials report={r} title="Les webinaires">
        <Rows label="Webinaires, dans l’ordre des dates">
          {r.webinars.map((w) => (
            <Row
              when={shortDateTime(new Date(w.startsAt))}
              datetime={w.startsAt}
              what={w.title}
              href={webinarUrl(campaign, w.slug)}
              meta={[w.organisation, WEBINAR_STATE_NAMES[w.state], inWords(w)].filter(Boolean).join(' · ')}
            />
          ))}
        </Rows>
        <TableFold table={tableOfAll(r)} />
      </WebinarEssentials>
      <WebinarBreakdown report={r} />
    </>
  ) : null;

const inWords = ({ figures: f }: ReportedWebinar): string =>
  [
    f.inscriptions.value
      ? `${number(f.inscriptions.value)} ${f.inscriptions.value < 2 ? 'inscription' : 'inscriptions'}`
      : '',
    f.presents.value === null ? '' : `${number(f.presents.value)} ${f.presents.value < 2 ? 'présent' : 'présents'}`,
    f.satisfaction.value === null ? '' : `${number(f.satisfaction.value)} sur 5`,
  ]
    .filter(Boolean)
    .join(', ');

const COLUMNS = [
  'invitations',
  'pageVues',
  'inscriptions',
  'inscrits',
  'attente',
  'annulations',
  'presents',
  'minutes',
  'minutesMediane',
  'revoir',
  'satisfaction',
  'reponses',
] as const satisfies Table['columns'];

/** Every figure of every webinar, one line each. */
const tableOfAll = ({ webinars }: WebinarReport): Table => ({
  key: 'registered-webinar',
  title: 'Par webinaire',
  counted: 'Chaque ligne est un webinaire.',
  columns: [...COLUMNS],
  rows: webinars.map((w) => ({ key: w.slug, label: w.title, figures: w.figures })),
});

/** Invited, registered, present, what they saw again and what they say. */
export const WebinarEssentials = (p: { report: WebinarReport; title: string; children?: Child }) => {
  const f = p.report.figures;
  if (!f) return null;
  return (
    <Section title={p.title}>
      <Figures>
        <Figure label="invitations distribuées" figure={shown(f.invitations)} />
        <Figure label="inscriptions" figure={shown(f.inscriptions)} />
        <Figure label="présents" figure={shown(f.presents, f.presentsJusqua)} />
        <Figure label="minutes par présent (médiane)" figure={shown(f.minutesMediane)} />
      </Figures>
      <Figures>
        <Figure label="consultations de la page" figure={shown(f.pageVues)} />
        <Figure label="ouvertures de l’enregistrement" figure={shown(f.revoir)} />
        <Figure
          label="satisfaction sur 5"
          figure={shown(f.satisfaction)}
          note={
            f.reponses.value === null
              ? undefined
              : `${number(f.reponses.value)} réponses${f.tauxReponse.value === null ? '' : `, ${number(f.tauxReponse.value)}\u00a0% des personnes interrogées`}`
          }
        />
        <Figure label="noms hors inscrits" figure={shown(f.horsInscrits)} />
      </Figures>
      {p.children}
    </Section>
  );
};

/** By level, public, organisation, channel, type of relay and region, for what was held. */
export const WebinarBreakdown = ({ report: r }: { report: WebinarReport }) => (
  <>
    {r.tables.map((table) => {
      const [measure] = table.columns;
      return measure ? (
        <Section title={table.title}>
          <TableBars table={table} measure={measure} id={`webinaires-${table.key}`} whole />
        </Section>
      ) : null;
    })}
    <Prose>
      <ul>
        {r.notes.map((note) => (
          <li>{note}</li>
        ))}
      </ul>
    </Prose>
  </>
);
