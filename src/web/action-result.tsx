import { shortDate } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import type { Compared } from '../campaigns/action-compare.ts';
import type { ResultRow } from '../campaigns/action-queries.ts';
import { RESULT_UNIT_NAMES, RESULT_UNITS, type ResultUnit } from '../campaigns/action-schema.ts';
import { fullDays } from './calendar-words.tsx';
import type { formOf } from './page.tsx';
import { Acts, Button, Csrf, Empty, Row, Rows, Section, Todo } from './ui/components.tsx';
import { Check, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { State } from './ui/marks.tsx';

/** What people say an action brought: each statement with who says it, and those that do not agree side by side. */

export type TypedResult = { value: string; unit: string; from: string; to: string; source: string; note: string };

export const resultForm = (form: Awaited<ReturnType<typeof formOf>>): TypedResult => ({
  value: form.text('value'),
  unit: form.text('unit'),
  from: form.text('from'),
  to: form.text('to'),
  source: form.text('source'),
  note: form.text('note'),
});

/** « 9 000 » is nine thousand. */
export const resultOf = (typed: TypedResult): Record<string, unknown> => {
  const digits = typed.value.replace(/[\s\u00a0\u202f]/g, '');
  return { ...typed, value: /^\d{1,13}$/.test(digits) ? Number(digits) : Number.NaN };
};

type Props = { action: string; csrf: string; typed: TypedResult; errors?: readonly FieldError[]; doubt: boolean };

export const Results = ({ declared }: { declared: Compared }) => (
  <Section title="Ce que ça a donné, selon qui" note="déclaré, jamais ajouté aux clics mesurés">
    {declared.contradictions.map(({ a, b, why }) => (
      <Todo title={WHY[why]}>
        <p>
          {said(a)} ; {said(b)}.
        </p>
        <p>Les deux restent écrits. Qui peut trancher le déclare de nouveau, avec sa source.</p>
      </Todo>
    ))}
    {declared.results.length === 0 ? (
      <Empty title="Personne n’a encore rien déclaré.">
        <p>
          Un nombre ne vaut que par ce qui est compté, sur quelle période et d’après quelle source : les trois sont
          demandés.
        </p>
      </Empty>
    ) : (
      <Rows label="Déclarations, la première d’abord">
        {declared.results.map((r) => (
          <Row
            when={shortDate(r.declaredAt)}
            datetime={r.declaredAt.toISOString()}
            what={r.corrected ? <s>{amount(r)}</s> : amount(r)}
            meta={`${fullDays(r.from, r.to)}, d’après : ${r.source}. Déclaré par ${r.organisation.name}.${r.note ? ` ${r.note}` : ''}`}
            end={
              r.corrected ? (
                <State kind="off">corrigé depuis</State>
              ) : declared.contradictions.some((c) => c.a.id === r.id || c.b.id === r.id) ? (
                <State kind="stop">contredit</State>
              ) : undefined
            }
          />
        ))}
      </Rows>
    )}
  </Section>
);

const WHY: Record<Compared['contradictions'][number]['why'], string> = {
  valeur: 'Deux déclarations ne peuvent pas être vraies ensemble',
  unite: 'Le même nombre, dit de deux choses différentes',
  fenetre: 'Le même nombre, sur deux périodes différentes',
};
const unitText = (r: ResultRow): string => (r.unit === 'autre' ? `(${r.note})` : RESULT_UNIT_NAMES[r.unit]);
const amount = (r: ResultRow): string => `${number(r.value)} ${unitText(r)}`;
const said = (r: ResultRow): string =>
  `${r.organisation.name} : ${amount(r)}, ${fullDays(r.from, r.to)}, d’après « ${r.source} »`;

/** Where a statement is made. `doubt`: « personnes » was typed of what a machine counts. */
export const ResultForm = (p: Props) => (
  <Section title="Déclarer un résultat" id="resultat">
    <p>
      Ce que vous déclarez est écrit sous le nom de votre organisation, et reste. Pour corriger, déclarez de nouveau.
    </p>
    <ErrorSummary errors={p.errors} />
    <form method="post" action={p.action}>
      <Csrf token={p.csrf} />
      <FieldRow>
        <Field
          name="value"
          label="Combien"
          value={p.typed.value}
          error={errorOf(p.errors, 'value')}
          inputmode="numeric"
          required
        />
        <Field
          kind="select"
          name="unit"
          label="De quoi"
          value={p.typed.unit}
          error={errorOf(p.errors, 'unit')}
          required
          options={[
            { value: '', label: 'Choisissez' },
            ...RESULT_UNITS.map((value: ResultUnit) => ({ value, label: RESULT_UNIT_NAMES[value] })),
          ]}
        />
        <Field kind="date" name="from" label="Du" value={p.typed.from} error={errorOf(p.errors, 'from')} required />
        <Field kind="date" name="to" label="Au" value={p.typed.to} error={errorOf(p.errors, 'to')} required />
      </FieldRow>
      {p.doubt && (
        <Check
          name="sure"
          label="Ce sont bien des personnes différentes, comptées une par une"
          hint="La source ci-dessous doit le dire."
        />
      )}
      <Field
        name="source"
        label="D’après quoi"
        hint="Rapport de l’agence de telle date, comptage à l’entrée, statistiques du site de France Travail…"
        value={p.typed.source}
        error={errorOf(p.errors, 'source')}
        maxlength={300}
        size="full"
        required
      />
      <Field
        kind="textarea"
        name="note"
        label="Remarque"
        value={p.typed.note}
        error={errorOf(p.errors, 'note')}
        rows={2}
      />
      <Acts>
        <Button>Déclarer</Button>
      </Acts>
    </form>
  </Section>
);
