import { z } from 'zod';
import { LEVEL_NAMES, LEVELS, PUBLICS, SIZE_CLASSES } from '../base/words.ts';
import {
  type CampaignInput,
  CELL_DIMENSIONS,
  campaignSchema,
  LINK_MODES,
  NATURES,
  PARTNER_ROLES,
  TARGET_MEASURES,
} from '../campaigns/schema.ts';
import { audienceRuleSchema } from '../contacts/audience-schema.ts';
import { PURPOSES } from '../contacts/schema.ts';
import type { AudiencePart } from './bundle.ts';
import { check, checkAs, fields, listOf, text, word, yesNo } from './fields.ts';
import type { Images } from './images-folder.ts';
import type { Problem } from './problems.ts';
import { unfolded } from './prose.ts';
import type { YamlSource } from './yaml-source.ts';

export const levelWord = word(LEVELS, LEVEL_NAMES);

const colour = z.string({
  error: ({ input }) =>
    input === undefined
      ? undefined
      : "Une couleur s’écrit entre guillemets droits, comme '#1a2330' : sans eux, le dièse commence un commentaire.",
});

/** What an audience's rule may say; each list narrows the selection, its members widen it. */
const ruleKeys = {
  niveaux: listOf(levelWord).optional(),
  publics: listOf(word(PUBLICS)).optional(),
  organisations: listOf(text).optional(),
  départements: listOf(text).optional(),
  régions: listOf(text).optional(),
  tailles: listOf(word(SIZE_CLASSES)).optional(),
  naf: listOf(text).optional(),
  idcc: listOf(text).optional(),
  fonctions: listOf(text).optional(),
  étiquettes: listOf(text).optional(),
  consentement: fields({
    pour: word(PURPOSES),
    réponse: word(['granted', 'refused', 'unknown'], { granted: 'accordé', refused: 'refusé', unknown: 'inconnu' }),
  })
    .transform((c) => ({ purpose: c.pour, value: c.réponse }))
    .optional(),
};
export const RULE_NAMES = {
  level: 'niveaux',
  public: 'publics',
  organisation: 'organisations',
  departement: 'départements',
  region: 'régions',
  sizeClass: 'tailles',
  naf: 'naf',
  idcc: 'idcc',
  job: 'fonctions',
  tags: 'étiquettes',
  consent: 'consentement',
  not: 'sauf',
} as const;

const rule = fields({ ...ruleKeys, sauf: fields(ruleKeys).optional() });

const audience = fields({
  identifiant: text,
  nom: text,
  règle: rule.optional(),
  'placer-au-niveau': levelWord.optional(),
});

/** `campagne.yaml` */
const campaignFile = fields({
  nom: text,
  slogan: text.optional(),
  résumé: text.optional(),
  démonstration: yesNo.optional(),
  partenaires: z.array(fields({ organisation: text, rôle: word(PARTNER_ROLES) })),
  identité: fields({ couleur: colour, accent: colour, 'mot-dièse': text.optional(), logo: text.optional() }),
  période: fields({ début: text, fin: text }),
  nature: word(NATURES),
  'base-légale': text,
  accord: text.optional(),
  contact: text.optional(),
  liens: word(LINK_MODES).optional(),
  résultats: fields({
    dimensions: listOf(
      word(CELL_DIMENSIONS, {
        level: 'niveau',
        region: 'région',
        size_class: 'taille',
        public: 'public',
        idcc: 'branche',
      }),
    ).optional(),
    'plus-petit-groupe': z.number().optional(),
  }).optional(),
  sollicitation: fields({
    'par-personne': z.number().optional(),
    jours: z.number().optional(),
    'par-entreprise': z.number().optional(),
    'jours-entreprise': z.number().optional(),
  }).optional(),
  cibles: z
    .array(
      fields({
        mesure: word(TARGET_MEASURES, { touches: 'touchés', departs: 'départs' }),
        niveau: levelWord.optional(),
        valeur: z.number(),
        note: text.optional(),
      }),
    )
    .optional(),
  audiences: z.array(audience).min(1, 'Décrivez au moins une audience.'),
});

