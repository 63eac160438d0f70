import { z } from 'zod';
import { hidesSomething } from '../base/visible.ts';
import { LEVELS, PHASES } from '../base/words.ts';
import { recurrenceSchema } from './next-occurrence.ts';
import { SILENCES, timingIssues, windowSchema } from './timing.ts';

/** One line of a mail header: no control character may reach it (MAIL-43), nothing invisible may hide in it (MAIL-45). */
export const headerLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'Écrivez ce texte.')
    .max(max, `${max} caractères au plus.`)
    .refine(
      (t) => !hidesSomething(t),
      'Ce texte contient un caractère invisible ou un retour à la ligne : retapez-le.',
    );

const httpUrl = z
  .string()
  .trim()
  .max(2000, '2 000 caractères au plus.')
  .refine((t) => {
    const url = URL.parse(t);
    return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && !url.username && !url.password;
  }, 'Donnez une adresse complète, qui commence par https://.');

/** On any block: who reads it. Absent means everybody (the common core). */
const forWhom = {
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  levels: z.array(z.enum(LEVELS)).min(1).optional(),
  organisations: z.array(z.string()).min(1).optional(),
};

export const blockSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...forWhom, type: z.literal('title'), text: headerLine(200) }),
  /** Safe Markdown subset: paragraphs, lists, bold, italic, links. */
  z.strictObject({
    ...forWhom,
    type: z.literal('text'),
    markdown: z.string().trim().min(1, 'Écrivez ce texte.').max(8000, '8 000 caractères au plus.'),
  }),
  /** `src` names a file of ours (`/fichiers/…`), never another host (PRV-02). `alt` empty only when decorative. */
  z
    .strictObject({
      ...forWhom,
      type: z.literal('image'),
      src: z.string().regex(/^\/fichiers\/[\w./-]+$/, 'Choisissez une image.'),
      alt: z.string().max(300),
      decorative: z.boolean().default(false),
      url: httpUrl.optional(),
    })
    .refine((b) => b.decorative || b.alt.trim() !== '', {
      path: ['alt'],
      message: 'Décrivez l’image, ou dites qu’elle est décorative.',
    }),
  z.strictObject({ ...forWhom, type: z.literal('button'), label: headerLine(80), url: httpUrl }),
  /** A resource of the inventory, by its slug. */
  z.strictObject({ ...forWhom, type: z.literal('resource'), resource: z.string() }),
  /** An élément de langage, by its slug: it resolves to the wording of the reader's level, in this format. */
  z.strictObject({
    ...forWhom,
    type: z.literal('key-message'),
    keyMessage: z.string(),
    format: z.enum(['titre', 'accroche', 'paragraphe']).default('paragraphe'),
  }),
  z.strictObject({
    ...forWhom,
    type: z.literal('testimony'),
    quote: z.string().trim().min(1, 'Écrivez ce texte.').max(1000),
    author: headerLine(120),
    role: z.string().trim().max(160).default(''),
  }),
  z.strictObject({
    ...forWhom,
    type: z.literal('video'),
    title: headerLine(160),
    url: httpUrl,
    duration: z.string().trim().max(30).default(''),
  }),
  /** A short survey of the campaign, by its slug: whoever answers stays unknown. */
  z.strictObject({ ...forWhom, type: z.literal('survey'), survey: z.string().min(1, 'Choisissez un questionnaire.') }),
  z.strictObject({ ...forWhom, type: z.literal('separator') }),
]);
export type Block = z.infer<typeof blockSchema>;

const blocks = z
  .array(blockSchema)
  .max(60, '60 blocs au plus.')
  .refine((bs) => new Set(bs.map((b) => b.id)).size === bs.length, 'Deux blocs portent le même nom.');

/** What a newsletter says: one common core; a block may name its levels or its organisations. */
export const newsletterSchema = z.strictObject({
  subject: headerLine(150),
  /** Another subject for a level; the others read `subject`. */
  subjects: z.partialRecord(z.enum(LEVELS), headerLine(150)).default({}),
  /** The line a mailbox shows beside the subject. */
  preheader: z.string().trim().max(200).default(''),
  blocks: blocks.min(1, 'Ajoutez au moins un bloc.'),
});
export type Newsletter = z.infer<typeof newsletterSchema>;

const line = (max: number) => z.union([z.literal(''), headerLine(max)]).default('');
const prose = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `${max.toLocaleString('fr')} caractères au plus.`)
    .default('');
const day = z.iso.date('Cette date n’existe pas : donnez par exemple 2026-12-03.');

