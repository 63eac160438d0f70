import type { Child } from 'hono/jsx';
import { shortDateTime } from '../base/dates.ts';
import type { Table } from '../reports/tables.ts';
import type { ReportedWebinar, WebinarReport } from '../reports/webinars.ts';
import { WEBINAR_STATE_NAMES } from '../webinars/schema.ts';
import { shown, TableBars } from './report-parts.tsx';
import { ReportTable } from './report-table.tsx';
import { Row, Rows, Section } from './ui/components.tsx';
import { Figure, Figures, number } from './ui/figures.tsx';
import { webinarUrl } from './webinar-words.tsx';

/** What webinars brought, in the report of a campaign and on the page of one of them. */

type WebinarSectionProps = { report: WebinarReport; campaign: string | null; drawn: readonly Table[] };

/** `drawn`: tables that stand elsewhere on the page. `campaign`: where the pages of the webinars are; null: not for this reader. */
export const WebinarSection = ({ report: r, campaign, drawn }: WebinarSectionProps) =>
  r.figures ? (
    <>
      <WebinarEssentials report={r} title="Les webinaires">
        <Rows label="Webinaires, dans l’ordre des dates">
          {r.webinars.map((w) => (
            <Row
              when={shortDateTime(new Date(w.startsAt))}
              datetime={w.startsAt}
              what={w.title}
              {...(campaign === null ? {} : { href: webinarUrl(campaign, w.slug) })}
              meta={[w.organisation, WEBINAR_STATE_NAMES[w.state], inWords(w)].filter(Boolean).join(' · ')}
            />
          ))}
        </Rows>
        {tablesOfAll(r).map((table) => (
          <ReportTable table={table} />
        ))}
      </WebinarEssentials>
      <WebinarBreakdown report={r} drawn={drawn} />
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

const BEFORE = ['invitations', 'pageVues', 'inscriptions', 'inscrits', 'attente', 'annulations'] as const;
const AFTER = ['presents', 'minutes', 'minutesMediane', 'revoir', 'satisfaction', 'reponses'] as const;

/** Every figure of every webinar, one line each; in two tables, for one would be wider than a screen. */
function tablesOfAll({ webinars }: WebinarReport): Table[] {
  const table = (key: string, title: string, columns: Table['columns']): Table => ({
    key,
    title,
    counted: 'Chaque ligne est un webinaire.',
    columns: [...columns],
    rows: webinars.map((w) => ({ key: w.slug, label: w.title, figures: w.figures })),
  });
  return [
    table('registered-webinar', 'Inscriptions par webinaire', [...BEFORE]),
    table('attended-webinar', 'Présence et suites par webinaire', [...AFTER]),
  ];
}

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
        {f.horsInscrits.value !== null && <Figure label="noms hors inscrits" figure={shown(f.horsInscrits)} />}
      </Figures>
      {p.children}
    </Section>
  );
};

const PARTS = [
  { title: 'Qui s’est inscrit', about: 'registered-' },
  { title: 'Qui est venu', about: 'attended-' },
  { title: 'Ce qu’ils en disent, ce qu’ils en font', about: 'satisfied-' },
] as const;

/** By level, public, organisation, channel, type of relay and region, for what was held. `drawn`: what stands elsewhere on the page. */
export const WebinarBreakdown = ({ report: r, drawn = [] }: { report: WebinarReport; drawn?: readonly Table[] }) => (
  <>
    {PARTS.map(({ title, about }) => {
      const tables = r.tables.filter(
        (t) => !drawn.includes(t) && (t.key.startsWith(about) || (t.key === 'used' && about === 'satisfied-')),
      );
      return tables.length > 0 ? (
        <Section title={title} note="webinaires tenus">
          {tables.map((table) => (
            <TableBars
              table={table}
              measure={table.columns[0] ?? 'inscriptionsTenus'}
              id={`webinaires-${table.key}`}
              whole
            />
          ))}
        </Section>
      ) : null;
    })}
  </>
);

/** What people went on to do, by level: beside what was sent to them, and what they clicked. */
export const interestByLevel = ({ tables }: WebinarReport): Table[] =>
  tables.filter((t) => t.key === 'registered-level' || t.key === 'attended-level');
