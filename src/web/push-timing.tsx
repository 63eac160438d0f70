import { parseParis, toParisField } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import { proposedWindow, SILENCES, type Silence, type Window } from '../pushes/timing.ts';
import type { formOf } from './page.tsx';
import { Choices, errorOf, Field, FieldRow } from './ui/fields.tsx';

/** The window in which a push may leave, until when its signatories answer, and what their silence means: as questions. */

export type TimingValues = {
  periode: string;
  'periode-du': string;
  'periode-au': string;
  reponse: string;
  silence: string;
};

export const timingOf = (form: Awaited<ReturnType<typeof formOf>>): TimingValues => ({
  periode: form.text('periode') || 'exacte',
  'periode-du': form.text('periode-du'),
  'periode-au': form.text('periode-au'),
  reponse: form.text('reponse'),
  silence: form.text('silence') || 'rien_ne_part',
});

/** What a new push is offered. */
export const PROPOSED_TIMING: TimingValues = {
  periode: 'proposee',
  'periode-du': '',
  'periode-au': '',
  reponse: '',
  silence: 'rien_ne_part',
};

type Stored = { window: Window | null; answerBy: Date | null; silence: Silence };

/** A window that was saved is shown as it is: moving the date must not move it, which would ask everybody again. */
export const timingFrom = ({ window, answerBy, silence }: Stored): TimingValues => ({
  periode: window ? 'choisie' : 'exacte',
  'periode-du': window ? toParisField(window.from) : '',
  'periode-au': window ? toParisField(window.to) : '',
  reponse: answerBy ? toParisField(answerBy) : '',
  silence,
});

/** The answers as the verb takes them; what cannot be read goes into `errors`. A series has neither window nor date. */
export function timingFields(
  v: TimingValues,
  errors: FieldError[],
  p: { scheduledAt: Date | null; series: boolean; now: Date; before: Pick<Stored, 'answerBy'> | null },
): Stored {
  const instant = (field: keyof TimingValues): Date | null => {
    const at = v[field] ? parseParis(v[field]) : null;
    if (v[field] && !at) errors.push({ field, message: 'Donnez une date et une heure qui existent.' });
    return at;
  };
  const chosen = (): Window | null => {
    const [from, to] = [instant('periode-du'), instant('periode-au')];
    for (const field of ['periode-du', 'periode-au'] as const)
      if (!v[field]) errors.push({ field, message: 'Donnez les deux moments, ou choisissez une autre réponse.' });
    return from && to && { from, to };
  };
  const silence = SILENCES.find((s) => s === v.silence) ?? 'rien_ne_part';
  if (p.series) return { window: null, answerBy: null, silence };
  const answerBy = instant('reponse');
  if (answerBy && answerBy <= p.now && answerBy.getTime() !== p.before?.answerBy?.getTime())
    errors.push({ field: 'reponse', message: 'Cette date est passée : personne ne pourrait y répondre.' });
  return {
    window:
      v.periode === 'choisie'
        ? chosen()
        : v.periode === 'proposee' && p.scheduledAt
          ? proposedWindow(p.scheduledAt)
          : null,
    answerBy,
    silence,
  };
}

type FieldsProps = { values: TimingValues; errors: readonly FieldError[] | undefined; submitted: boolean };

export const WindowFields = ({ values: v, errors, submitted }: FieldsProps) => (
  <Choices
    name="periode"
    label="Période de départ"
    hint={`Ce que les signataires valident : entre ces deux moments, vous déplacez le départ sans rien leur redemander.${submitted ? ' Changer la période, elle, redemande toutes les validations.' : ''}`}
    bare
    value={v.periode}
    error={errorOf(errors, 'periode')}
    options={[
      {
        value: 'proposee',
        label: 'Autour de cette date',
        hint: 'De trois jours avant, 8 h, à sept jours après, 20 h. Ce qui n’est pas parti à la fin ne part plus.',
      },
      {
        value: 'choisie',
        label: 'Entre deux moments que je choisis',
        more: (
          <FieldRow>
            <Field
              name="periode-du"
              label="Du"
              kind="datetime-local"
              bare
              value={v['periode-du']}
              error={errorOf(errors, 'periode-du')}
            />
            <Field
              name="periode-au"
              label="Au"
              kind="datetime-local"
              bare
              value={v['periode-au']}
              error={errorOf(errors, 'periode-au')}
            />
          </FieldRow>
        ),
      },
      {
        value: 'exacte',
        label: 'À cette heure seulement',
        hint: 'Déplacer le départ redemande alors toutes les validations.',
      },
    ]}
  />
);

export const AnswerField = ({ values, errors, submitted }: FieldsProps) => (
  <Field
    name="reponse"
    label="Réponse attendue avant"
    kind="datetime-local"
    hint={`Sans date : avant l’heure de départ. Un rappel part à mi-chemin à qui n’a rien dit.${submitted ? ' Changer cette date demande de soumettre de nouveau ; les accords déjà donnés tiennent.' : ''}`}
    value={values.reponse}
    error={errorOf(errors, 'reponse')}
  />
);

export const SilenceField = ({ values, errors }: Omit<FieldsProps, 'submitted'>) => (
  <Choices
    name="silence"
    label="Si une signataire ne répond pas"
    hint="Le silence ne vaut jamais accord. Ce choix est écrit dans la demande."
    bare
    value={values.silence}
    error={errorOf(errors, 'silence')}
    options={[
      { value: 'rien_ne_part', label: 'Rien ne part, et tout le monde est prévenu' },
      {
        value: 'sans_elle',
        label: 'L’envoi part sans elle',
        hint: 'Rien n’est adressé à ses contacts. L’accord de votre organisation reste toujours nécessaire, et une demande de changement bloque le départ.',
      },
    ]}
  />
);
