import { z } from 'zod';
import { LEVELS } from '../base/words.ts';
import { capsSchema, DEFAULT_CAPS } from '../pressure/schema.ts';

/** PRV-30. What the campaign is in law; sends incompatible with it are refused. */
export const NATURES = ['information_de_mission', 'prospection_b2b', 'prospection_b2c', 'transactionnel'] as const;
export type Nature = (typeof NATURES)[number];
export const NATURE_NAMES: Record<Nature, string> = {
  information_de_mission: 'information liée à la mission de service public',
  prospection_b2b: 'prospection auprès de professionnels',
  prospection_b2c: 'prospection auprès de particuliers',
  transactionnel: 'message attendu par la personne',
};

export const PARTNER_ROLES = ['pilote', 'signataire', 'relais'] as const;
export type PartnerRole = (typeof PARTNER_ROLES)[number];
export const PARTNER_ROLE_NAMES: Record<PartnerRole, string> = {
  pilote: 'pilote',
  signataire: 'signataire',
  relais: 'relais',
};

export const TARGET_MEASURES = ['touches', 'clics', 'departs', 'envois'] as const;
export type TargetMeasure = (typeof TARGET_MEASURES)[number];
export const TARGET_MEASURE_NAMES: Record<TargetMeasure, string> = {
  touches: 'destinataires touchés',
  clics: 'clics retenus',
  departs: 'départs vers les pages suivies',
  envois: 'envois',
};

export const LINK_MODES = ['direct', 'cellule', 'individuel'] as const;
export type LinkMode = (typeof LINK_MODES)[number];
export const LINK_MODE_NAMES: Record<LinkMode, string> = {
  direct: 'liens directs, sans mesure',
  cellule: 'liens communs à des groupes de destinataires',
  individuel: 'liens personnels pour les personnes qui l’ont accepté, liens de groupe pour les autres',
};
/** What each of them tells, for whoever chooses. */
export const LINK_MODE_HINTS: Record<LinkMode, string> = {
  direct: 'Ils mènent tout droit à leur page : aucun clic n’est compté.',
  cellule: 'Un clic compte pour le groupe, jamais pour une personne.',
  individuel:
    'L’accord vient de vos fichiers de contacts ou du pied de vos messages. Il en sort un nombre de personnes, jamais leurs noms ; si trop peu ont accepté, tous ont des liens de groupe.',
};

/** What results may be told by, three at most: each one more makes the groups smaller. */
export const CELL_DIMENSIONS = ['level', 'region', 'size_class', 'public', 'idcc'] as const;
export type CellDimension = (typeof CELL_DIMENSIONS)[number];
export const CELL_DIMENSION_NAMES: Record<CellDimension, string> = {
  level: 'niveau',
  region: 'région',
  size_class: 'taille d’entreprise',
  public: 'public',
  idcc: 'branche (convention collective)',
};

export const slugSchema = z
  .string()
  .trim()
  .max(80, '80 caractères au plus.')
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    'Un identifiant s’écrit en minuscules sans accent, chiffres et tirets : lettre-de-novembre.',
  );

/** `2026-11-02`: a day in France, without an hour. */
export const daySchema = z.string().refine(isDay, 'Donnez une date qui existe, sous la forme 2026-11-02.');

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'Une couleur s’écrit #1a2330 : un dièse et six chiffres ou lettres.');
const written = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'Écrivez ce texte.')
    .max(max, `${max.toLocaleString('fr-FR')} caractères au plus.`);

export const identitySchema = z.strictObject({
  colour,
  accent: colour,
  /** Without its #. */
  hashtag: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}_]{0,60}$/u, 'Un mot-dièse s’écrit sans # ni espace : EssentielsInfraNum.')
    .default(''),
  /** The name of an image of the campaign; null: its name alone stands for it. */
  logo: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*\.(png|jpg)$/, 'Le logo est une image PNG ou JPEG de la campagne.')
    .nullable()
    .default(null),
});
export type Identity = z.infer<typeof identitySchema>;

