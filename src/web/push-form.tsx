import { longDate, parseParis, toParisField } from '../base/dates.ts';
import type { FieldError, Refusal } from '../base/errors.ts';
import { PHASE_NAMES, PHASES } from '../base/words.ts';
import type { Partner } from '../campaigns/queries.ts';
import type { Audience } from '../contacts/audience-queries.ts';
import type { PushInput } from '../pushes/schema.ts';
import type { Silence, Window } from '../pushes/timing.ts';
import type { formOf } from './page.tsx';
import {
  AnswerField,
  PROPOSED_TIMING,
  SilenceField,
  type TimingValues,
  timingFields,
  timingFrom,
  timingOf,
  WindowFields,
} from './push-timing.tsx';
import { nextDates, RepeatFields, type RepeatValues, recurrenceOf, repeatFrom, repeatOf } from './recurrence-form.tsx';
import { Choices, errorOf, Field } from './ui/fields.tsx';

/** When a push leaves, to whom and under whose names: the same fields for a new one and for an existing one. */

export type PushValues = RepeatValues &
  TimingValues & {
    titre: string;
    audience: string;
    signataires: string[];
    date: string;
    echeance: string;
    phase: string;
  };

type Form = Awaited<ReturnType<typeof formOf>>;

export const valuesOf = (form: Form): PushValues => ({
  titre: form.text('titre'),
  audience: form.text('audience'),
  signataires: form.all('signataires'),
  date: form.text('date'),
  echeance: form.text('echeance'),
  phase: form.text('phase') || 'pendant',
  ...timingOf(form),
  ...repeatOf(form),
});

export const NOTHING_YET: PushValues = {
  titre: '',
  audience: '',
  signataires: [],
  date: '',
  echeance: '',
  phase: 'pendant',
  ...PROPOSED_TIMING,
  ...repeatFrom(null),
};

type Settings = {
  title: string;
  audience: { slug: string };
  signatories: readonly { slug: string }[];
  scheduledAt: Date | null;
  deadlineAt: Date | null;
  recurrence: string | null;
  window: Window | null;
  answerBy: Date | null;
  silence: Silence;
  phase: string;
};

export const valuesFrom = (p: Settings): PushValues => ({
  titre: p.title,
  audience: p.audience.slug,
  signataires: p.signatories.map((s) => s.slug),
  date: p.scheduledAt ? toParisField(p.scheduledAt) : '',
  echeance: p.deadlineAt ? toParisField(p.deadlineAt) : '',
  phase: p.phase,
  ...timingFrom(p),
  ...repeatFrom(p.recurrence),
});

/** What this form says of a push; the verb's input with its content. */
export type PushSettings = Pick<
  PushInput,
  'title' | 'audience' | 'scheduledAt' | 'deadlineAt' | 'recurrence' | 'window' | 'answerBy' | 'silence'
> & {
  signatories: string[];
  phase: string;
};

/** The settings, or what is wrong with the dates; `now` refuses to plan in the past, except what was planned before. */
export function pushFields(
  v: PushValues,
  now: Date,
  before: { scheduledAt: Date | null; deadlineAt: Date | null; answerBy: Date | null } | null = null,
): { input: PushSettings; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const instant = (field: 'date' | 'echeance', known: Date | null | undefined): Date | null => {
    if (!v[field]) return null;
    const at = parseParis(v[field]);
    if (!at) errors.push({ field, message: 'Donnez une date et une heure qui existent.' });
    else if (at <= now && at.getTime() !== known?.getTime())
      errors.push({
        field,
        message:
          field === 'date'
            ? 'Cette date est passée : choisissez-en une à venir.'
            : 'Cette échéance est passée : plus rien ne partirait.',
      });
    return at;
  };
  const { recurrence, errors: unclear } = recurrenceOf(v, now);
  errors.push(...unclear);
  const deadlineAt = instant('echeance', before?.deadlineAt);
  // Only its end being new can leave a series without any issue: one that is over may still be renamed.
  const ends = deadlineAt && deadlineAt > now && deadlineAt.getTime() !== before?.deadlineAt?.getTime();
  if (recurrence && ends && !nextDates(recurrence, now, deadlineAt).length)
    errors.push({ field: 'echeance', message: 'Aucun numéro de cette série ne part avant cette échéance.' });
  const series = v.repetition !== 'jamais';
  const scheduledAt = series ? null : instant('date', before?.scheduledAt);
  const input = {
    title: v.titre,
    audience: v.audience,
    signatories: v.signataires,
    phase: v.phase,
    scheduledAt,
    deadlineAt,
    recurrence,
    ...timingFields(v, errors, { scheduledAt, series, now, before }),
  };
  return { input, errors };
}

