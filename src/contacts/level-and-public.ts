import { LEVEL_NAMES, LEVELS, type Level, PUBLIC_NAMES, PUBLICS, type Public } from '../base/words.ts';
import { titleKey } from './headers.ts';
import type { Read } from './identifiers.ts';

const LEVEL_WORDS: Record<Level, string> = {
  institutionnel: 'i|inst|institutionnelle|institutionnels|institution|institutions|institutional',
  operationnel: 'o|op|oper|operationnelle|operationnels|operational',
  terrain: 't|ter|field',
};

const PUBLIC_WORDS: Record<Public, string> = {
  gouvernance: 'etat|gouvernance etat|copil|service de l etat|services de l etat',
  branche: 'branches|partenaire social|partenaires sociaux|branche partenaire social|federation|syndicat',
  entreprise: 'entreprises|societe|employeur|dirigeant',
  independant: 'independants|auto entrepreneur|auto entrepreneurs|artisan|artisans',
  prescripteur: 'prescripteurs|efop|conseiller|conseillers',
  organisme_formation: 'of|cfa|organisme de formation|organismes de formation',
  structure_locale: 'structures locales|collectivite|collectivites|mission locale',
  salarie: 'salaries|salariee|salariees|employe',
  demandeur_emploi: 'demandeurs d emploi|demandeuse d emploi|de',
  presse: 'journaliste|journalistes|media|medias',
  inconnu: 'non precise|nc',
};

const dictionary = <W extends string>(
  words: readonly W[],
  names: Record<W, string>,
  synonyms: Record<W, string>,
): Map<string, W> =>
  new Map(
    words.flatMap((w): [string, W][] =>
      [w.replaceAll('_', ' '), titleKey(names[w]), ...synonyms[w].split('|')].map((key) => [key, w]),
    ),
  );

const LEVEL_OF = dictionary(LEVELS, LEVEL_NAMES, LEVEL_WORDS);
const PUBLIC_OF = dictionary(PUBLICS, PUBLIC_NAMES, PUBLIC_WORDS);

const read = <W extends string>(raw: string, words: Map<string, W>, code: string): Read<W> => {
  const key = titleKey(raw);
  if (key === '') return { value: null };
  const value = words.get(key);
  return value ? { value } : { value: null, code };
};

export const readLevel = (raw: string): Read<Level> => read(raw, LEVEL_OF, 'level_unknown');
export const readPublic = (raw: string): Read<Public> => read(raw, PUBLIC_OF, 'public_unknown');

/** What a function says of a person's public: the first line whose words start one of its words. */
const PUBLIC_BY_JOB: readonly (readonly [starts: string, is: Public])[] = [
  ['membre du copil|copil|dreets|deets|dgefp|prefe|sous pref|ministere|elu|commissaire', 'gouvernance'],
  [
    'delegue de branche|deleguee de branche|delegue syndical|deleguee syndical|secretaire federal|delegue general|deleguee general|branche|negociat',
    'branche',
  ],
  ['journaliste|redact', 'presse'],
  [
    'formateur|formatrice|responsable pedagogique|directeur de cfa|directrice de cfa|organisme de formation',
    'organisme_formation',
  ],
  ['conseiller|conseillere|charge d orientation|chargee d orientation|psychologue', 'prescripteur'],
  ['demandeur d emploi|demandeuse d emploi|en recherche d emploi', 'demandeur_emploi'],
  ['artisan|auto entrepren|autoentrepren|micro entrepren|independant|freelance|travailleur independant', 'independant'],
  ['maire|agent territorial|mission locale|animateur territorial|animatrice territorial', 'structure_locale'],
  [
    'gerant|responsable rh|directeur|directrice|drh|dirigeant|president|pdg|chef d entreprise|responsable|ressources humaines|assistant rh|assistante rh',
    'entreprise',
  ],
  [
    'technicien|chef d equipe|cheffe d equipe|chef de chantier|monteur|raccordeur|ouvrier|ouvriere|operateur|operatrice|salarie|electricien|apprenti',
    'salarie',
  ],
];

const RULES = PUBLIC_BY_JOB.map(([starts, is]) => ({ pattern: new RegExp(`\\b(${starts})`), is }));

/** The public of a function, or null when no rule speaks of it. */
export function publicOfJob(job: string): Public | null {
  const key = titleKey(job);
  return RULES.find((rule) => rule.pattern.test(key))?.is ?? null;
}

/** To what level a public is usually spoken to, for whoever says who they are and not at what level. */
export const USUAL_LEVEL: Record<Public, Level> = {
  gouvernance: 'institutionnel',
  branche: 'institutionnel',
  presse: 'institutionnel',
  prescripteur: 'operationnel',
  organisme_formation: 'operationnel',
  structure_locale: 'operationnel',
  entreprise: 'terrain',
  independant: 'terrain',
  salarie: 'terrain',
  demandeur_emploi: 'terrain',
  inconnu: 'terrain',
};
