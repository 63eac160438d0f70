import type { Child } from 'hono/jsx';
import type { FieldError, Refusal } from '../base/errors.ts';
import { PUBLIC_NAMES } from '../base/words.ts';
import type { Analysis } from '../contacts/analyse-import.ts';
import { FIELD_NAMES, FIELDS } from '../contacts/headers.ts';
import type { KeptAnalysis } from '../contacts/read-imports-page.ts';
import type { ContactRow, ImportCounts } from '../contacts/schema.ts';
import { regionName } from './contacts-pages.tsx';
import { LevelAndPublic } from './import-form-page.tsx';
import { CountsTable, count, IMPORTS, ImportSteps, Lines, reading, SHOWN } from './import-pages.tsx';
import { Acts, Button, ButtonLink, Csrf, Facts, Fold, PageHead, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, fieldId } from './ui/fields.tsx';
import { Level } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

type AnalysisProps = {
  id: number;
  kept: KeptAnalysis;
  /** What was chosen on a form that comes back. */
  corrected?: { chosen: string[]; level: string; public: string; errors: FieldError[] };
  csrf: string;
};

/** What a file would do, before it does it. Where its columns are not understood, they come first. */
export const AnalysisView = (p: AnalysisProps) => {
  const { outcome } = p.kept;
  return (
    <>
      <PageHead
        title={
          outcome.kind === 'analysis'
            ? forecastTitle(outcome.analysis.report)
            : 'Il manque une indication pour lire ce fichier.'
        }
        lead={
          outcome.kind === 'analysis'
            ? `${p.kept.options.fileName} a été lu en entier ; rien n’est encore importé.`
            : missing(outcome.problem)
        }
        back={IMPORTS}
      >
        <ImportSteps current={2} />
      </PageHead>
      <ErrorSummary errors={p.corrected?.errors} />
      {outcome.kind === 'analysis' && <Forecast {...p} analysis={outcome.analysis} />}
      <Columns {...p} />
      {outcome.kind === 'problem' && <Abandon id={p.id} csrf={p.csrf} />}
    </>
  );
};

/** The refusal of the room speaks to commands too; here the level is a field of this very page. */
const missing = (problem: Refusal): string =>
  problem.code === 'level_missing'
    ? 'Il ne dit pas à quel niveau parler à ses contacts : choisissez-le sous la liste des colonnes.'
    : problem.message;

const forecastTitle = (r: ImportCounts): string =>
  r.created > 0
    ? `Ce fichier apporterait ${count(r.created, 'nouveau contact', 'nouveaux contacts')}.`
    : r.updated > 0
      ? `Ce fichier mettrait à jour ${count(r.updated, 'contact')}.`
      : 'Ce fichier ne changerait rien.';

const Forecast = ({ id, kept, analysis, csrf }: AnalysisProps & { analysis: Analysis }) => {
  const { report } = analysis;
  const of = (severity: 'rejected' | 'warned') =>
    report.lines.filter((line) => line.severity === severity).slice(0, SHOWN);
  return (
    <>
      <Section title="Ce qui changerait" action={{ href: '#colonnes', label: 'Corriger la lecture des colonnes' }}>
        <CountsTable counts={report} done={false} />
        <Facts items={remarks(kept, analysis)} />
        <form method="post" action={`/contacts/imports/${id}/depart`}>
          <Csrf token={csrf} />
          <Acts>
            <Button primary>{startLabel(report)}</Button>
            <Button quiet formaction={`/contacts/imports/${id}/abandon`}>
              Abandonner ce fichier
            </Button>
          </Acts>
        </form>
      </Section>
      {report.rejected > 0 && <Lines id={id} lines={of('rejected')} total={report.rejected} severity="rejected" />}
      {report.warned > 0 && <Lines id={id} lines={of('warned')} total={report.warned} severity="warned" />}
      {analysis.sample.length > 0 && (
        <Section title="Les premiers contacts, tels qu’ils seraient enregistrés">
          <Fold title={`voir les ${analysis.sample.length} premiers`}>
            <DataTable
              caption={`${analysis.sample.length} premiers contacts du fichier`}
              hiddenCaption
              columns={['Adresse', 'Nom', 'Structure', 'Niveau', 'Public', 'Région'].map((label) => ({ label }))}
              rows={analysis.sample.map(sampleRow)}
              compact
            />
          </Fold>
        </Section>
      )}
    </>
  );
};

