import { z } from 'zod';
import { LEVELS, type Level } from '../base/words.ts';

/** In which form a wording is ready to use. The first two may be placed in a newsletter. */
export const WORDING_FORMATS = ['accroche', 'paragraphe', 'post'] as const;
export type WordingFormat = (typeof WORDING_FORMATS)[number];
export const WORDING_FORMAT_NAMES: Record<WordingFormat, string> = {
  accroche: 'accroche',
  paragraphe: 'paragraphe',
  post: 'post pour les réseaux sociaux',
};
/** Characters: an accroche is read at a glance, a post fits where it is published. */
const LONGEST: Record<WordingFormat, number> = { accroche: 160, paragraphe: 1500, post: 1300 };

const wording = (format: WordingFormat) =>
  z
    .string()
    .trim()
    .min(1, 'Écrivez ce texte, ou retirez cette forme.')
    .max(LONGEST[format], `${LONGEST[format].toLocaleString('fr-FR')} caractères au plus pour cette forme.`)
    .optional();

export const wordingsSchema = z
  .partialRecord(
    z.enum(LEVELS),
    z.strictObject({ accroche: wording('accroche'), paragraphe: wording('paragraphe'), post: wording('post') }),
  )
  .refine(
    (all) => Object.values(all).some((forms) => Object.keys(forms ?? {}).length),
    'Écrivez au moins une forme pour un niveau.',
  );
/** level → format → text. */
export type Wordings = Partial<Record<Level, Partial<Record<WordingFormat, string>>>>;

/** An élément de langage: one topic, said to each level in each form. */
export const keyMessageSchema = z.strictObject({
  slug: z
    .string()
    .max(80, '80 caractères au plus.')
    .regex(
      /^[a-z0-9]+(-[a-z0-9]+)*$/,
      'Un identifiant s’écrit en minuscules sans accent, chiffres et tirets : metiers-de-la-filiere.',
    ),
  topic: z.string().trim().min(1, 'Donnez le sujet.').max(160, '160 caractères au plus.'),
  wordings: wordingsSchema,
});
export type KeyMessageInput = { slug: string; topic: string; wordings: Wordings };