/** How the campaign's own words are said in its file, to show a refusal at its place. */
const NAMES: Record<string, string> = {
  name: 'nom',
  tagline: 'slogan',
  summary: 'résumé',
  demo: 'démonstration',
  partners: 'partenaires',
  role: 'rôle',
  identity: 'identité',
  colour: 'couleur',
  hashtag: 'mot-dièse',
  startsOn: 'période',
  endsOn: 'période',
  legalBasis: 'base-légale',
  arrangement: 'accord',
  contactPoint: 'contact',
  linkMode: 'liens',
  cellDimensions: 'résultats',
  k: 'résultats',
  caps: 'sollicitation',
  perPerson: 'par-personne',
  days: 'jours',
  perCompany: 'par-entreprise',
  companyDays: 'jours-entreprise',
  targets: 'cibles',
  measure: 'mesure',
  level: 'niveau',
  value: 'valeur',
};

export type CampaignFile = { campaign: CampaignInput; audiences: AudiencePart[] };

/** The campaign of a folder named `slug`, or what is wrong with its file. */
export function campaignOf(
  source: YamlSource,
  slug: string,
  images: Images,
): { value: CampaignFile | null; problems: Problem[] } {
  const { data, problems } = check(source, campaignFile);
  if (!data) return { value: null, problems };
  const { logo } = data.identité;
  const image = logo === undefined ? null : images.get(logo.normalize('NFC'));
  // One that is there and cannot be kept is told at the file itself.
  const lost: Problem[] = [];
  if (logo !== undefined && image === undefined)
    lost.push(source.at(['identité', 'logo'], `Le fichier images/${logo} n’est pas dans le dossier.`));
  const campaign = checkAs(
    source,
    campaignSchema,
    {
      slug,
      name: data.nom,
      tagline: data.slogan,
      summary: data.résumé,
      demo: data.démonstration,
      partners: data.partenaires.map((p) => ({ organisation: p.organisation, role: p.rôle })),
      identity: {
        colour: data.identité.couleur,
        accent: data.identité.accent,
        hashtag: data.identité['mot-dièse'],
        logo: image?.name,
      },
      startsOn: data.période.début,
      endsOn: data.période.fin,
      nature: data.nature,
      legalBasis: data['base-légale'],
      arrangement: data.accord && unfolded(data.accord),
      contactPoint: data.contact,
      linkMode: data.liens,
      cellDimensions: data.résultats?.dimensions,
      k: data.résultats?.['plus-petit-groupe'],
      caps: data.sollicitation && {
        perPerson: data.sollicitation['par-personne'],
        days: data.sollicitation.jours,
        perCompany: data.sollicitation['par-entreprise'],
        companyDays: data.sollicitation['jours-entreprise'],
      },
      targets: data.cibles?.map((c) => ({ measure: c.mesure, level: c.niveau ?? null, value: c.valeur, note: c.note })),
    },
    (path) => path.map((step) => NAMES[String(step)] ?? step),
  );

  const found: Problem[] = [...lost, ...campaign.problems];
  const audiences: AudiencePart[] = [];
  for (const [i, a] of data.audiences.entries()) {
    const { sauf, ...main } = a.règle ?? {};
    const wanted = { ...ruleOf(main), ...(sauf ? { not: ruleOf(sauf) } : {}) };
    const checked = checkAs(source, audienceRuleSchema, wanted, (path) => [
      'audiences',
      i,
      'règle',
      ...path.map((step) => RULE_NAMES[step as keyof typeof RULE_NAMES] ?? step),
    ]);
    found.push(...checked.problems);
    if (checked.data)
      audiences.push({
        slug: a.identifiant,
        name: a.nom,
        rule: checked.data,
        placedLevel: a['placer-au-niveau'] ?? null,
      });
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(a.identifiant))
      found.push(
        source.at(
          ['audiences', i, 'identifiant'],
          'Un identifiant s’écrit en minuscules sans accent, chiffres et tirets.',
        ),
      );
    if (data.audiences.findIndex((other) => other.identifiant === a.identifiant) < i)
      found.push(
        source.at(['audiences', i, 'identifiant'], `Une autre audience porte déjà l’identifiant « ${a.identifiant} ».`),
      );
  }
  return found.length || !campaign.data
    ? { value: null, problems: found }
    : { value: { campaign: campaign.data, audiences }, problems: [] };
}

type FrenchRule = z.output<typeof rule>;

/** Only the lists that are given: an absent one selects everybody. */
const ruleOf = (french: Omit<FrenchRule, 'sauf'>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(RULE_NAMES).flatMap(([name, key]) =>
      key !== 'sauf' && french[key] !== undefined ? [[name, french[key]]] : [],
    ),
  );