const startLabel = (r: ImportCounts): string =>
  r.created + r.updated > 0 ? `Importer ${count(r.created + r.updated, 'contact')}` : 'Importer quand même ce fichier';

function remarks({ options }: KeptAnalysis, { report, personal, ignored }: Analysis): [string, Child][] {
  return [
    ['Avec un avertissement', count(report.warned, 'contact serait gardé', 'contacts seraient gardés')],
    [
      'Désinscrits ou opposés',
      report.suppressed === 0
        ? 'aucun dans ce fichier'
        : `${count(report.suppressed, 'contact')} : toujours écartés de vos envois`,
    ],
    ...(personal > 0
      ? [
          [
            'Messageries personnelles',
            `${count(personal, 'adresse')} : vérifiez que ces personnes attendent vos messages`,
          ] as [string, Child],
        ]
      : []),
    ['D’où viennent ces adresses', options.source],
    ['Lecture du fichier', reading(report)],
    ...(ignored.length > 0 ? [['Colonnes laissées de côté', ignored.join(', ')] as [string, Child]] : []),
  ];
}

const sampleRow = (c: ContactRow): Child[] => [
  c.address,
  [c.firstName, c.lastName].filter(Boolean).join(' ') || '–',
  [c.company, c.job].filter(Boolean).join(', ') || '–',
  <Level level={c.level} />,
  PUBLIC_NAMES[c.public],
  regionName(c.region),
];

/** Which column is which: recognised by its title, corrected by the person, remembered for the next file. */
const Columns = ({ id, kept, corrected, csrf }: AnalysisProps) => {
  // What is missing is marked beside its field from the start, and not only once the form was refused.
  const errors = corrected?.errors ?? (kept.outcome.kind === 'problem' ? kept.outcome.problem.fields : undefined);
  const fieldOf = (title: string): string => FIELDS.find((field) => kept.mapping[field] === title) ?? '';
  return (
    <Section title="Les colonnes du fichier" id="colonnes">
      <p>
        Chaque colonne a été reconnue à son titre. Corrigez ce qui ne l’est pas, puis relisez : le choix est retenu pour
        vos prochains fichiers.
      </p>
      <Fold title="corriger les colonnes" open={kept.outcome.kind === 'problem' || corrected !== undefined}>
        <form method="post" action={`/contacts/imports/${id}/correspondance`}>
          <Csrf token={csrf} />
          <DataTable
            caption="Colonnes du fichier et ce qu’elles deviennent"
            hiddenCaption
            columns={[{ label: 'Colonne' }, { label: 'Première valeur' }, { label: 'Devient' }]}
            rows={kept.columns.map(({ title, example }, i) => [
              title,
              example || '–',
              <ColumnChoice
                name={`colonne-${i}`}
                title={title}
                value={corrected?.chosen[i] ?? fieldOf(title)}
                error={errorOf(errors, `colonne-${i}`)}
              />,
            ])}
          />
          <LevelAndPublic
            level={corrected?.level ?? kept.options.level ?? ''}
            public={corrected?.public ?? kept.options.public ?? ''}
            errors={errors}
          />
          <Acts>
            <Button primary={kept.outcome.kind === 'problem'}>Relire le fichier</Button>
          </Acts>
        </form>
      </Fold>
    </Section>
  );
};

const ColumnChoice = (p: { name: string; title: string; value: string; error?: string | undefined }) => (
  <>
    {p.error && (
      <span class="error" id={`${fieldId(p.name)}-erreur`}>
        {p.error}
      </span>
    )}
    <select
      id={fieldId(p.name)}
      name={p.name}
      aria-label={`Ce que devient la colonne ${p.title}`}
      aria-invalid={p.error ? 'true' : undefined}
      aria-describedby={p.error ? `${fieldId(p.name)}-erreur` : undefined}
    >
      <option value="" selected={p.value === ''}>
        laissée de côté
      </option>
      {FIELDS.map((field) => (
        <option value={field} selected={p.value === field}>
          {FIELD_NAMES[field]}
        </option>
      ))}
    </select>
  </>
);

const Abandon = ({ id, csrf }: { id: number; csrf: string }) => (
  <form method="post" action={`/contacts/imports/${id}/abandon`}>
    <Csrf token={csrf} />
    <Acts>
      <Button quiet>Abandonner ce fichier</Button>
      <ButtonLink href={IMPORTS.href} quiet>
        Revenir aux imports
      </ButtonLink>
    </Acts>
  </form>
);
