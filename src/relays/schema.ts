import { z } from 'zod';
import type { Actor, Ctx } from '../base/context.ts';
import { normaliseAddress } from '../contacts/addresses.ts';
import { readTerritory } from './territory.ts';

/** The clock acts on no relay by itself. */
export type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

export const RELAY_KINDS = [
  'instance',
  'federation',
  'opco',
  'service_etat',
  'carif_oref',
  'chambre',
  'collectivite',
  'organisme_formation',
  'conseiller',
  'guichet',
  'entreprise',
  'autre',
] as const;
export type RelayKind = (typeof RELAY_KINDS)[number];
export const RELAY_KIND_NAMES: Record<RelayKind, string> = {
  instance: 'instance paritaire ou de concertation',
  federation: 'fédération de branche',
  opco: 'OPCO',
  service_etat: 'service de l’État',
  carif_oref: 'Carif-Oref',
  chambre: 'chambre consulaire',
  collectivite: 'collectivité',
  organisme_formation: 'organisme de formation',
  conseiller: 'conseiller',
  guichet: 'guichet, accueil de proximité',
  entreprise: 'entreprise',
  autre: 'autre relais',
};

/** Where a relay comes from: its own request, a list, somebody's typing, a campaign's folder. */
export type Origin = 'formulaire' | 'import' | 'saisie' | 'campagne';

const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point (MAIL-43, MAIL-45)
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/u;
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `${max} caractères au plus.`)
    .refine((t) => !UNSEEN.test(t), 'Ce texte contient un caractère invisible ou un retour à la ligne : retapez-le.');

export const relayNameSchema = line(160).min(1, 'Donnez le nom de l’organisme ou de la personne qui relaie.');

/** France, a region or a département, in words or by code; kept as « France », a region's name or a département's code. */
export const territorySchema = z
  .string('Dites sur quel territoire ce relais agit.')
  .trim()
  .transform((text, issues) => {
    const territory = readTerritory(text);
    if (territory) return territory.word;
    issues.addIssue({ code: 'custom', message: 'Choisissez la France, une région ou un département.' });
    return z.NEVER;
  });

export const relayAddressSchema = z.string().transform((text, issues) => {
  const normal = normaliseAddress(text);
  if ('address' in normal) return normal.address;
  issues.addIssue({
    code: 'custom',
    message: 'Donnez une adresse électronique complète, par exemple prenom.nom@organisme.fr.',
  });
  return z.NEVER;
});

/** A relay as a form or a folder gives it. It is known by its address; without one, by its name. */
export const relaySchema = z.strictObject({
  name: relayNameSchema,
  kind: z.enum(RELAY_KINDS, 'Choisissez un type de relais.'),
  territory: territorySchema,
  /** The relay above it, by its address or its name; null: none. */
  parent: line(254).nullable().default(null),
  contactName: line(160).default(''),
  address: relayAddressSchema.nullable().default(null),
  /** The organisation of this service that the relay has become, by its slug. */
  member: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .nullable()
    .default(null),
  note: z.string().trim().max(2000, '2 000 caractères au plus.').default(''),
});
export type RelayInput = z.output<typeof relaySchema>;
