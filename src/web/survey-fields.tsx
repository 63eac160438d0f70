import { fromParis, parisFields, parseParis, toParisDay } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import type { SurveyRow } from '../surveys/queries.ts';
import { QUESTION_WORDS, QUESTIONS } from '../surveys/schema.ts';
import type { formOf } from './page.tsx';
import { Check, Choices, errorOf, Field } from './ui/fields.tsx';

/** What a survey's form holds, whatever it is asked about. */
export type TypedSurvey = {
  title: string;
  introduction: string;
  questions: string[];
  comment: boolean;
  closesOn: string;
};

export const typedFrom = (survey: SurveyRow): TypedSurvey => ({
  title: survey.title,
  introduction: survey.introduction,
  questions: survey.questions,
  comment: survey.comment,
  // The first instant after the last day.
  closesOn: survey.closesAt ? toParisDay(new Date(survey.closesAt.getTime() - 1)) : '',
});

export const readSurveyForm = (form: Awaited<ReturnType<typeof formOf>>): TypedSurvey => ({
  title: form.text('title'),
  introduction: form.text('introduction'),
  questions: form.all('questions'),
  comment: form.text('comment') === '1',
  closesOn: form.text('closesOn'),
});

/** What the verb is given: a day lasts to its end; what is no date is left for it to refuse. */
export function writtenSurvey({ closesOn, ...rest }: TypedSurvey) {
  const at = closesOn === '' ? null : parseParis(closesOn);
  if (!at) return { ...rest, closesAt: closesOn || null };
  const { year, month, day } = parisFields(at);
  return { ...rest, closesAt: fromParis(year, month, day + 1) };
}

/** The verb's names of fields, in this form's. */
export const surveyErrors = (fields: readonly FieldError[]): FieldError[] =>
  fields.map((e) => ({ ...e, field: e.field === 'closesAt' ? 'closesOn' : (e.field.split('.')[0] ?? e.field) }));

export const SurveyFields = (p: { typed: TypedSurvey; wasAsked: boolean; errors?: readonly FieldError[] }) => (
  <>
    <Field
      name="title"
      label="Titre"
      value={p.typed.title}
      error={errorOf(p.errors, 'title')}
      maxlength={160}
      size="full"
      required
    />
    <Field
      name="introduction"
      label="Une phrase d’introduction"
      value={p.typed.introduction}
      error={errorOf(p.errors, 'introduction')}
      maxlength={600}
      size="full"
    />
    {p.wasAsked ? (
      <>
        {p.typed.questions.map((q) => (
          <input type="hidden" name="questions" value={q} />
        ))}
        {p.typed.comment && <input type="hidden" name="comment" value="1" />}
        <p class="hint">
          Les questions ne changent plus : des personnes les ont déjà reçues. Ce sont{' '}
          {QUESTIONS.filter((q) => p.typed.questions.includes(q))
            .map((q) => `« ${QUESTION_WORDS[q].asked} »`)
            .join(', ')}
          .
        </p>
      </>
    ) : (
      <>
        <Choices
          kind="checkbox"
          name="questions"
          label="Les questions"
          hint="Une à trois suffisent : chaque question de plus fait perdre des réponses."
          value={p.typed.questions}
          error={errorOf(p.errors, 'questions')}
          options={QUESTIONS.map((value) => ({ value, label: QUESTION_WORDS[value].asked }))}
        />
        <Check name="comment" label="Et une ligne libre" checked={p.typed.comment} />
      </>
    )}
    <Field
      kind="date"
      name="closesOn"
      label="Ouvert jusqu’au"
      hint="Sans date, vous le clorez vous-même. Le détail par groupe ne paraît qu’une fois clos."
      value={p.typed.closesOn}
      error={errorOf(p.errors, 'closesOn')}
    />
  </>
);
