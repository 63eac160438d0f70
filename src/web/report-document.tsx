import { longDateTime } from '../base/dates.ts';
import { DEFINITIONS } from '../reports/definitions.ts';
import type { Report } from '../reports/report.ts';
import { sheetsOf } from '../reports/report-tables.ts';
import type { Table } from '../reports/tables.ts';
import { capital } from './capital.ts';
import { FirstScreen, headline } from './report-first.tsx';
import { day } from './report-pages.tsx';
import { LevelBars, TableBars, Targets, tableOf } from './report-parts.tsx';
import { leftOutOf, StatedTable, TableRows } from './report-table.tsx';
import { Sayings } from './report-watched.tsx';
import { Facts, PageHead, Prose, Section } from './ui/components.tsx';
import { DataTable } from './ui/table.tsx';

/** The whole report, to print, to keep, to turn into a PDF. */
export const Document = ({ report: r }: { report: Report }) => {
  const level = tableOf(r, 'level');
  const kinds = r.indicators.flatMap((i) => i.tables).find((t) => t.key === 'kind');
  const indicators = new Set(r.indicators.map((i) => i.title));
  const sections = Map.groupBy(
    sheetsOf(r).filter((s) => !['main', 'targets'].includes(s.table.key) && !indicators.has(s.section)),
    (s) => s.section,
  );
  return (
    <main id="contenu">
      <PageHead
        kicker={`${r.campaign.name}, rapport du ${day(r.window.from)} au ${day(r.window.to)}`}
        title={headline(r)}
        lead={
          r.simulated
            ? 'Démonstration : les messages sont remis à une boîte d’essai, personne ne les a reçus.'
            : undefined
        }
      />
      <FirstScreen report={r} place={null} />
      {r.targets.length > 0 && (
        <Section title="Les cibles" id="cibles">
          <Targets report={r} titled plain />
        </Section>
      )}
      {r.figures.envois.value ? <Glance level={level} kinds={kinds} /> : null}
      {r.indicators.map(({ key, title, question, tables }) => (
        <Section title={title} id={key}>
          <p>{question}</p>
          {tables.length === 0 && (
            <p class="meta">Rien n’est compté dans cette période : la raison est dite plus bas.</p>
          )}
          {tables.map((table) => (
            <DocumentTable table={table} />
          ))}
        </Section>
      ))}
      {[...sections].map(([title, sheets]) => (
        <Section title={title} {...(IDS[title] ? { id: IDS[title] } : {})}>
          {sheets.map(({ table }) => (
            <DocumentTable table={table} />
          ))}
        </Section>
      ))}
      {r.pages.pages.length > 0 && (
        <Section title="Ce qu’on peut dire des pages des autres">
          <Sayings report={r.pages} />
        </Section>
      )}
      <Section title="Ce qui n’a pas été mesuré, et pourquoi" id="non-mesure">
        <Facts items={r.unmeasured.map((u) => [u.what, u.why] as const)} />
      </Section>
      <Method report={r} />
    </main>
  );
};

const Glance = ({ level, kinds }: { level: Table | undefined; kinds: Table | undefined }) => (
  <Section title="Niveaux et publics">
    {level && level.rows.length > 0 && (
      <LevelBars table={level} measure="distribues" beside={<Under table={level} />} />
    )}
    {kinds && kinds.rows.length > 0 && (
      <TableBars table={kinds} measure="touches" id="publics" beside={<Under table={kinds} />} />
    )}
  </Section>
);

/** Where the contents lead. */
const IDS: Record<string, string> = { Moyens: 'moyens', 'Pages et visites': 'pages' };

/** Lines by day and by link are too many for paper: the workbook has them. */
const LONGEST = 60;

const DocumentTable = ({ table }: { table: Table }) => {
  if (table.columns.includes('declare')) return <StatedTable table={table} />;
  if (table.rows.length > LONGEST)
    return (
      <p class="meta">
        {table.title} : {table.rows.length} lignes, dans le classeur (XLSX) et le tableur (CSV).
      </p>
    );
  return (
    <div class={table.rows.length > SHORT ? undefined : 'kept'}>
      {table.columns.length > WIDE ? <Turned table={table} /> : <TableRows table={table} units />}
      <Under table={table} />
    </div>
  );
};

const WIDE = 8;
/** A table of no more lines than this stays on one sheet of paper. */
const SHORT = 20;

/** A table of more columns than a sheet of paper holds: its columns as lines. */
const Turned = ({ table }: { table: Table }) => (
  <DataTable
    caption={table.title}
    columns={[{ label: 'Chiffre' }, ...table.rows.map((row) => ({ label: capital(row.label), numeric: true }))]}
    rows={table.columns.map((c) => [DEFINITIONS[c].label, ...table.rows.map((row) => row.figures[c]?.value ?? '–')])}
  />
);

/** Sentences that stand under a table; more of them are read in the workbook, line by line. */
const FEW = 3;

/** What a table’s lines are, and what they leave out; the rest of how it is counted stands in « Méthode ». */
const Under = ({ table }: { table: Table }) => {
  const left = leftOutOf(table);
  return (
    <p class="meta">
      {table.counted}{' '}
      {left.length > FEW
        ? 'Ce que chaque nombre laisse de côté se lit dans le classeur, feuille « Méthode ».'
        : left.map(({ words, lines }) => `Écarté (${lines}) : ${words}`).join(' ')}
    </p>
  );
};

const Method = ({ report: r }: { report: Report }) => (
  <Section title="Méthode" id="methode" note={`règles version ${r.methods.version}`}>
    <Facts
      items={[
        ['Établi le', longDateTime(new Date(r.generatedAt))],
        ['Période', `du ${day(r.window.from)} au ${day(r.window.to)}, heure de Paris`],
        ['Partenaires', r.campaign.partners.map((p) => p.name).join(', ')],
        ...r.methods.settings.map((s) => [s.what, s.value] as const),
      ]}
    />
    <DataTable
      caption="Ce que compte chaque chiffre"
      columns={[{ label: 'Chiffre' }, { label: 'Unité' }, { label: 'Définition' }, { label: 'Source' }]}
      rows={r.methods.figures.map((f) => [f.label, f.unit, f.definition, f.source])}
    />
    <DataTable
      caption="Comment chaque requête est classée"
      columns={[{ label: 'Règle' }, { label: 'Classement' }]}
      rows={r.methods.rules.map((rule) => [rule.reason, rule.class])}
    />
    <Prose>
      <ul>
        {[...r.notes, ...r.webinars.notes].map((note) => (
          <li>{note}</li>
        ))}
      </ul>
    </Prose>
  </Section>
);
