import type { FieldError } from '../base/errors.ts';
import { euros } from '../campaigns/budget-amount.ts';
import { type BudgetRow, overruns } from '../campaigns/budget-queries.ts';
import type { BudgetPage as Budget, BudgetSubject } from '../campaigns/budget-read.ts';
import type { Amounts } from '../campaigns/budget-schema.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { PlanTabs, planUrl } from './calendar-words.tsx';
import { CampaignTabs } from './campaign-pages.tsx';
import { listed, plural } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { State } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

/** A line as it is typed. `subject`: `campagne`, `envoi:lettre`, `action:salon`; empty: nothing is chosen yet. */
export type TypedBudget = { subject: string; planned: string; committed: string; paid: string; note: string };

type Props = {
  campaign: CampaignSheet;
  budget: Budget;
  organisation: number;
  csrf: string;
  typed: TypedBudget;
  errors?: readonly FieldError[];
};

export const BudgetPage = (p: Props) => {
  const { total, lines } = p.budget;
  return (
    <>
      <PageHead
        back={{ href: '/campagnes', label: 'Campagnes' }}
        kicker={p.campaign.name}
        title={
          lines.length
            ? `${euros(total.planned)} prévus, ${euros(total.committed)} engagés, ${euros(total.paid)} payés.`
            : 'Le budget de la campagne'
        }
        lead="Chaque organisation écrit ce qu’elle paie ; tous les partenaires lisent le total."
      />
      <CampaignTabs slug={p.campaign.slug} current="calendrier" mayReport />
      <PlanTabs slug={p.campaign.slug} current="budget" mayReadBudget />
      {lines.length === 0 ? (
        <Section title="Les montants">
          <Empty title="Aucun montant n’est écrit.">
            <p>Écrivez ce qui est prévu dès maintenant : ce qui est engagé, puis payé, viendra s’y comparer.</p>
          </Empty>
        </Section>
      ) : (
        <>
          <ByOrganisation {...p} />
          <Lines {...p} />
        </>
      )}
      <Missing {...p} />
      {p.budget.mayWrite && <BudgetForm {...p} />}
    </>
  );
};

const AMOUNTS = [
  { label: 'Prévu', numeric: true },
  { label: 'Engagé', numeric: true },
  { label: 'Payé', numeric: true },
];
const cells = (a: Amounts) => [euros(a.planned), euros(a.committed), euros(a.paid)];

const ByOrganisation = ({ budget: b }: Props) => (
  <Section title="Qui paie">
    <DataTable
      caption="Totaux par organisation, tels que chacune les écrit"
      columns={[{ label: 'Organisation' }, ...AMOUNTS, { label: 'À voir' }]}
      rows={b.byOrganisation.map(({ partner, lines, amounts }) => [
        partner.name,
        ...(lines ? cells(amounts) : ['–', '–', '–']),
        lines ? <Follows amounts={amounts} /> : <State kind="off">rien d’écrit</State>,
      ])}
      total={['Ensemble', ...cells(b.total), '']}
    />
  </Section>
);

/** Said, never refused. */
const Follows = ({ amounts }: { amounts: Amounts }) => {
  const over = overruns(amounts);
  return over.length ? (
    <State kind="todo">
      {listed(over.map((o) => (o === 'paye' ? 'plus de payé que d’engagé' : 'plus d’engagé que de prévu')))}
    </State>
  ) : null;
};

export const subjectOf = (b: Pick<BudgetRow, 'push' | 'action'>): string =>
  b.push ? `envoi:${b.push}` : b.action ? `action:${b.action}` : 'campagne';

