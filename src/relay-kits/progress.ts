/** How far a relay went, each step including the one before; `arrete` and `demande` stand apart. */
export const STEPS = ['demande', 'a_inviter', 'invite', 'ouvert', 'repris', 'publie', 'arrete'] as const;
export type Step = (typeof STEPS)[number];
export const STEP_NAMES: Record<Step, string> = {
  demande: 'à confirmer',
  a_inviter: 'pas encore invité',
  invite: 'invité, kit jamais ouvert',
  ouvert: 'kit ouvert, rien repris',
  repris: 'a copié ou téléchargé',
  publie: 'dit avoir publié',
  arrete: 'ne relaie plus',
};

export type Deeds = {
  confirmedAt: Date | null;
  stoppedAt: Date | null;
  invitedAt: Date | null;
  openedAt: Date | null;
  takenAt: Date | null;
  declared: number;
};

export function stepOf(relay: Deeds): Step {
  if (relay.stoppedAt) return 'arrete';
  if (!relay.confirmedAt) return 'demande';
  if (relay.declared > 0) return 'publie';
  if (relay.takenAt) return 'repris';
  if (relay.openedAt) return 'ouvert';
  return relay.invitedAt ? 'invite' : 'a_inviter';
}
