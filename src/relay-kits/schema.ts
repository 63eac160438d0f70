import { z } from 'zod';
import { parseParis } from '../base/dates.ts';

const written = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `${max.toLocaleString('fr-FR')} caractères au plus.`);

const webAddress = written(2000).refine((text) => {
  const url = URL.parse(text);
  return (url?.protocol === 'https:' || url?.protocol === 'http:') && !url.username && !url.password;
}, 'Donnez une adresse complète, qui commence par https://.');

const slugs = z.array(z.string().max(80)).max(500, '500 au plus.');

/** What every kit of a campaign contains, as a form or a folder gives it. */
export const kitSettingsSchema = z.strictObject({
  /** « Obtenir notre kit » is open to the public. */
  open: z.boolean().default(false),
  introduction: written(1500).default(''),
  posterTitle: written(200).default(''),
  posterText: written(600).default(''),
  /** Where the links and the codes of relays lead first; null: the public page of the campaign. */
  destination: webAddress.nullable().default(null),
  /** Éléments de langage, by slug; null: every one that may be said. */
  keyMessages: slugs.nullable().default(null),
  /** Resources, by slug; null: every one that can be read. */
  resources: slugs.nullable().default(null),
  /** Names of the campaign's images. */
  visuals: z.array(z.string().max(120)).max(60, '60 visuels au plus.').default([]),
  /** The approved newsletter that gives its extract, by its slug. */
  extract: z.string().max(80).nullable().default(null),
});
export type KitSettings = z.output<typeof kitSettingsSchema>;

export const CHANNELS = ['social', 'lettre', 'site', 'affichage', 'rendez_vous', 'reunion', 'presse', 'autre'] as const;
export type Channel = (typeof CHANNELS)[number];
export const CHANNEL_NAMES: Record<Channel, string> = {
  social: 'réseau social',
  lettre: 'lettre ou courriel',
  site: 'site web',
  affichage: 'affiche ou carte',
  rendez_vous: 'rendez-vous',
  reunion: 'réunion, événement',
  presse: 'presse',
  autre: 'autrement',
};

const day = z
  .string()
  .refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseParis(text) !== null, 'Donnez une date qui existe.');

/** « J’ai publié »: what a relay says it did. */
export const declarationSchema = z.strictObject({
  channel: z.enum(CHANNELS, 'Dites où vous l’avez publié.'),
  /** How many people it may have reached, as the relay estimates it. */
  audience: z
    .int('Donnez un nombre entier.')
    .min(0, 'Un nombre de personnes n’est pas négatif.')
    .max(70_000_000, 'C’est plus que la France : vérifiez ce nombre.')
    .nullable()
    .default(null),
  publishedOn: day,
  url: webAddress.nullable().default(null),
  note: written(500).default(''),
});

/** What a relay does on its kit page beside opening it. */
export const ACTS = ['copie', 'telecharge'] as const;
export type KitAct = (typeof ACTS)[number];

/** `edl:metiers:terrain:post`, `extrait:html`, `affiche:a4`, `visuel:atelier-3f9a01bc.png`: what was taken, never free text. */
export const actSchema = z.strictObject({
  what: z.enum(ACTS),
  detail: z
    .string()
    .max(200)
    .regex(
      /^(edl(:[a-z0-9_-]+){3}|extrait:(html|texte)|affiche:(a4|a3)|affiche-webinaire:[a-z0-9-]+|webinaire:[a-z0-9-]+|carte|agenda|lien|questionnaire|partage:linkedin|visuel:[a-z0-9.-]+|qr)$/,
    ),
});

/** What a relay took, in words. */
export function takenText(detail: string): string {
  const [kind = '', ...rest] = detail.split(':');
  const names: Record<string, string> = {
    edl: `le texte « ${rest[0] ?? ''} »`,
    extrait: 'l’extrait de la lettre',
    affiche: `l’affiche ${rest[0]?.toUpperCase() ?? ''}`,
    'affiche-webinaire': 'l’affiche d’un webinaire',
    webinaire: 'l’annonce d’un webinaire',
    carte: 'la carte de comptoir',
    agenda: 'l’agenda',
    lien: 'son lien',
    questionnaire: 'l’adresse d’un questionnaire',
    partage: 'le partage sur LinkedIn',
    visuel: 'un visuel',
    qr: 'son code QR',
  };
  return names[kind] ?? detail;
}
