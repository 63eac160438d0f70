import type { FieldError } from '../base/errors.ts';
import type { FormChoices, ShownDecision } from '../decisions/read-memory.ts';
import type { formOf } from './page.tsx';

type Form = Awaited<ReturnType<typeof formOf>>;

/** What a person typed, kept as it is so that a refused form comes back whole. */
export type TypedDecision = {
  instance: string;
  date: string;
  subject: string;
  options: string;
  decision: string;
  why: string;
  due: string;
  push: string;
  /** The number of the decision it replaces, or nothing. */
  supersedes: string;
  /** Names of partners that were there, and their people as typed. */
  present: string[];
  people: Record<string, string>;
  others: { organisation: string; people: string }[];
};
export type TypedNote = {
  date: string;
  title: string;
  body: string;
  sourceName: string;
  sourceUrl: string;
  resources: string[];
  push: string;
};

const OTHERS = 3;

export const blankDecision = (date: string, push: string): TypedDecision => ({
  instance: '',
  date,
  subject: '',
  options: '',
  decision: '',
  why: '',
  due: '',
  push,
  supersedes: '',
  present: [],
  people: {},
  others: blanks(0),
});

/** The form of a decision that replaces this one: the same words, to be corrected, dated today. */
export function replacing(old: ShownDecision, choices: FormChoices, today: string): TypedDecision {
  const partners = new Set(choices.organisations);
  const others = old.participants.filter((p) => !partners.has(p.organisation));
  return {
    instance: old.instance,
    date: today,
    subject: old.subject,
    options: old.options,
    decision: old.decision,
    why: old.why,
    due: old.due ?? '',
    push: old.push?.slug ?? '',
    supersedes: String(old.id),
    present: old.participants.map((p) => p.organisation).filter((name) => partners.has(name)),
    people: Object.fromEntries(old.participants.map((p) => [p.organisation, p.people.join(', ')])),
    others: [
      ...others.map((p) => ({ organisation: p.organisation, people: p.people.join(', ') })),
      ...blanks(others.length),
    ],
  };
}

const blanks = (filled: number) =>
  Array.from({ length: Math.max(1, OTHERS - filled) }, () => ({ organisation: '', people: '' }));

export function typedDecision(form: Form, choices: FormChoices): TypedDecision {
  const others: TypedDecision['others'] = [];
  for (let i = 0; i < 40; i += 1) {
    const other = { organisation: form.text(`other.${i}.organisation`), people: form.text(`other.${i}.people`) };
    if (other.organisation.trim() || other.people.trim()) others.push(other);
  }
  return {
    instance: form.text('instance'),
    date: form.text('date'),
    subject: form.text('subject'),
    options: form.text('options'),
    decision: form.text('decision'),
    why: form.text('why'),
    due: form.text('due'),
    push: form.text('push'),
    supersedes: /^\d{1,15}$/.test(form.text('supersedes')) ? form.text('supersedes') : '',
    present: form.all('present').filter((name) => choices.organisations.includes(name)),
    people: Object.fromEntries(choices.organisations.map((name) => [name, form.text(`people.${name}`)])),
    others: [...others, ...blanks(others.length)],
  };
}

const named = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((name) => name.trim())
    .filter(Boolean);

/** The same for the verb. */
export function decisionOf(typed: TypedDecision): Record<string, unknown> {
  const { present, people, others, due, push, supersedes, ...rest } = typed;
  return {
    ...rest,
    due: due || null,
    push: push || null,
    supersedes: supersedes ? Number(supersedes) : null,
    participants: [
      ...present.map((organisation) => ({ organisation, people: named(people[organisation] ?? '') })),
      ...filled(others).map((o) => ({ organisation: o.organisation, people: named(o.people) })),
    ],
  };
}

const filled = (others: TypedDecision['others']) => others.filter((o) => o.organisation.trim() || o.people.trim());

/** The verb speaks of the nth participant; the form knows it by its box or its line. */
export const onTheForm = (errors: readonly FieldError[], typed: TypedDecision): FieldError[] =>
  errors.map(({ field, message }) => {
    const [, n, part] = /^participants\.(\d+)\.(organisation|people)/.exec(field) ?? [];
    if (n === undefined) return { field, message };
    const index = Number(n);
    const partner = typed.present[index];
    if (partner !== undefined) return { field: `people.${partner}`, message };
    return { field: `other.${index - typed.present.length}.${part}`, message };
  });

export const typedNote = (form: Form): TypedNote => ({
  date: form.text('date'),
  title: form.text('title'),
  body: form.text('body'),
  sourceName: form.text('sourceName'),
  sourceUrl: form.text('sourceUrl'),
  resources: form.all('resources'),
  push: form.text('push'),
});

export const noteOf = (typed: TypedNote): Record<string, unknown> => ({
  ...typed,
  sourceUrl: typed.sourceUrl.trim() || null,
  push: typed.push || null,
});
