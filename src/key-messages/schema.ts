import { z } from 'zod';
import { parseParis } from '../base/dates.ts';
import { LEVELS, type Level } from '../base/words.ts';
import { canonicalWording, shapeProblem } from './shapes.ts';

/** The forms of a wording: in which shape it is ready to use. The first three may be placed in a newsletter. */
export const WORDING_FORMATS = [
  'titre',
  'accroche',
  'paragraphe',
  'post',
  'email',
  'diapositive',
  'rendez_vous',
  'discours',
  'faq',
] as const;
export type WordingFormat = (typeof WORDING_FORMATS)[number];

export const WORDING_FORMAT_NAMES: Record<WordingFormat, string> = {
  titre: 'titre',
  accroche: 'accroche',
  paragraphe: 'paragraphe',
  post: 'post LinkedIn',
  email: 'e-mail type',
  diapositive: 'diapositive',
  rendez_vous: 'trame de rendez-vous',
  discours: 'discours de 30 secondes',
  faq: 'FAQ',
};

/** UTF-16 units: what LinkedIn counts, and what a page's own counter shows. */
export const LONGEST: Record<WordingFormat, number> = {
  titre: 120,
  accroche: 160,
  paragraphe: 1500,
  post: 3000,
  email: 6000,
  diapositive: 900,
  rendez_vous: 4000,
  discours: 900,
  faq: 8000,
};

/** 150 words a minute, said aloud without hurry. */
export const SPOKEN_WORDS = 75;
export const MOST_SPOKEN_WORDS = 120;

/** « L’outil GEPP » is two words, and a lone dash none. */
export const spokenWords = (text: string): number => text.split(/\s+/).filter((w) => /[\p{L}\p{N}]/u.test(w)).length;

/**
 * What a keyboard types and a reader sees. Controls, marks that turn the reading direction and Unicode tags would travel
 * unseen into every text that is copied (MAIL-45); joiners stay, since emoji are made of them.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]|[\u{e0000}-\u{e007f}]/gu;

/** One text as it is stored: lines end with \n, tabs are spaces, nothing is invisible. */
export const cleanText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(UNSEEN, '')
    .replace(/[ \u00a0]+$/gm, '')
    .trim();

const line = (max: number) =>
  z
    .string()
    .transform((t) => cleanText(t).replace(/\s+/g, ' '))
    .pipe(z.string().max(max, `${max.toLocaleString('fr-FR')} caractères au plus.`));

const wording = (format: WordingFormat) =>
  z
    .string()
    .transform((text, issues) => {
      const written = canonicalWording(format, cleanText(text));
      const problem = problemOf(format, written);
      if (problem) issues.addIssue({ code: 'custom', message: problem });
      return written;
    })
    .optional();

/** Why a text cannot be kept in this format, as a sentence; null when it can. Characters are UTF-16 units, as LinkedIn counts. */
function problemOf(format: WordingFormat, text: string): string | null {
  if (text === '') return 'Écrivez ce texte, ou retirez cette forme.';
  const [max, length] = [LONGEST[format], text.length];
  if (length > max)
    return `${max.toLocaleString('fr-FR')} caractères au plus pour cette forme : ce texte en compte ${length.toLocaleString('fr-FR')}.`;
  const words = spokenWords(text);
  if (format === 'discours' && words > MOST_SPOKEN_WORDS)
    return `${MOST_SPOKEN_WORDS} mots au plus : ce discours en compte ${words}, et 75 mots font 30 secondes.`;
  return shapeProblem(format, text);
}

const forms = z.strictObject(
  Object.fromEntries(WORDING_FORMATS.map((f) => [f, wording(f)])) as Record<WordingFormat, ReturnType<typeof wording>>,
);

const wordingsSchema = z
  .partialRecord(z.enum(LEVELS), forms)
  .refine(
    (all) => Object.values(all).some((level) => Object.keys(level ?? {}).length),
    'Écrivez au moins une forme pour un niveau.',
  );
/** level → format → text; of e-mails, slides and FAQ, the text of shapes.ts. */
export type Wordings = Partial<Record<Level, Partial<Record<WordingFormat, string>>>>;

const day = z
  .string()
  .trim()
  .refine((t) => /^\d{4}-\d{2}-\d{2}$/.test(t) && parseParis(t) !== null, 'Donnez un jour qui existe : 2026-12-01.')
  .nullable()
  .optional();

/** Addresses of pages that stand beside those of the éléments de langage. */
const TAKEN = new Set(['nouveau', 'glossaire']);

/** An élément de langage as a form or a folder gives it: one topic, said to each level in each form. */
export const keyMessageSchema = z
  .strictObject({
    slug: z
      .string()
      .max(80, '80 caractères au plus.')
      .regex(
        /^[a-z0-9]+(-[a-z0-9]+)*$/,
        'Un identifiant s’écrit en minuscules sans accent, chiffres et tirets : metiers-de-la-filiere.',
      )
      .refine((t) => !TAKEN.has(t), 'Ce nom est celui d’une page : choisissez-en un autre.'),
    topic: line(160).pipe(z.string().min(1, 'Donnez le sujet.')),
    wordings: wordingsSchema,
    /** First and last days on which it may be said, in Paris, both included; null or absent: no limit. */
    validFrom: day,
    validTo: day,
    /** Why this version. */
    note: line(300).optional(),
  })
  .refine((m) => !m.validFrom || !m.validTo || m.validFrom <= m.validTo, {
    path: ['validTo'],
    message: 'La fin tombe avant le début.',
  });
export type KeyMessageInput = {
  slug: string;
  topic: string;
  wordings: Wordings;
  validFrom?: string | null | undefined;
  validTo?: string | null | undefined;
  note?: string | undefined;
};
