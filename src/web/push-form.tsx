import { parseParis, toParisField } from '../base/dates.ts';
import type { FieldError, Refusal } from '../base/errors.ts';
import { PHASE_NAMES, PHASES } from '../base/words.ts';
import type { Partner } from '../campaigns/queries.ts';
import type { Audience } from '../contacts/audience-queries.ts';
import type { formOf } from './page.tsx';
import { Choices, errorOf, Field, FieldRow } from './ui/fields.tsx';

/** When a push leaves, to whom and under whose names: the same fields for a new one and for an existing one. */

export type PushValues = {
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
});

type Settings = {
  title: string;
  audience: { slug: string };
  signatories: readonly { slug: string }[];
  scheduledAt: Date | null;
  deadlineAt: Date | null;
  phase: string;
};

export const valuesFrom = (p: Settings): PushValues => ({
  titre: p.title,
  audience: p.audience.slug,
  signataires: p.signatories.map((s) => s.slug),
  date: p.scheduledAt ? toParisField(p.scheduledAt) : '',
  echeance: p.deadlineAt ? toParisField(p.deadlineAt) : '',
  phase: p.phase,
});

/** The verb's input, or what is wrong with the dates; `now` refuses to plan in the past, except what was planned before. */
export function pushFields(
  v: PushValues,
  now: Date,
  before: Date | null = null,
): { input: Record<string, unknown>; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const instant = (field: 'date' | 'echeance'): Date | null => {
    if (!v[field]) return null;
    const at = parseParis(v[field]);
    if (!at) errors.push({ field, message: 'Donnez une date et une heure qui existent.' });
    else if (at <= now && at.getTime() !== before?.getTime())
      errors.push({
        field,
        message:
          field === 'date'
            ? 'Cette date est passée : choisissez-en une à venir.'
            : 'Cette échéance est passée : plus rien ne partirait.',
      });
    return at;
  };
  const input = {
    title: v.titre,
    audience: v.audience,
    signatories: v.signataires,
    phase: v.phase,
    scheduledAt: instant('date'),
    deadlineAt: instant('echeance'),
  };
  return { input, errors };
}

const NAMES: Record<string, string> = {
  title: 'titre',
  audience: 'audience',
  signatories: 'signataires',
  scheduledAt: 'date',
  deadlineAt: 'echeance',
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
  /** A series has no date of its own. */
  recurring?: boolean;
};

export const PushFields = ({ values: v, errors, partners, audiences, recurring }: FieldsProps) => (
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
      options={partners.filter((p) => p.role !== 'relais').map((p) => ({ value: p.slug, label: p.name }))}
    />
    {!recurring && (
      <FieldRow>
        <Field
          name="date"
          label="Départ"
          kind="datetime-local"
          hint="Heure de Paris. Sans date, l’envoi part quand vous le dites."
          value={v.date}
          error={errorOf(errors, 'date')}
        />
        <Field
          name="echeance"
          label="Échéance"
          kind="datetime-local"
          hint="Ce qui n’est pas parti à cette heure ne part plus."
          value={v.echeance}
          error={errorOf(errors, 'echeance')}
        />
      </FieldRow>
    )}
    {recurring && <input type="hidden" name="echeance" value={v.echeance} />}
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