/** What a press release says beside its blocks. A draft may leave parts empty: the proofreading asks for them. */
const pressSchema = z.strictObject({
  headline: headerLine(200),
  /** The paragraph in bold that says it all. */
  chapo: prose(1500),
  place: line(80),
  /** `YYYY-MM-DD`, the date under which it is published; '' for none. */
  day: z.union([z.literal(''), day]).default(''),
  /** Not before this instant (UTC): nothing of it leaves, nor can be read outside. Null: no embargo. */
  embargoAt: z.iso.datetime('Cette heure n’existe pas.').nullable().default(null),
  contact: z
    .strictObject({
      name: line(120),
      phone: line(40).refine((t) => t === '' || /^[+\d][\d .()-]{3,}$/.test(t), 'Donnez un numéro : 01 23 45 67 89.'),
      email: z
        .union([z.literal(''), z.email('Donnez une adresse complète : presse@organisation.fr.').max(200)])
        .default(''),
    })
    .default({ name: '', phone: '', email: '' }),
  /** « À propos » of the campaign or of who signs: Markdown, as a text block. */
  about: prose(3000),
});
export type Press = z.infer<typeof pressSchema>;

/** Blocks that have their place in a press release. */
export const PRESS_BLOCKS = ['title', 'text', 'testimony', 'image', 'resource', 'button', 'separator'] as const;
const inPress = (type: Block['type']): boolean => (PRESS_BLOCKS as readonly string[]).includes(type);

/** A newsletter's shape, so that what reads messages reads it too, with what the press expects. */
export const pressReleaseSchema = newsletterSchema.extend({
  press: pressSchema,
  blocks: blocks.superRefine((all, issues) => {
    for (const [i, { type }] of all.entries())
      if (!inPress(type))
        issues.addIssue({ code: 'custom', path: [i], message: 'Ce bloc n’a pas sa place dans un communiqué.' });
  }),
});
const slug = z
  .string()
  .max(80, '80 caractères au plus.')
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    'Un identifiant s’écrit en minuscules sans accent, chiffres et tirets : lettre-de-novembre.',
  );

/** The webinar says when, what and who: words of the author's come after, and may be none. */
export const invitationSchema = newsletterSchema.extend({
  /** A webinar of the campaign, by its slug. */
  webinar: z.string().min(1, 'Choisissez un webinaire de la campagne.').pipe(slug),
  blocks: blocks.default([]),
});

/** What a push says, on any channel; `press` on a press release, `webinar` on an invitation, and on it alone. */
export type Content = Newsletter & { press?: Press; webinar?: string };

/** Sent here; the other channels of the brief are passed on or declared. */
export const CHANNELS = ['newsletter', 'communique', 'webinaire'] as const;
export type Channel = (typeof CHANNELS)[number];
export const CHANNEL_NAMES: Record<Channel, string> = {
  newsletter: 'newsletter',
  communique: 'communiqué de presse',
  webinaire: 'invitation à un webinaire',
};

/** What each channel may say. */
export const CONTENTS = {
  newsletter: newsletterSchema,
  communique: pressReleaseSchema,
  webinaire: invitationSchema,
} satisfies Record<Channel, z.ZodType<Content>>;

const common = {
  slug,
  title: headerLine(160),
  phase: z.enum(PHASES).default('pendant'),
  /** An audience of the campaign. */
  audience: slug,
  /** Partners whose approval is needed. */
  signatories: z
    .array(slug)
    .min(1, 'Nommez au moins une organisation qui valide cet envoi.')
    .refine((all) => new Set(all).size === all.length, 'La même organisation est nommée deux fois.')
    .transform((all) => all.toSorted()),
  /** Null: leaves when somebody says so. */
  scheduledAt: z.date().nullable().default(null),
  /** What has not left by then does not leave. Of a model: no occurrence after it. */
  deadlineAt: z.date().nullable().default(null),
  recurrence: recurrenceSchema.nullable().default(null),
  /** When it may leave: a date that moves inside it asks nobody again. Null: at `scheduledAt` alone. */
  window: windowSchema.nullable().default(null),
  /** When the signatories must have answered; null: by the hour of departure. */
  answerBy: z.date().nullable().default(null),
  silence: z.enum(SILENCES).default('rien_ne_part'),
};

/** Made for one day. */
const ONCE: Record<Exclude<Channel, 'newsletter'>, string> = {
  communique: 'Un communiqué de presse ne se répète pas : créez-en un autre.',
  webinaire: 'Une invitation à un webinaire ne se répète pas : créez-en une autre.',
};

const ofChannel = <const C extends Channel>(channel: C) =>
  z.strictObject({ ...common, channel: z.literal(channel), content: CONTENTS[channel] });

/** A push as a form or a folder gives it: who it is for and who signs it by their slugs, instants as Date. */
export const pushSchema = z
  .preprocess(
    (given) => (typeof given === 'object' && given !== null ? { channel: 'newsletter', ...given } : given),
    z.discriminatedUnion('channel', [ofChannel('newsletter'), ofChannel('communique'), ofChannel('webinaire')]),
  )
  .superRefine((p, issues) => {
    for (const { field, message } of timingIssues(p)) issues.addIssue({ code: 'custom', path: [field], message });
    if (p.channel !== 'newsletter' && p.recurrence)
      issues.addIssue({ code: 'custom', path: ['recurrence'], message: ONCE[p.channel] });
  });
export type PushInput = Omit<z.infer<typeof pushSchema>, 'channel' | 'content'> & {
  channel: Channel;
  content: Content;
};
