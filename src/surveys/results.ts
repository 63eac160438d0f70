import { decideCells } from '../base/cells.ts';
import type { GroupRow } from './groups.ts';
import { QUESTION_WORDS, type Question } from './schema.ts';

/** How often one answer was given to one question in one group. */
export type AnswerCount = { groupId: number; question: Question; value: string; n: number };
export type AnsweredGroup = GroupRow & {
  /** Answers received. */
  answered: number;
  /** Of these, how many are read: all once the survey is closed. */
  told: number;
};

export type QuestionResult = {
  question: Question;
  /** How many answered this one; fewer than `ENOUGH`, and that is all that is told. */
  n: number;
  /** Of a scale, from 1 to 5, to the nearest tenth; null: not a scale, or nobody answered. */
  mean: number | null;
  /** In the order of the choices, none left out; empty: too few answered. */
  counts: { value: string; label: string; n: number }[];
};

export type SurveySums = {
  /** To the nearest ten where several organisations are asked: not `exact`. */
  asked: number;
  exact: boolean;
  answered: number;
  /** Of these, those of whoever was handed the address on: they are in no rate. */
  unasked: number;
  /** How many of the answers `questions` is about: while the survey is open, a multiple of five. */
  told: number;
  /** In per cent, to the nearest unit; null: nobody was asked. */
  rate: number | null;
  /** Null: fewer answers than may be told. */
  questions: QuestionResult[] | null;
};

/**
 * Fewer answers than this are only counted: a mean of two would be what two people said. Answers to an open survey are read
 * this many at a time, and the last ones wait until as many more have come: two readings never differ by fewer.
 */
export const ENOUGH = 5;

/** What of one survey may be added to others: nothing is read of one that too few answered, lest the whole less them tell it. */
export const readable = <S extends { groups: AnsweredGroup[]; counts: AnswerCount[] }>(survey: S): S =>
  survey.groups.reduce((n, g) => n + g.told, 0) >= ENOUGH
    ? survey
    : { ...survey, groups: survey.groups.map((g) => ({ ...g, told: 0 })), counts: [] };

/** All of one organisation: it knows how many of its own people it asked. */
export const isExact = (groups: readonly GroupRow[]): boolean => {
  const [first, ...others] = groups.filter((g) => g.audience !== 'public');
  return (
    first === undefined || (!first.mixed && others.every((g) => !g.mixed && g.organisationId === first.organisationId))
  );
};

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
  const sum = (of: (g: AnsweredGroup) => number): number => groups.reduce((n, g) => n + of(g), 0);
  const people = sum((g) => g.asked);
  const asked = exact ? people : Math.round(people / 10) * 10;
  const answered = sum((g) => g.answered);
  const unasked = sum((g) => (g.audience === 'public' ? g.answered : 0));
  const told = sum((g) => g.told);
  const ids = new Set(groups.map((g) => g.id));
  const own = counts.filter((c) => ids.has(c.groupId));
  return {
    asked,
    exact,
    answered,
    unasked,
    told,
    rate: asked === 0 ? null : Math.min(100, Math.round((100 * (answered - unasked)) / asked)),
    questions: told < ENOUGH ? null : questions.map((q) => resultOf(q, own)),
  };
}

function resultOf(question: Question, counts: readonly AnswerCount[]): QuestionResult {
  const { scale, choices } = QUESTION_WORDS[question];
  const own = counts.filter((c) => c.question === question);
  const of = (value: string): number => own.reduce((sum, c) => sum + (c.value === value ? c.n : 0), 0);
  const told = choices.map(({ value, label }) => ({ value, label, n: of(value) }));
  const n = told.reduce((sum, c) => sum + c.n, 0);
  if (n < ENOUGH) return { question, n, mean: null, counts: [] };
  const points = told.reduce((sum, c) => sum + Number(c.value) * c.n, 0);
  return { question, n, mean: scale ? Math.round((10 * points) / n) / 10 : null, counts: told };
}

/** Groups told together; `key` null: of several values. */
export type SurveyLine = { key: string | null; groups: AnsweredGroup[] };

/**
 * The groups of one survey by one of their properties, each line of k answers or more: the others are added to the smallest,
 * so that no difference tells what fewer said. Whatever the property, a line is a sum of the same blocks of k answers or
 * more: nor does the difference of two tables tell it. None while the survey is open, whose two readings could be compared,
 * and none when all answers together are fewer than k.
 */
export function linesOf(
  groups: readonly AnsweredGroup[],
  { keyOf, k, closed }: { keyOf: (group: AnsweredGroup) => string | null; k: number; closed: boolean },
): SurveyLine[] {
  if (!closed) return [];
  const plan = decideCells(
    groups.map((g) => ({ dims: { whose: whoseOf(g), level: g.level ?? '' }, count: g.answered })),
    ['whose', 'level'],
    k,
  );
  if (!plan) return [];
  const blocks = plan.cells.map((_, cell) => groups.filter((_, index) => plan.cellOf(index) === cell));
  const keyOfBlock = (block: readonly AnsweredGroup[]): string | null => {
    const keys = new Set(block.map(keyOf));
    return keys.size === 1 ? ([...keys][0] ?? null) : null;
  };
  return [...Map.groupBy(blocks, keyOfBlock)].map(([key, of]) => ({ key, groups: of.flat() }));
}

/** The line of those who were handed the address on: nobody knows their level, or whose contacts they are. */
export const HANDED_ON = 'public';
export const levelLine = (g: AnsweredGroup): string | null => (g.audience === 'public' ? HANDED_ON : g.level);
export const organisationLine = (g: AnsweredGroup): string | null =>
  g.audience === 'public' ? HANDED_ON : g.mixed ? null : String(g.organisationId);

const whoseOf = ({ audience, mixed, organisationId }: AnsweredGroup): string =>
  audience === 'public' ? 'public' : mixed ? 'mixed' : String(organisationId);
