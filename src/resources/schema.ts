import { z } from 'zod';
import type { Actor, Ctx } from '../base/context.ts';
import { parseParis } from '../base/dates.ts';
import { LEVELS, PUBLICS } from '../base/words.ts';

/** A person or a command: the clock writes no inventory. */
export type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** What a deliverable is. */
export const RESOURCE_KINDS = [
  'etude',
  'cartographie',
  'fiches',
  'outil',
  'videos',
  'guide',
  'ingenierie',
  'promotion',
  'webinaire',
  'autre',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];
export const RESOURCE_KIND_NAMES: Record<ResourceKind, string> = {
  etude: 'étude',
  cartographie: 'cartographie',
  fiches: 'fiches pratiques',
  outil: 'outil en ligne',
  videos: 'vidéos',
  guide: 'guide',
  ingenierie: 'ingénierie de formation',
  promotion: 'promotion d’un métier',
  webinaire: 'webinaire',
  autre: 'autre ressource',
};

/** What stands above several of them. */
export const RESOURCE_KIND_PLURALS: Record<ResourceKind, string> = {
  etude: 'études',
  cartographie: 'cartographies',
  fiches: 'fiches pratiques',
  outil: 'outils en ligne',
  videos: 'vidéos',
  guide: 'guides',
  ingenierie: 'ingénierie de formation',
  promotion: 'promotion des métiers',
  webinaire: 'webinaires',
  autre: 'autres ressources',
};

/** In how many forms it exists: one format of one resource counts as one support. */
export const RESOURCE_FORMATS = [
  'rapport',
  'synthese',
  'une_page',
  'infographie',
  'fiche',
  'video',
  'faq',
  'en_ligne',
  'presentation',
  'affiche',
] as const;
export type ResourceFormat = (typeof RESOURCE_FORMATS)[number];
export const RESOURCE_FORMAT_NAMES: Record<ResourceFormat, string> = {
  rapport: 'rapport',
  synthese: 'synthèse',
  une_page: 'résumé d’une page',
  infographie: 'infographie',
  fiche: 'fiche',
  video: 'vidéo',
  faq: 'questions fréquentes',
  en_ligne: 'en ligne',
  presentation: 'présentation',
  affiche: 'affiche',
};

/** Read in a few minutes: one of them is what lets people who lack time take a deliverable up. */
export const SIMPLE_FORMATS = ['une_page', 'infographie', 'video', 'faq'] as const satisfies readonly ResourceFormat[];

/** Where the pages of an inventory have addresses of their own. */
const TAKEN_SLUGS = ['nouvelle', 'partager'];

export const resourceSlug = z
  .string()
  .max(80, '80 caractères au plus.')
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    'Un identifiant s’écrit en minuscules sans accent, chiffres et tirets : etude-prospective.',
  )
  .refine((slug) => !TAKEN_SLUGS.includes(slug), 'Cet identifiant est déjà celui d’une page : ajoutez un mot.');

export const webAddress = z
  .string()
  .trim()
  .max(2000, '2 000 caractères au plus.')
  .refine((text) => {
    const url = URL.parse(text);
    return (url?.protocol === 'https:' || url?.protocol === 'http:') && !url.username && !url.password;
  }, 'Donnez une adresse complète, qui commence par https://.');

const day = z
  .string()
  .refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseParis(text) !== null, 'Donnez une date qui existe.');

/** A target use: « Rédiger une fiche de poste sans partir d’une page blanche. » */
const use = (whose: string) =>
  z.string().trim().min(1, `Dites à quoi elle sert, ou retirez ce ${whose}.`).max(300, '300 caractères au plus.');

/** A deliverable of the inventory, with what each public and each level can do with it. Days as 2026-11-26. */
export const resourceSchema = z.strictObject({
  slug: resourceSlug,
  title: z.string().trim().min(1, 'Donnez un titre.').max(160, '160 caractères au plus.'),
  /** Empty: still to be written, and the inventory says so. */
  summary: z.string().trim().max(1000, '1 000 caractères au plus.').default(''),
  kind: z.enum(RESOURCE_KINDS, 'Choisissez ce que c’est.'),
  /** Axis or action of the programme it comes from. */
  axis: z.string().trim().max(120, '120 caractères au plus.').default(''),
  carriedBy: z.string().trim().max(160, '160 caractères au plus.').default(''),
  years: z.string().trim().max(40, '40 caractères au plus.').default(''),
  /** Null: not published anywhere yet. */
  url: webAddress.nullable().default(null),
  uses: z.partialRecord(z.enum(PUBLICS), use('public')).default({}),
  levelUses: z.partialRecord(z.enum(LEVELS), use('niveau')).default({}),
  formats: z
    .array(z.enum(RESOURCE_FORMATS))
    .max(RESOURCE_FORMATS.length)
    .default([])
    .refine((all) => new Set(all).size === all.length, 'Le même format est donné deux fois.'),
  /** Who answers questions about it, as everybody will read it. */
  contact: z.string().trim().max(160, '160 caractères au plus.').default(''),
  /** Not shown to the public before that day. */
  publishedOn: day.nullable().default(null),
  /** To be read again by then. */
  reviewOn: day.nullable().default(null),
  /** Shown in the public space, once it can be opened. */
  listed: z.boolean().default(true),
  /** See also: resources of the same campaign. */
  related: z
    .array(resourceSlug)
    .max(20, '20 ressources au plus.')
    .default([])
    .refine((all) => new Set(all).size === all.length, 'La même ressource est citée deux fois.'),
  /** Out of date since: kept, and said so. */
  retiredOn: day.nullable().default(null),
});
export type ResourceInput = z.infer<typeof resourceSchema>;

/** One format that people can open: an address, or a file of ours. */
const support = {
  format: z.enum(RESOURCE_FORMATS, 'Choisissez le format.'),
  /** What the link says; empty: the name of the format. */
  title: z.string().trim().max(160, '160 caractères au plus.').default(''),
};
export const linkSchema = z.strictObject({ ...support, url: webAddress });
export const fileSchema = z.strictObject({
  ...support,
  /** As it stands at the end of its public address: `synthese-2030.pdf`. */
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]{2,5}$/),
  type: z.string(),
  size: z.int().min(0),
  /** Of the content, in hexadecimal: names it on disk. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export const supportSchema = z.union([linkSchema, fileSchema]);
export type SupportInput = z.infer<typeof supportSchema>;
