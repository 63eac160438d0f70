import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, PHASE_NAMES, PHASES } from '../base/words.ts';
import { ACTION_KIND_NAMES, ACTION_KINDS, type ActionInput } from '../campaigns/action-schema.ts';
import { momentOf, type TypedMoment, typedMoment } from './calendar-dates.ts';
import type { formOf } from './page.tsx';
import { Acts, Button, ButtonLink, Csrf } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';

/** An action as it is typed. */
export type TypedAction = {
  kind: string;
  title: string;
  description: string;
  phase: string;
  levels: string[];
  start: TypedMoment;
  end: TypedMoment;
  place: string;
  url: string;
};

export const emptyAction = (day: string): TypedAction => ({
  kind: '',
  title: '',
  description: '',
  phase: 'pendant',
  levels: [],
  start: { day, hour: '' },
  end: { day: '', hour: '' },
  place: '',
  url: '',
});

export const typedAction = (a: ActionInput): TypedAction => ({
  ...a,
  start: typedMoment(a.startsAt),
  end: typedMoment(a.endsAt),
  url: a.url ?? '',
});

export const actionForm = (form: Awaited<ReturnType<typeof formOf>>): TypedAction => ({
  kind: form.text('kind'),
  title: form.text('title'),
  description: form.text('description'),
  phase: form.text('phase'),
  levels: form.all('levels'),
  start: { day: form.text('startsAt'), hour: form.text('startHour') },
  end: { day: form.text('endsAt'), hour: form.text('endHour') },
  place: form.text('place'),
  url: form.text('url'),
});

/** What the verb is given; a date that is none is left for it to refuse. */
export const actionOf = ({ start, end, url, ...typed }: TypedAction): Record<string, unknown> => ({
  ...typed,
  startsAt: momentOf(start) ?? undefined,
  endsAt: momentOf(end) === undefined ? 'illisible' : momentOf(end),
  url: url.trim() === '' ? null : url,
});

export const ActionForm = (p: {
  action: string;
  csrf: string;
  typed: TypedAction;
  errors?: readonly FieldError[];
  submit: string;
  back: string;
}) => (
  <>
    <ErrorSummary errors={p.errors} />
    <form method="post" action={p.action}>
      <Csrf token={p.csrf} />
      <Field
        kind="select"
        name="kind"
        label="Quoi"
        value={p.typed.kind}
        error={errorOf(p.errors, 'kind')}
        required
        options={[
          { value: '', label: 'Choisissez' },
          ...ACTION_KINDS.map((value) => ({ value, label: ACTION_KIND_NAMES[value] })),
        ]}
      />
      <Field
        name="title"
        label="En quelques mots"
        hint="Par exemple : annonces en ligne pour le métier de raccordeur."
        value={p.typed.title}
        error={errorOf(p.errors, 'title')}
        maxlength={160}
        required
      />
      <FieldRow>
        <Field
          kind="date"
          name="startsAt"
          label="Quand"
          value={p.typed.start.day}
          error={errorOf(p.errors, 'startsAt')}
          required
        />
        <Field kind="time" name="startHour" label="Heure" value={p.typed.start.hour} />
        <Field kind="date" name="endsAt" label="Jusqu’au" value={p.typed.end.day} error={errorOf(p.errors, 'endsAt')} />
        <Field kind="time" name="endHour" label="Heure de fin" value={p.typed.end.hour} />
      </FieldRow>
      <Choices
        kind="checkbox"
        name="levels"
        label="À quel niveau"
        hint="Aucune case cochée : tous."
        value={p.typed.levels}
        error={errorOf(p.errors, 'levels')}
        options={LEVELS.map((value) => ({ value, label: LEVEL_NAMES[value] }))}
        inline
      />
      <Choices
        name="phase"
        label="À quel moment du projet"
        value={p.typed.phase}
        error={errorOf(p.errors, 'phase')}
        options={PHASES.map((value) => ({ value, label: PHASE_NAMES[value] }))}
        inline
        required
      />
      <Field name="place" label="Où" value={p.typed.place} error={errorOf(p.errors, 'place')} maxlength={200} />
      <Field
        kind="url"
        name="url"
        label="Page vers laquelle elle mène"
        hint="Nous en faisons un lien suivi, à donner à l’agence ou à mettre dans l’annonce. Si vous changez de page plus tard, un autre lien est fait ; le premier mène toujours où il menait."
        value={p.typed.url}
        error={errorOf(p.errors, 'url')}
        size="full"
        inputmode="url"
      />
      <Field
        kind="textarea"
        name="description"
        label="Ce qu’il faut en savoir"
        value={p.typed.description}
        error={errorOf(p.errors, 'description')}
        rows={4}
      />
      <Acts>
        <Button primary>{p.submit}</Button>
        <ButtonLink href={p.back} quiet>
          Annuler
        </ButtonLink>
      </Acts>
    </form>
  </>
);
