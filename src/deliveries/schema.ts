/** The states of a ledger row, and the groups that figures count, each named once. */
export const STATES = [
  'planned',
  'held',
  'handed',
  'accepted',
  'deferred',
  'failed',
  'unknown',
  'bounced',
  'complained',
  'cancelled',
  'set_apart',
] as const;
export type State = (typeof STATES)[number];

/** Still owed to somebody: a push with such rows is not finished. */
export const OWED = ['planned', 'held', 'deferred', 'handed'] as const satisfies readonly State[];
/** Écartés: at the freeze (set_apart) or before the hand-over (cancelled). All the others are adressés. */
export const APART = ['set_apart', 'cancelled'] as const satisfies readonly State[];

export const STATE_NAMES: Record<State, string> = {
  planned: 'à envoyer',
  held: 'différé, déjà sollicité',
  handed: 'en cours de remise',
  accepted: 'distribué',
  deferred: 'à réessayer',
  failed: 'refusé',
  unknown: 'sort inconnu',
  bounced: 'revenu',
  complained: 'plainte',
  cancelled: 'écarté avant l’envoi',
  set_apart: 'écarté',
};

/** Reasons of écartés, as the campaign's own account keeps them. */
export const REASONS = [
  'desinscrit',
  'opposition',
  'adresse_invalide',
  'plainte',
  'doublon',
  'sollicitation',
  'annule',
  'retrait',
] as const;
export type Reason = (typeof REASONS)[number];

/** Together, so that no organisation learns that a partner holds an address (design §3, no oracle). */
export const CAMPAIGN_REASONS: readonly Reason[] = ['doublon', 'sollicitation'];

export const REASON_NAMES: Record<Reason | 'campagne', string> = {
  desinscrit: 'désinscrits',
  opposition: 'opposition',
  adresse_invalide: 'adresse invalide',
  plainte: 'plainte',
  doublon: 'doublon entre organisations',
  sollicitation: 'sollicitation',
  annule: 'annulés',
  retrait: 'organisation retirée de la campagne',
  campagne: 'traités par la campagne',
};
