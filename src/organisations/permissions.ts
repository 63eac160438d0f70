import type { Actor, Role } from '../base/context.ts';
import { forbidden } from '../base/errors.ts';

/**
 * Who may do what, as data: the one table that verbs, pages, the documentation and the tests read.
 * A role acts inside its own organisation; what a partner may do in a joint campaign is said by the verb itself.
 */
export const PERMISSIONS = {
  'organisation.write': ['administrateur'],
  'user.write': ['administrateur'],
  'contacts.read': ['administrateur', 'communicant'],
  'contacts.import': ['administrateur', 'communicant'],
  'contacts.write': ['administrateur', 'communicant'],
  'contacts.export': ['administrateur'],
  'audience.write': ['communicant'],
  'campaign.read': ['administrateur', 'communicant', 'valideur', 'evaluateur', 'relais'],
  'campaign.write': ['communicant'],
  'campaign.withdraw': ['administrateur', 'communicant'],
  'push.read': ['administrateur', 'communicant', 'valideur'],
  'push.write': ['communicant'],
  'push.submit': ['communicant'],
  'push.approve': ['valideur'],
  'push.send': ['communicant'],
  'webinar.write': ['communicant'],
  'registration.read': ['administrateur', 'communicant'],
  'registration.write': ['communicant'],
  'relay.read': ['administrateur', 'communicant'],
  'relay.write': ['communicant'],
  'memory.read': ['administrateur', 'communicant', 'valideur', 'evaluateur'],
  'memory.write': ['administrateur', 'communicant'],
  'audit.read': ['administrateur'],
  'report.read': ['administrateur', 'communicant', 'valideur', 'evaluateur'],
  'report.seal': ['communicant'],
  'report.share': ['administrateur', 'communicant'],
  'key.write': ['administrateur', 'communicant', 'valideur', 'evaluateur'],
  'catcher.read': ['administrateur', 'communicant', 'valideur'],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof PERMISSIONS;

/** What each action is, for whoever decides who gets which role. */
export const ACTION_NAMES: Record<Action, string> = {
  'organisation.write': 'changer l’identité, l’envoi et les domaines de l’organisation',
  'user.write': 'inviter des personnes, donner et retirer des rôles',
  'contacts.read': 'lire les contacts de son organisation',
  'contacts.import': 'importer des contacts',
  'contacts.write': 'corriger, opposer ou effacer un contact',
  'contacts.export': 'exporter les contacts',
  'audience.write': 'écrire des audiences',
  'campaign.read': 'lire les campagnes dont son organisation est partenaire',
  'campaign.write': 'écrire une campagne : plan, actions, budget, ressources, éléments de langage',
  'campaign.withdraw': 'retirer son organisation d’une campagne',
  'push.read': 'lire les envois et leurs validations',
  'push.write': 'écrire un envoi',
  'push.submit': 'soumettre un envoi à validation',
  'push.approve': 'valider, ou demander un changement',
  'push.send': 'lancer, suspendre, reprendre ou annuler un envoi',
  'webinar.write': 'tenir un webinaire : l’ouvrir, le déplacer, l’annuler, dire qui est venu',
  'registration.read': 'lire les inscriptions de son organisation',
  'registration.write': 'annuler une inscription de son organisation, dire si une personne est venue',
  'relay.read': 'lire les relais par leur nom (organisation pilote)',
  'relay.write': 'tenir la liste des relais et leurs kits (organisation pilote)',
  'memory.read': 'lire la mémoire du projet',
  'memory.write': 'noter décisions et veille',
  'audit.read': 'lire le journal de son organisation',
  'report.read': 'lire les résultats',
  'report.seal': 'sceller les chiffres d’un trimestre clos (organisation pilote)',
  'report.share': 'partager un rapport par une adresse qui a une date de fin',
  'key.write': 'donner à un autre programme une clé qui lit les résultats',
  'catcher.read': 'lire le courrier de démonstration',
};

/** All that a person's key may do of what the person may: campaigns and their figures, and never anybody's contacts. */
export const READ_BY_KEY: readonly Action[] = ['campaign.read', 'report.read'];

/** A command is run by whoever holds the machine, the clock by the service itself: the table is about persons. */
export const may = (actor: Actor, action: Action): boolean =>
  actor.kind !== 'user' ||
  ((actor.keyId === undefined || READ_BY_KEY.includes(action)) &&
    (PERMISSIONS[action] as readonly Role[]).some((role) => actor.roles.includes(role)));

export function allow(actor: Actor, action: Action): void {
  if (actor.kind === 'user' && actor.keyId !== undefined && !READ_BY_KEY.includes(action))
    throw forbidden('Une clé lit les campagnes et leurs résultats, et rien d’autre.');
  if (!may(actor, action))
    throw forbidden(
      `Votre rôle ne permet pas cette action. Elle revient à : ${PERMISSIONS[action].join(', ')}. Demandez à l’administrateur de votre organisation.`,
    );
}
