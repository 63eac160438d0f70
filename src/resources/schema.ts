import { z } from 'zod';
import { PUBLICS } from '../base/words.ts';

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

const webAddress = z
  .string()
  .trim()
  .max(2000, '2 000 caractères au plus.')
  .refine((text) => {
    const url = URL.parse(text);
    return (url?.protocol === 'https:' || url?.protocol === 'http:') && !url.username && !url.password;
  }, 'Donnez une adresse complète, qui commence par https://.');

/** A deliverable of the inventory, with what each public can do with it. */
export const resourceSchema = z.strictObject({
  slug: z
    .string()
    .max(80, '80 caractères au plus.')
    .regex(
      /^[a-z0-9]+(-[a-z0-9]+)*$/,
      'Un identifiant s’écrit en minuscules sans accent, chiffres et tirets : etude-prospective.',
    ),
  title: z.string().trim().min(1, 'Donnez un titre.').max(160, '160 caractères au plus.'),
  summary: z.string().trim().min(1, 'Dites en deux phrases ce que c’est.').max(1000, '1 000 caractères au plus.'),
  kind: z.enum(RESOURCE_KINDS),
  carriedBy: z.string().trim().max(160, '160 caractères au plus.').default(''),
  years: z.string().trim().max(40, '40 caractères au plus.').default(''),
  /** Null: not published anywhere yet. */
  url: webAddress.nullable().default(null),
  uses: z
    .partialRecord(
      z.enum(PUBLICS),
      z.string().trim().min(1, 'Dites à quoi elle sert, ou retirez ce public.').max(300, '300 caractères au plus.'),
    )
    .default({}),
  formats: z
    .array(z.enum(RESOURCE_FORMATS))
    .max(RESOURCE_FORMATS.length)
    .default([])
    .refine((all) => new Set(all).size === all.length, 'Le même format est donné deux fois.'),
});
export type ResourceInput = z.infer<typeof resourceSchema>;
