import { decideCells } from '../base/cells.ts';
import type { GroupRow } from './groups.ts';
import { QUESTION_WORDS, type Question } from './schema.ts';

/** How often one answer was given to one question in one group. */
export type AnswerCount = { groupId: number; question: Question; value: string; n: number };
export type AnsweredGroup = GroupRow & {
  /** Answers received. */
  answered: number;
};

export type QuestionResult = {
  question: Question;
  /** Who answered this one. */
  n: number;
  /** Of a scale, from 1 to 5, to the nearest tenth; null: not a scale, or nobody answered. */
  mean: number | null;
  /** In the order of the choices, none left out. */
  counts: { value: string; label: string; n: number }[];
};

export type SurveySums = {
  /** To the nearest ten where several organisations are asked: not `exact`. */
  asked: number;
  exact: boolean;
  answered: number;
  /** In per cent, to the nearest unit; null: nobody was asked. */
  rate: number | null;
  /** Null: fewer answers than may be told. */
  questions: QuestionResult[] | null;
};

/** Fewer answers than this are only counted: a mean of two would be what two people said. */
export const ENOUGH = 5;

/** All of one organisation: it knows how many of its own people it asked. */
export const isExact = (groups: readonly GroupRow[]): boolean =>
  groups.every((g) => !g.mixed && g.organisationId === groups[0]?.organisationId);

/**
 * What all these groups said together: pure, so that every screen and a recount by hand say the same. Not `exact`: how many
 * were asked would tell a partner how many of another’s people came.
 */
export function sumsOf(
  questions: readonly Question[],
  groups: readonly AnsweredGroup[],
  counts: readonly AnswerCount[],
  exact: boolean,
): SurveySums {
  const people = groups.reduce((sum, g) => sum + g.asked, 0);
  const asked = exact ? people : Math.round(people / 10) * 10;
  const answered = groups.reduce((sum, g) => sum + g.answered, 0);
  const ids = new Set(groups.map((g) => g.id));
  const own = counts.filter((c) => ids.has(c.groupId));
  return {
    asked,
    exact,
    answered,
    rate: asked === 0 ? null : Math.min(100, Math.round((100 * answered) / asked)),
    questions: answered < ENOUGH ? null : questions.map((q) => resultOf(q, own)),
  };
}

function resultOf(question: Question, counts: readonly AnswerCount[]): QuestionResult {
  const { scale, choices } = QUESTION_WORDS[question];
  const own = counts.filter((c) => c.question === question);
  const of = (value: string): number => own.reduce((sum, c) => sum + (c.value === value ? c.n : 0), 0);
  const told = choices.map(({ value, label }) => ({ value, label, n: of(value) }));
  const n = told.reduce((sum, c) => sum + c.n, 0);
  const points = told.reduce((sum, c) => sum + Number(c.value) * c.n, 0);
  return { question, n, mean: scale && n > 0 ? Math.round((10 * points) / n) / 10 : null, counts: told };
}

/** Groups told together; `key` null: of several values. */
export type SurveyLine = { key: string | null; groups: AnsweredGroup[] };

/**
 * The groups of one survey by one of their properties, each line of k answers or more: the others are added to the smallest,
 * so that no difference tells what fewer said. None while the survey is open, whose two readings could be compared, and none
 * when all answers together are fewer than k.
 */
export function linesOf(
  groups: readonly AnsweredGroup[],
  { keyOf, k, closed }: { keyOf: (group: AnsweredGroup) => string | null; k: number; closed: boolean },
): SurveyLine[] {
  if (!closed) return [];
  const byKey = [...Map.groupBy(groups, (g) => keyOf(g) ?? '')];
  const plan = decideCells(
    byKey.map(([key, of]) => ({ dims: { key }, count: of.reduce((sum, g) => sum + g.answered, 0) })),
    ['key'],
    k,
  );
  if (!plan) return [];
  return plan.cells.map(({ dims }, cell) => ({
    key: dims.key || null,
    groups: byKey.flatMap(([, of], index) => (plan.cellOf(index) === cell ? of : [])),
  }));
}