export const partnerSchema = z.strictObject({ organisation: slugSchema, role: z.enum(PARTNER_ROLES) });

export const targetSchema = z
  .strictObject({
    measure: z.enum(TARGET_MEASURES),
    /** Null: all levels together. */
    level: z.enum(LEVELS).nullable().default(null),
    value: z.int().positive('Une cible est un nombre entier, plus grand que zéro.').max(100_000_000),
    note: z.string().trim().max(300, '300 caractères au plus.').default(''),
  })
  .refine((t) => t.measure !== 'departs' || t.level === null, {
    path: ['level'],
    message: 'Les départs vers une page se comptent tous niveaux ensemble : laissez le niveau vide.',
  });

/** A partner leaves: for good, from a day on (Paris), with a reason that its partners and the memory read. */
export const withdrawalSchema = z.strictObject({
  organisation: slugSchema,
  effectiveOn: daySchema,
  reason: written(1000),
});
export type WithdrawalInput = z.infer<typeof withdrawalSchema>;

/** A whole campaign, as a form or a folder gives it. Partners are in order: the first holder of an address keeps it. */
export const campaignSchema = z
  .strictObject({
    slug: slugSchema,
    name: written(160),
    tagline: z.string().trim().max(200, '200 caractères au plus.').default(''),
    summary: z.string().trim().max(2000, '2 000 caractères au plus.').default(''),
    identity: identitySchema,
    startsOn: daySchema,
    endsOn: daySchema,
    nature: z.enum(NATURES),
    legalBasis: written(500),
    /** PRV-52: the essence of the arrangement between joint controllers (GDPR art. 26), which is published. */
    arrangement: z.string().trim().max(4000, '4 000 caractères au plus.').default(''),
    contactPoint: z.string().trim().max(200, '200 caractères au plus.').default(''),
    linkMode: z.enum(LINK_MODES).default('cellule'),
    cellDimensions: z
      .array(z.enum(CELL_DIMENSIONS))
      .max(3, 'Trois dimensions au plus : au-delà, les groupes deviennent trop petits pour être publiés.')
      .default(['level', 'region', 'size_class']),
    /** No figure is published for a group smaller than this. */
    k: z.int().min(10, 'Le plus petit groupe publié compte au moins 10 destinataires.').max(10_000).default(20),
    caps: capsSchema.default(DEFAULT_CAPS),
    demo: z.boolean().default(false),
    partners: z
      .array(partnerSchema)
      .min(1, 'Nommez au moins l’organisation pilote.')
      .max(30, '30 partenaires au plus.'),
    targets: z.array(targetSchema).max(40, '40 cibles au plus.').default([]),
  })
  .superRefine((c, issues) => {
    const issue = (path: (string | number)[], message: string) => issues.addIssue({ code: 'custom', path, message });
    if (c.endsOn < c.startsOn) issue(['endsOn'], 'La campagne finit avant d’avoir commencé.');
    if (new Set(c.cellDimensions).size < c.cellDimensions.length)
      issue(['cellDimensions'], 'La même dimension est donnée deux fois.');
    const seen = new Set<string>();
    for (const [i, partner] of c.partners.entries()) {
      if (seen.has(partner.organisation))
        issue(
          ['partners', i, 'organisation'],
          `« ${partner.organisation} » est déjà partenaire : retirez cette ligne.`,
        );
      seen.add(partner.organisation);
    }
    if (c.partners.filter((p) => p.role === 'pilote').length !== 1)
      issue(['partners'], 'Une campagne a un pilote et un seul : donnez ce rôle à une organisation.');
    if (c.partners.length > 1 && !c.arrangement)
      issue(
        ['arrangement'],
        'Une campagne à plusieurs publie l’essentiel de l’accord entre partenaires (article 26 du RGPD) : résumez-le.',
      );
    if (c.partners.length > 1 && !c.contactPoint)
      issue(['contactPoint'], 'Une campagne à plusieurs donne un point de contact pour les personnes concernées.');
  });
export type CampaignInput = z.infer<typeof campaignSchema>;
