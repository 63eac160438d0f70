/** The trade's words: what is written in the database and in files, and what a reader sees. */
export const LEVELS = ['institutionnel', 'operationnel', 'terrain'] as const;
export type Level = (typeof LEVELS)[number];
export const LEVEL_NAMES: Record<Level, string> = {
  institutionnel: 'institutionnel',
  operationnel: 'opérationnel',
  terrain: 'terrain',
};
/** Each level has a colour and a shape, so that colour is never alone. */
export const LEVEL_MARKS: Record<Level, string> = { institutionnel: '▲', operationnel: '■', terrain: '●' };

export const PUBLICS = [
  'gouvernance',
  'branche',
  'entreprise',
  'independant',
  'prescripteur',
  'organisme_formation',
  'structure_locale',
  'salarie',
  'demandeur_emploi',
  'presse',
  'inconnu',
] as const;
export type Public = (typeof PUBLICS)[number];
export const PUBLIC_NAMES: Record<Public, string> = {
  gouvernance: 'gouvernance, État',
  branche: 'branche, partenaire social',
  entreprise: 'entreprise',
  independant: 'indépendant',
  prescripteur: 'prescripteur (EFOP)',
  organisme_formation: 'organisme de formation',
  structure_locale: 'structure locale',
  salarie: 'salarié',
  demandeur_emploi: 'demandeur d’emploi',
  presse: 'presse',
  inconnu: 'public non précisé',
};

export const SIZE_CLASSES = ['<11', '11-49', '50-249', '250+', 'inconnu'] as const;
export type SizeClass = (typeof SIZE_CLASSES)[number];
export const SIZE_NAMES: Record<SizeClass, string> = {
  '<11': 'moins de 11 salariés',
  '11-49': '11 à 49 salariés',
  '50-249': '50 à 249 salariés',
  '250+': '250 salariés et plus',
  inconnu: 'effectif inconnu',
};

export const PHASES = ['amont', 'pendant', 'apres'] as const;
export type Phase = (typeof PHASES)[number];
export const PHASE_NAMES: Record<Phase, string> = { amont: 'amont', pendant: 'pendant', apres: 'après finalisation' };

/** Roles are stored without accents. */
export const roleName = (role: string): string => (role === 'evaluateur' ? 'évaluateur' : role);
