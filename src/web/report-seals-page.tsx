import { longDate, longDateTime, toParisDay } from '../base/dates.ts';
import type { Refusal } from '../base/errors.ts';
import type { ComparedLine } from '../reports/compare.ts';
import type { SealPage as Sealed, SealsPage as Seals } from '../seals/read-seals.ts';
import { quarterOf } from '../seals/schema.ts';
import { capital } from './capital.ts';
import { ComparedSections, Warnings } from './report-compare-page.tsx';
import { day, ViewTabs } from './report-pages.tsx';
import type { ReportPlace } from './report-place.ts';
import { Button, Csrf, Empty, Facts, PageHead, Prose, Row, Rows, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';

/** « 3e trimestre 2026 », of the first day of it. */
const nameOf = (from: string): string => {
  const [year = '', month = '1'] = from.split('-');
  return quarterOf(`${year}-T${Math.ceil(Number(month) / 3)}`)?.label ?? from;
};

type SealsProps = { seals: Seals; place: ReportPlace; csrf: string; error?: Refusal };

export const SealsPage = ({ seals: s, place, csrf, error }: SealsProps) => (
  <>
    <PageHead
      {...(place.back ? { back: place.back } : {})}
      kicker={s.campaign.name}
      title="Les trimestres scellés."
      lead="Les chiffres d’un trimestre clos, gardés comme ils étaient, à côté de ce qu’un nouveau comptage en dit."
    />
    <ViewTabs place={place} view="sceaux" />
    <Section title="Scellés">
      {s.seals.length > 0 ? (
        <Rows label="Trimestres scellés, le dernier en premier">
          {s.seals.map((seal) => (
            <Row
              when={longDate(seal.sealedAt)}
              datetime={toParisDay(seal.sealedAt)}
              what={capital(nameOf(seal.from))}
              href={`${place.base}/sceaux/${seal.id}`}
              meta={`du ${day(seal.from)} au ${day(seal.to)} · règles version ${seal.ruleVersion}`}
            />
          ))}
        </Rows>
      ) : (
        <Empty title="Rien n’est scellé.">
          <p>
            {s.leads
              ? 'Scellez un trimestre quand vous rendez ses chiffres : ce que vous avez rendu restera lisible, même si les règles changent.'
              : 'Le pilote scelle les trimestres pour les personnes de son organisation. Vos propres chiffres se gardent par les fichiers du rapport.'}
          </p>
        </Empty>
      )}
    </Section>
    {s.maySeal && (
      <Section title="Sceller un trimestre clos">
        {error && <ErrorSummary errors={error.fields} message={error.message} />}
        {s.open.length > 0 ? (
          <>
            <Prose>
              <p>Un trimestre ne se scelle qu’une fois : relisez d’abord son rapport. Rien n’est envoyé à personne.</p>
            </Prose>
            <form method="post" action={`${place.base}/sceaux`}>
              <Csrf token={csrf} />
              <Field
                name="quarter"
                label="Trimestre"
                kind="select"
                required
                error={errorOf(error?.fields, 'quarter')}
                options={s.open.map((q) => ({ value: q.name, label: capital(q.label) }))}
              />
              <Button primary>Sceller ces chiffres</Button>
            </form>
          </>
        ) : (
          <p>Aucun trimestre clos n’attend d’être scellé.</p>
        )}
      </Section>
    )}
  </>
);

const HEADS = { first: 'Scellé', second: 'Recompté aujourd’hui', difference: 'Écart' };

/** A figure that is said on one side only has moved too. */
const hasMoved = ({ first, second }: ComparedLine): boolean => (first?.value ?? null) !== (second?.value ?? null);

/** A seal beside a recount: what differs is what changed since, and the rules are the first thing that may have. */
export const SealPage = ({ page: p, place }: { page: Sealed; place: ReportPlace }) => {
  const moved = p.comparison.tables.flatMap((t) => t.lines).filter(hasMoved);
  return (
    <>
      <PageHead
        back={{ href: `${place.base}/sceaux`, label: 'Trimestres scellés' }}
        kicker={p.campaign.name}
        title={`${capital(nameOf(p.seal.from))} : ${moved.length === 0 ? 'les chiffres n’ont pas bougé.' : moved.length === 1 ? 'un chiffre a bougé.' : `${moved.length} chiffres ont bougé.`}`}
      />
      <Section title="Le sceau">
        <Facts
          items={[
            ['Période', `du ${day(p.seal.from)} au ${day(p.seal.to)}, heure de Paris`],
            ['Scellé', `${longDateTime(p.seal.sealedAt)}, par ${p.seal.sealedBy}`],
            ['Règles', `version ${p.seal.ruleVersion}`],
            [
              'Contenu',
              p.intact
                ? 'intact : rien n’y a changé depuis le jour du sceau'
                : 'ALTÉRÉ : ce n’est plus ce qui a été scellé',
            ],
            ['Empreinte (SHA-256)', p.sha256],
          ]}
        />
      </Section>
      <Warnings warnings={p.comparison.warnings} />
      <ComparedSections tables={p.comparison.tables} heads={HEADS} first={hasMoved} others="Ce qui n’a pas bougé" />
    </>
  );
};
