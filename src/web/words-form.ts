import type { FieldError } from '../base/errors.ts';
import { LEVELS, type Level } from '../base/words.ts';
import type { VersionRow } from '../key-messages/queries.ts';
import { type KeyMessageInput, WORDING_FORMATS, type WordingFormat, type Wordings } from '../key-messages/schema.ts';
import { emailText, readEmail, readSlide, slideText } from '../key-messages/shapes.ts';
import type { formOf } from './page.tsx';

/** The form of a version: a field per level and format, two for an e-mail and for a slide. */

/** Field name → what was typed. */
export type WordsValues = Record<string, string>;

export const nameOf = (level: Level, format: WordingFormat, part?: string): string =>
  [level, format, part].filter(Boolean).join('.');

const PARTS: Partial<Record<WordingFormat, readonly [string, string]>> = {
  email: ['objet', 'texte'],
  diapositive: ['titre', 'points'],
};

const namesOf = (level: Level, format: WordingFormat): string[] =>
  PARTS[format]?.map((part) => nameOf(level, format, part)) ?? [nameOf(level, format)];

const HEAD = ['topic', 'validFrom', 'validTo', 'note'] as const;

export function readValues(form: Awaited<ReturnType<typeof formOf>>): WordsValues {
  const names = [...HEAD, ...LEVELS.flatMap((l) => WORDING_FORMATS.flatMap((f) => namesOf(l, f)))];
  return Object.fromEntries(names.map((name) => [name, form.text(name).replace(/\r\n?/g, '\n')]));
}

/** What a version says, in the fields; its note is not that of the next one. */
export function valuesOf(version: VersionRow): WordsValues {
  const values: WordsValues = {
    topic: version.topic,
    validFrom: version.validFrom ?? '',
    validTo: version.validTo ?? '',
  };
  for (const level of LEVELS)
    for (const format of WORDING_FORMATS) {
      const text = version.wordings[level]?.[format] ?? '';
      const [first = '', second = ''] = namesOf(level, format);
      values[first] = text;
      if (format === 'email') {
        const { subject, body } = readEmail(text);
        Object.assign(values, { [first]: subject, [second]: body });
      } else if (format === 'diapositive') {
        const { title, points } = readSlide(text);
        Object.assign(values, { [first]: title, [second]: points.join('\n') });
      }
    }
  return values;
}

/** The texts that were typed, in the shape that is stored; empty fields are no text. */
export function wordingsOf(values: WordsValues): Wordings {
  const read = (name: string | undefined) => values[name ?? '']?.trim() ?? '';
  const textOf = (level: Level, format: WordingFormat): string => {
    const [first, second] = namesOf(level, format);
    if (format === 'email') return emailText({ subject: read(first), body: read(second) });
    if (format === 'diapositive')
      return slideText({
        title: read(first),
        // The dash is ours: one that was typed is not doubled.
        points: read(second)
          .split('\n')
          .map((point) => point.replace(/^\s*[-*•–]\s+/, '')),
      });
    return read(first);
  };
  return Object.fromEntries(
    LEVELS.flatMap((level) => {
      const forms = WORDING_FORMATS.flatMap((format) => {
        const text = textOf(level, format);
        return text ? [[format, text] as const] : [];
      });
      return forms.length ? [[level, Object.fromEntries(forms)] as const] : [];
    }),
  );
}

export const inputOf = (slug: string, values: WordsValues): KeyMessageInput => ({
  slug,
  topic: values.topic ?? '',
  wordings: wordingsOf(values),
  validFrom: values.validFrom || null,
  validTo: values.validTo || null,
  note: values.note ?? '',
});

/** The verb's refusals, at the fields of the form: of two parts, the one that is empty, else the second. */
export const formFields = (errors: readonly FieldError[], values: WordsValues): FieldError[] =>
  errors.map((e) => {
    const [root, level, format] = e.field.split('.');
    if (root !== 'wordings') return e.field === 'slug' ? { ...e, field: 'topic' } : e;
    const at = LEVELS.find((l) => l === level);
    const form = WORDING_FORMATS.find((f) => f === format);
    if (!at || !form) return { ...e, field: nameOf('institutionnel', 'titre') };
    const [first = '', second] = namesOf(at, form);
    return { ...e, field: second && values[first]?.trim() ? second : first };
  });
