import { z } from 'zod';
import { optionalText, planSlug, written } from '../campaigns/plan-fields.ts';

/** What a short survey may ask: codes, so that answers of several surveys can be read side by side. */
export const QUESTIONS = ['satisfaction', 'facilite', 'connaissance', 'usage'] as const;
export type Question = (typeof QUESTIONS)[number];

/** An answer to choose; of a scale, `value` is its number. */
export type Choice = { value: string; label: string };
type Words = { asked: string; short: string; scale: boolean; choices: readonly Choice[] };

const scale = (low: string, high: string): Choice[] =>
  ['1', '2', '3', '4', '5'].map((value) => ({
    value,
    label: value === '1' ? `1, ${low}` : value === '5' ? `5, ${high}` : value,
  }));

export const QUESTION_WORDS: Record<Question, Words> = {
  satisfaction: {
    asked: 'Dans l’ensemble, êtes-vous satisfait ?',
    short: 'satisfaction',
    scale: true,
    choices: scale('pas du tout', 'tout à fait'),
  },
  facilite: {
    asked: 'Ce qui vous est proposé est-il facile à utiliser ?',
    short: 'facile à utiliser',
    scale: true,
    choices: scale('pas du tout', 'très facile'),
  },
  connaissance: {
    asked: 'Le connaissiez-vous déjà ?',
    short: 'je connaissais',
    scale: false,
    choices: [
      { value: 'oui', label: 'oui' },
      { value: 'non', label: 'non' },
    ],
  },
  usage: {
    asked: 'Quel usage en faites-vous, ou en ferez-vous ?',
    short: 'usage déclaré',
    scale: false,
    choices: [
      { value: 'ponctuel', label: 'ponctuel' },
      { value: 'regulier', label: 'régulier' },
      { value: 'interne', label: 'diffusé en interne' },
      { value: 'envisage', label: 'envisagé' },
      { value: 'pas_prevu', label: 'pas prévu' },
    ],
  },
};

/** Whom it was asked of; `public`: whoever was handed its address on, and nobody in particular. */
export const AUDIENCES = ['presents', 'absents', 'tous', 'lettre', 'public'] as const;
export type Audience = (typeof AUDIENCES)[number];

const chosen = z.array(z.enum(QUESTIONS)).min(1, 'Posez au moins une question.');
const inOrder = (given: readonly Question[]): Question[] => QUESTIONS.filter((q) => given.includes(q));

/** A survey as a form gives it. */
export const surveySchema = z.strictObject({
  slug: planSlug,
  title: written(160, 'Donnez un titre au questionnaire.'),
  introduction: optionalText(600),
  questions: chosen.transform(inOrder),
  /** A free line beside them. */
  comment: z.boolean().default(true),
  /** From this instant nobody answers any more; null: until it is closed. */
  closesAt: z.date('Donnez une date qui existe.').nullable().default(null),
});
export type SurveyInput = z.output<typeof surveySchema>;

/** One that a newsletter or a kit carries: whoever opens it there gives it a minute. */
export const campaignSurveySchema = surveySchema.extend({
  questions: chosen.max(3, 'Trois questions au plus : chacune de plus fait perdre des réponses.').transform(inOrder),
});

/** `{satisfaction: 4, usage: 'regulier'}`: questions left out were not answered. */
export type Answers = Partial<Record<Question, number | string>>;
export type Answer = { answers: Answers; comment: string };

const COMMENT = 1000;

/** What a public form gives, as texts: at least one question answered, nothing that was not asked. */
export const answerSchema = (asked: readonly Question[], comment: boolean) =>
  z
    .strictObject({
      ...Object.fromEntries(asked.map((q) => [q, choiceOf(q)])),
      comment: comment
        ? z
            .string()
            .trim()
            .max(COMMENT, `${COMMENT.toLocaleString('fr-FR')} caractères au plus.`)
            .default('')
        : z.literal('').default(''),
    })
    .transform(({ comment: said, ...chosen }, issues): Answer => {
      const answers: Answers = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
      if (Object.keys(answers).length === 0)
        issues.addIssue({ code: 'custom', path: [asked[0] ?? ''], message: 'Répondez à une question au moins.' });
      return { answers, comment: said };
    });

const choiceOf = (question: Question) => {
  const { scale: numeric, choices } = QUESTION_WORDS[question];
  return z
    .enum(
      choices.map((c) => c.value),
      'Choisissez une des réponses proposées.',
    )
    .transform((value) => (numeric ? Number(value) : value))
    .optional();
};
