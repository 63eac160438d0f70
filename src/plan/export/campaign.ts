import { LEVEL_NAMES } from '../../base/words.ts';
import type { AudienceRule } from '../../contacts/audience-schema.ts';
import type { AudiencePart, Bundle } from '../bundle.ts';
import { RULE_NAMES } from '../campaign-file.ts';
import { keepingLines } from '../prose.ts';
import { yamlOf } from './yaml.ts';

/** `campagne.yaml`: what the campaign is, and its audiences. */
export const campaignWritten = ({ campaign: c, audiences }: Pick<Bundle, 'campaign' | 'audiences'>): string =>
  yamlOf({
    nom: c.name,
    slogan: c.tagline,
    résumé: c.summary,
    démonstration: c.demo ? 'oui' : undefined,
    partenaires: c.partners.map((p) => ({ organisation: p.organisation, rôle: p.role })),
    identité: {
      couleur: c.identity.colour,
      accent: c.identity.accent,
      'mot-dièse': c.identity.hashtag,
      logo: c.identity.logo ?? undefined,
    },
    période: { début: c.startsOn, fin: c.endsOn },
    nature: c.nature,
    'base-légale': c.legalBasis,
    accord: keepingLines(c.arrangement),
    contact: c.contactPoint,
    liens: c.linkMode,
    résultats: { dimensions: c.cellDimensions, 'plus-petit-groupe': c.k },
    sollicitation: {
      'par-personne': c.caps.perPerson,
      jours: c.caps.days,
      'par-entreprise': c.caps.perCompany,
      'jours-entreprise': c.caps.companyDays,
    },
    cibles: c.targets.map((t) => ({
      mesure: t.measure,
      niveau: t.level ? LEVEL_NAMES[t.level] : undefined,
      valeur: t.value,
      note: t.note,
    })),
    audiences: audiences.map(audienceWritten),
  });

const audienceWritten = ({ slug, name, rule, placedLevel }: AudiencePart) => ({
  identifiant: slug,
  nom: name,
  règle: ruleWritten(rule),
  'placer-au-niveau': placedLevel ? LEVEL_NAMES[placedLevel] : undefined,
});

function ruleWritten(rule: Omit<AudienceRule, 'not'> & { not?: AudienceRule['not'] }): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(RULE_NAMES).flatMap(([name, key]): [string, unknown][] => {
      const value = rule[name as keyof AudienceRule];
      if (value === undefined) return [];
      if (key === 'sauf') return [[key, ruleWritten(value as AudienceRule)]];
      if (key === 'consentement') {
        const { purpose, value: answer } = value as NonNullable<AudienceRule['consent']>;
        return [[key, { pour: purpose, réponse: answer }]];
      }
      return [[key, value]];
    }),
  );
}
