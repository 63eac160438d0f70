import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { PROBE_STEPS, type ProbeStepName } from '../mail/probe.ts';

/** What the verbs of this room must know of the instance; only config.ts reads the environment. */
export type Instance = {
  /** Without a mail server: nothing may reach a real person. */
  demo: boolean;
};

export const SECURITIES = ['starttls', 'tls', 'none'] as const;
export type Security = (typeof SECURITIES)[number];
export const SECURITY_NAMES: Record<Security, string> = {
  starttls: 'chiffrement exigé après la connexion (STARTTLS)',
  tls: 'chiffrement dès la connexion (TLS)',
  none: 'sans chiffrement',
};
export const AUTHS = ['mot_de_passe', 'jeton', 'aucune'] as const;
export type Auth = (typeof AUTHS)[number];
export const AUTH_NAMES: Record<Auth, string> = {
  mot_de_passe: 'identifiant et mot de passe',
  jeton: 'identifiant et jeton d’accès OAuth2 (XOAUTH2)',
  aucune: 'sans identification',
};

/** The ports of mail servers. An organisation may not knock at any other: its form is no way to explore a network. */
export const MAIL_PORTS = [25, 465, 587, 2525];

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point (MAIL-43)
const CONTROL = /[\u0000-\u001f\u007f]/;
const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/;
const IP = /^[0-9.]+$|^[0-9a-f.]*:[0-9a-f:.]+$/;

const limit = (max: number) =>
  z.coerce
    .number('Donnez un nombre.')
    .int('Donnez un nombre entier.')
    .min(1, 'Donnez un nombre d’au moins 1, ou laissez vide.')
    .max(max, `Donnez un nombre d’au plus ${max}.`)
    .nullable();

export const transportSchema = z.strictObject({
  host: z
    .string()
    .trim()
    .transform((h) => (h.includes(':') ? h.toLowerCase() : domainToASCII(h.replace(/\.$/, ''))))
    .refine((h) => HOST.test(h) || IP.test(h), 'Donnez le nom du serveur, comme smtp.exemple.fr.'),
  port: z.coerce
    .number('Donnez le port, comme 587.')
    .int()
    .min(1, 'Donnez le port, comme 587.')
    .max(65535, 'Donnez le port, comme 587.'),
  security: z.enum(SECURITIES, 'Choisissez comment la connexion est protégée.'),
  auth: z.enum(AUTHS, 'Choisissez comment le service s’identifie.'),
  username: z.string().trim().max(254, '254 caractères au plus.').default(''),
  /** Empty: the one already kept, where server and user have not changed. */
  secret: z
    .string()
    .max(8000, '8 000 caractères au plus.')
    .refine((s) => !CONTROL.test(s), 'Ce texte contient un retour à la ligne ou un caractère invisible.')
    .default(''),
  connections: z.coerce
    .number('Donnez un nombre entre 1 et 50.')
    .int('Donnez un nombre entier.')
    .min(1, 'Donnez un nombre entre 1 et 50.')
    .max(50, 'Donnez un nombre entre 1 et 50.')
    .default(4),
  perMinute: limit(100_000).default(null),
  perDay: limit(10_000_000).default(null),
});
export type TransportInput = z.input<typeof transportSchema>;
export type TransportData = z.output<typeof transportSchema>;

/** A name of at least two labels, in its ASCII form. */
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const asDomain = (text: string): string => domainToASCII(text.trim().replace(/^@|\.$/g, ''));
export const domainOf = (address: string): string => asDomain(address.slice(address.lastIndexOf('@') + 1));

export const SIGNINGS = ['ici', 'relais'] as const;
export type Signing = (typeof SIGNINGS)[number];

export const bounceAddressSchema = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email('Cette adresse n’est pas valable. Exemple : retours@lettre.organisation.fr').max(200))
  // Each message adds its own mark before the @, of which an envelope holds 64 characters (MAIL-30).
  .refine((a) => a.indexOf('@') <= 16, 'Avant le @, 16 caractères au plus : chaque message y ajoute sa marque.')
  .nullable()
  .default(null);

export const domainSchema = z.strictObject({
  domain: z
    .string()
    .transform(asDomain)
    .refine((d) => DOMAIN.test(d), 'Donnez le domaine seul, comme lettre.organisation.fr.'),
  signing: z.enum(SIGNINGS, 'Choisissez qui signe les messages.'),
  bounceAddress: bounceAddressSchema,
});
export type DomainInput = z.input<typeof domainSchema>;

export const LEVELS = ['bon', 'a_corriger', 'bloquant'] as const;
/** One thing that was looked at. `remedy` is a sentence to hand to whoever keeps the domain; empty where all is well. */
export const findingSchema = z.object({
  name: z.string(),
  level: z.enum(LEVELS),
  found: z.string(),
  remedy: z.string(),
});
export type Finding = z.output<typeof findingSchema>;

/** Where a relay that signs was seen to publish its key, proved by a message that came through it (MAIL-02). */
export const proofSchema = z.object({ domain: z.string(), selector: z.string(), at: z.string() });
export type Proof = z.output<typeof proofSchema>;

export const healthSchema = z.object({
  checks: z.array(findingSchema),
  proof: proofSchema.nullish().transform((p) => p ?? null),
});
export type Health = z.output<typeof healthSchema>;

/** What a trial of a server told, as it is kept. */
export const stepsSchema = z.array(z.object({ name: z.enum(PROBE_STEPS), ok: z.boolean(), words: z.string() }));
export const STEP_NAMES: Record<ProbeStepName, string> = {
  connexion: 'Connexion',
  accueil: 'Accueil du serveur',
  presentation: 'Ce que le serveur sait faire (EHLO)',
  chiffrement: 'Chiffrement',
  identification: 'Identification',
  expediteur: 'Expéditeur',
  destinataire: 'Destinataire',
  contenu: 'Envoi du message',
  message: 'Message remis',
};

const finding =
  (level: Finding['level']) =>
  (name: string, found: string, remedy = ''): Finding => ({ name, level, found, remedy });
export const good = finding('bon');
export const toMend = finding('a_corriger');
export const blocking = finding('bloquant');