const NAMES: Record<string, string> = {
  title: 'titre',
  audience: 'audience',
  signatories: 'signataires',
  scheduledAt: 'date',
  deadlineAt: 'echeance',
  recurrence: 'repetition',
  window: 'periode',
  answerBy: 'reponse',
  phase: 'phase',
};

/** The refusal's fields under the names of this form. */
export const formErrors = (error: Refusal): FieldError[] =>
  error.fields.map((f) => ({ ...f, field: NAMES[f.field] ?? f.field }));

type FieldsProps = {
  values: PushValues;
  errors?: readonly FieldError[];
  partners: readonly Partner[];
  audiences: readonly Pick<Audience, 'slug' | 'name'>[];
  /** One issue of a series: it has its date and repeats nothing itself. */
  issue?: boolean;
  /** It is submitted: what a change would ask again is said. */
  submitted?: boolean;
};

export const PushFields = ({ values: v, errors, partners, audiences, issue, submitted = false }: FieldsProps) => (
  <>
    <Field
      name="titre"
      label="Nom de l’envoi"
      hint="Pour vous et vos partenaires ; les destinataires lisent l’objet du message."
      value={v.titre}
      error={errorOf(errors, 'titre')}
      required
      maxlength={160}
    />
    <Field
      name="audience"
      label="Audience"
      kind="select"
      value={v.audience}
      error={errorOf(errors, 'audience')}
      required
      options={[
        { value: '', label: 'Choisir une audience' },
        ...audiences.map((a) => ({ value: a.slug, label: a.name })),
      ]}
    />
    <Choices
      name="signataires"
      label="Qui signe"
      hint="Chacune écrit à ses propres contacts, sous son nom, et valide ce qui part."
      kind="checkbox"
      value={v.signataires}
      error={errorOf(errors, 'signataires')}
      options={partners
        // One that leaves signs nothing new; where it had signed, it is told that it no longer counts.
        .filter((p) => p.role !== 'relais' && (!p.withdrawnAt || v.signataires.includes(p.slug)))
        .map((p) => ({
          value: p.slug,
          label: p.name,
          hint: p.withdrawnAt ? `Retrait de la campagne le ${longDate(p.withdrawnAt)}.` : undefined,
        }))}
    />
    {issue ? (
      <Departure values={v} errors={errors} submitted={submitted} />
    ) : (
      <RepeatFields values={v} errors={errors} once={<Departure values={v} errors={errors} submitted={submitted} />} />
    )}
    <SilenceField values={v} errors={errors} />
    <Field
      name="echeance"
      label="Échéance"
      kind="datetime-local"
      hint="Ce qui n’est pas parti à cette heure ne part plus. Pour une série : plus de numéro ensuite."
      value={v.echeance}
      error={errorOf(errors, 'echeance')}
    />
    <Choices
      name="phase"
      label="Moment de la campagne"
      inline
      bare
      value={v.phase}
      options={PHASES.map((phase) => ({ value: phase, label: PHASE_NAMES[phase] }))}
    />
  </>
);

type DepartureProps = Pick<FieldsProps, 'values' | 'errors'> & { submitted: boolean };

const Departure = ({ values, errors, submitted }: DepartureProps) => (
  <>
    <Field
      name="date"
      label="Départ"
      kind="datetime-local"
      hint="Heure de Paris. Sans date, l’envoi part quand vous le dites."
      value={values.date}
      error={errorOf(errors, 'date')}
    />
    <WindowFields values={values} errors={errors} submitted={submitted} />
    <AnswerField values={values} errors={errors} submitted={submitted} />
  </>
);
