import { z } from 'zod';
import type { Actor, Ctx } from '../base/context.ts';
import { parseParis } from '../base/dates.ts';
import { type FieldError, invalid } from '../base/errors.ts';

/** The clock decides nothing. */
export type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** Where it was decided. */
export const INSTANCES = ['copil', 'cotech', 'gt', 'autre'] as const;
export type Instance = (typeof INSTANCES)[number];
export const INSTANCE_NAMES: Record<Instance, string> = {
  copil: 'COPIL',
  cotech: 'COTECH',
  gt: 'GT',
  autre: 'autre cadre',
};
/** The same at length, where a newcomer reads. */
export const INSTANCE_LONG: Record<Instance, string> = {
  copil: 'COPIL (comité de pilotage)',
  cotech: 'COTECH (comité technique)',
  gt: 'GT (groupe de travail)',
  autre: 'autre cadre',
};

// What pasting brings along and nobody sees: controls, zero-width and bidirectional marks (MAIL-45).
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const words = (max: number) =>
  z
    .string()
    // Composed accents: what is typed and what is pasted must be found by the same words.
    .normalize('NFC')
    // Pages put the spaces that do not break where French wants them: what is kept has ordinary ones.
    .overwrite((t) =>
      t
        .replace(INVISIBLE, '')
        .replace(/\r\n?/g, '\n')
        .replace(/[\u00a0\u202f]/g, ' '),
    )
    .trim()
    .max(max, `${new Intl.NumberFormat('fr-FR').format(max)} caractères au plus.`);
const line = (max: number) => words(max).refine((t) => !t.includes('\n'), 'Gardez ce texte sur une seule ligne.');
const prose = words(4000).default('');
const day = z
  .string('Donnez une date.')
  .refine((t) => /^(19|20)\d{2}-\d{2}-\d{2}$/.test(t) && parseParis(t) !== null, 'Donnez une date qui existe.');
const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Minuscules, chiffres et tirets seulement.');

/** Who was there: the organisation by its name of that day, its people by theirs (none: the organisation as such). */
export const participantSchema = z.strictObject({
  organisation: line(120).min(1, 'Donnez le nom de l’organisation.'),
  people: z.array(line(120).min(1, 'Donnez un nom.')).max(30, '30 personnes au plus par organisation.').default([]),
});
export type Participant = z.output<typeof participantSchema>;

/** One decision, as a form or a folder gives it. It is never changed: a correction is another one, which replaces it. */
export const decisionSchema = z.strictObject({
  instance: z.enum(INSTANCES, 'Choisissez où la décision se prend.'),
  date: day,
  subject: line(200).min(1, 'Dites de quoi il s’agit.'),
  participants: z.array(participantSchema).max(40, '40 organisations au plus.').default([]),
  options: prose,
  /** Empty until it is taken: pending. */
  decision: prose,
  why: prose,
  /** Of what it asks for. */
  due: day.nullable().default(null),
  /** The push of the campaign that it is about. */
  push: slug.nullable().default(null),
  /** What it replaces: its number from a page, its day and subject from a folder (the one in force). */
  supersedes: z
    .union([z.int().positive(), z.strictObject({ date: day, subject: line(200) })], 'Cette décision n’existe pas.')
    .nullable()
    .default(null),
});
export type DecisionInput = z.input<typeof decisionSchema>;
export type DecisionData = z.output<typeof decisionSchema>;

const webAddress = z
  .string()
  .trim()
  .max(500, '500 caractères au plus.')
  .refine(
    (t) => /^https?:$/.test(URL.parse(t)?.protocol ?? '') && !/\s/.test(t),
    'Donnez une adresse qui commence par https://',
  );

/** One watch note, as a form or a folder gives it; `body` is Markdown, of which a small part is shown. */
export const watchNoteSchema = z.strictObject({
  date: day,
  title: line(200).min(1, 'Donnez un titre.'),
  body: words(20_000).min(1, 'Dites ce qu’il y a à retenir.'),
  sourceName: line(200).default(''),
  sourceUrl: webAddress.nullable().default(null),
  /** Resources of the campaign that it makes worth reading again. */
  resources: z.array(slug).max(50, '50 ressources au plus.').default([]),
  push: slug.nullable().default(null),
});
export type WatchNoteInput = z.input<typeof watchNoteSchema>;
export type WatchNoteData = z.output<typeof watchNoteSchema>;

/** The parsed value, or a refusal that names each field (`participants.0.organisation`). */
export function checkedAs<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields: FieldError[] = parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message }));
  throw invalid('memoire_invalide', `${what} : corrigez les champs signalés.`, fields);
}
