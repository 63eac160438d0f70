import { z } from 'zod';
import { CONSUMER_DOMAINS } from '../base/consumer-domains.ts';

export const ORGANISATION_KINDS = ['opco', 'federation', 'etat', 'partenaire'] as const;
export const KIND_NAMES: Record<(typeof ORGANISATION_KINDS)[number], string> = {
  opco: 'OPCO',
  federation: 'fédération de branche',
  etat: 'service de l’État',
  partenaire: 'partenaire',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: a control character would split a mail header (MAIL-43)
const CONTROL = /[\u0000-\u001f\u007f]/;
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `${max} caractères au plus.`)
    .refine((t) => !CONTROL.test(t), 'Ce texte contient un retour à la ligne ou un caractère invisible.');
const colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'Donnez une couleur comme #1a2330.')
  .transform((c) => c.toLowerCase());
const address = z.email('Cette adresse n’est pas valable. Exemple : lettre@organisation.fr').max(254);

export const organisationSchema = z.strictObject({
  slug: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Minuscules, chiffres et tirets seulement.')
    .max(60),
  name: line(120).min(2, 'Donnez le nom de l’organisation.'),
  kind: z.enum(ORGANISATION_KINDS).default('partenaire'),
  senderName: line(120).min(2, 'Donnez le nom que lira le destinataire.'),
  senderAddress: address.refine(
    (a) => !CONSUMER_DOMAINS.has(a.split('@')[1]?.toLowerCase() ?? ''),
    'Une organisation écrit depuis son propre domaine, pas depuis une messagerie grand public.',
  ),
  replyTo: address.nullable().default(null),
  postalAddress: line(300).default(''),
  privacyContact: line(200).default(''),
  /** Its own site, to which the public pages of its campaigns point. */
  website: z
    .union([
      z.literal(''),
      line(300).refine(
        (t) => /^https?:$/.test(URL.parse(t)?.protocol ?? ''),
        'Donnez une adresse complète, qui commence par https://.',
      ),
    ])
    .nullable()
    .default(null)
    .transform((t) => t || null),
  colour: colour.default('#1a2330'),
  accent: colour.default('#c2410c'),
});
export type OrganisationInput = z.input<typeof organisationSchema>;
export type OrganisationData = z.output<typeof organisationSchema>;

/** The service's own sender, for codes: the organisation of the person is not known yet. */
export const serviceSender = (publicUrl: string) => ({
  name: 'Porte-voix',
  address: `connexion@${new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')}`,
});

/** Pasted addresses come with blanks around them. */
export const signInAddressSchema = z.string().trim().toLowerCase().pipe(z.email().max(254));

/** Codes are typed by hand: six digits, ten minutes, five tries (ASVS 6.5.5). */
export const CODE_MINUTES = 10;
export const CODE_TRIES = 5;
/** A session ends after 12 hours without use, and after 7 days in any case (ASVS 7.3.1-2). */
export const IDLE_HOURS = 12;
export const SESSION_DAYS = 7;