const Lines = ({ campaign: c, budget: b, organisation }: Props) => (
  <Section title="Ligne par ligne">
    <DataTable
      caption="Ce que chaque organisation paie, pour quoi"
      columns={[{ label: 'Pour' }, { label: 'Organisation' }, ...AMOUNTS, { label: 'À voir' }]}
      rows={b.lines.map((line) => [
        <>
          {line.push ? (
            <a href={planUrl(c.slug, `envois/${line.push}`)}>{line.title}</a>
          ) : line.action ? (
            <a href={planUrl(c.slug, `actions/${line.action}`)}>{line.title}</a>
          ) : (
            'toute la campagne'
          )}
          {line.note && <p class="meta">{line.note}</p>}
        </>,
        line.organisation.name,
        ...cells(line),
        <LineEnd campaign={c.slug} line={line} own={b.mayWrite && line.organisationId === organisation} />,
      ])}
    />
  </Section>
);

const LineEnd = ({ campaign, line, own }: { campaign: string; line: BudgetRow; own: boolean }) =>
  own || overruns(line).length ? (
    <>
      <Follows amounts={line} />{' '}
      {own && (
        <a href={`${planUrl(campaign, 'budget')}?ligne=${encodeURIComponent(subjectOf(line))}#ecrire`}>
          Changer<span class="hidden"> : {line.title ?? 'toute la campagne'}</span>
        </a>
      )}
    </>
  ) : null;

const Missing = ({ campaign: c, budget: b }: Props) =>
  b.silent.length === 0 || b.subjects.length === 0 ? null : (
    <Section
      title="Ce qui manque"
      note={`${plural(b.silent.length, 'ligne', 'lignes')} sur ${b.subjects.length} sans aucun montant`}
    >
      <Rows label="Envois et actions sans montant">
        {b.silent.slice(0, MANY).map((s) => (
          <Row
            what={s.title}
            meta={s.kind}
            end={
              b.mayWrite ? (
                <a href={`${planUrl(c.slug, 'budget')}?ligne=${s.kind}:${s.slug}#ecrire`}>
                  Écrire un montant<span class="hidden"> : {s.title}</span>
                </a>
              ) : undefined
            }
          />
        ))}
      </Rows>
      {b.silent.length > MANY && <p class="meta">Et {b.silent.length - MANY} de plus.</p>}
    </Section>
  );

const MANY = 20;

const BudgetForm = ({ campaign: c, budget: b, typed, errors, csrf }: Props) => (
  <Section title="Écrire un montant de votre organisation" id="ecrire">
    <ErrorSummary errors={errors} />
    <form method="post" action={planUrl(c.slug, 'budget')}>
      <Csrf token={csrf} />
      <Field
        kind="select"
        name="subject"
        label="Pour quoi"
        hint="Une ligne que vous avez déjà écrite est remplacée."
        value={typed.subject}
        error={errorOf(errors, 'subject')}
        required
        options={[
          { value: '', label: 'Choisissez' },
          { value: 'campagne', label: 'toute la campagne' },
          ...b.subjects.map(option),
        ]}
      />
      <FieldRow>
        <Amount name="planned" label="Prévu" typed={typed.planned} errors={errors} />
        <Amount name="committed" label="Engagé" typed={typed.committed} errors={errors} />
        <Amount name="paid" label="Payé" typed={typed.paid} errors={errors} />
      </FieldRow>
      <p class="hint">En euros, comme 1 234,50. Tout vide : la ligne est retirée.</p>
      <Field
        name="note"
        label="Remarque"
        value={typed.note}
        error={errorOf(errors, 'note')}
        maxlength={500}
        size="full"
      />
      <Acts>
        <Button>Enregistrer</Button>
        <ButtonLink href={planUrl(c.slug, 'budget')} quiet>
          Annuler
        </ButtonLink>
      </Acts>
    </form>
  </Section>
);

const option = (s: BudgetSubject) => ({ value: `${s.kind}:${s.slug}`, label: `${s.kind} : ${s.title}` });

const Amount = (p: { name: string; label: string; typed: string; errors?: readonly FieldError[] }) => (
  <Field name={p.name} label={p.label} value={p.typed} error={errorOf(p.errors, p.name)} size="short" maxlength={20} />
);
