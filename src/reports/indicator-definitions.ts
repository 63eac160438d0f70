import type { Definition } from './definitions.ts';

const PLAN = 'Plan de la campagne : envois arrêtés, webinaires tenus, actions que les partenaires déclarent.';
const INVENTORY = 'Inventaire des ressources de la campagne.';
const PAGES = 'Les pages publiques de ce service, comptées par heure, sans cookie.';
const KITS = 'Kits des relais : ce qui y est fait, et ce que les relais déclarent.';
const BUDGET = 'Budget de la campagne, tel que chaque partenaire le déclare.';

const DONE =
  'Ce qui a eu lieu dans la période : envois dont la liste a été arrêtée, webinaires tenus, actions déclarées commencées et non annulées.';

/** What evaluators count of a campaign: how much was done, by what means, and what was made of it. */
export const INDICATOR_DEFINITIONS = {
  menees: { label: 'En tout', unit: 'actions de communication', source: PLAN, definition: DONE },
  meneesAmont: {
    label: 'En amont',
    unit: 'actions de communication',
    source: PLAN,
    definition: `${DONE} Phase amont, dite par qui planifie.`,
  },
  meneesPendant: {
    label: 'Pendant',
    unit: 'actions de communication',
    source: PLAN,
    definition: `${DONE} Phase pendant, dite par qui planifie.`,
  },
  meneesApres: {
    label: 'Après finalisation',
    unit: 'actions de communication',
    source: PLAN,
    definition: `${DONE} Phase après finalisation, dite par qui planifie.`,
  },
  rythme: {
    label: 'Fréquence',
    unit: 'actions de communication par mois',
    source: PLAN,
    definition:
      'Actions de communication de la période divisées par sa durée en mois (de 30,44 jours) ; une période de moins d’un mois compte pour un mois.',
  },
  supports: {
    label: 'Supports produits',
    unit: 'supports',
    source: INVENTORY,
    definition:
      'Formats des ressources inscrites à l’inventaire avant la fin de la période et non retirées : un format d’une ressource est un support ; trois formats d’une synthèse sont trois supports.',
  },
  supportsOuverts: {
    label: 'Supports à ouvrir',
    unit: 'supports',
    source: INVENTORY,
    definition: 'Supports produits qui ont une adresse ou un fichier dans l’inventaire.',
  },
  supportsDiffuses: {
    label: 'Supports diffusés',
    unit: 'supports',
    source: `${INVENTORY} ${PLAN}`,
    definition: 'Supports produits des ressources qu’au moins un envoi de la période a portées.',
  },
  ressourcesDiffusees: {
    label: 'Ressources diffusées',
    unit: 'ressources',
    source: `${INVENTORY} ${PLAN}`,
    definition: 'Ressources différentes qu’au moins un envoi de la période a portées.',
  },
  consultations: {
    label: 'Consultations',
    unit: 'consultations',
    source: PAGES,
    definition: 'Ouvertures de la page publique dans la période. Non dédoublonné : ce ne sont pas des personnes.',
  },
  telechargements: {
    label: 'Téléchargements',
    unit: 'téléchargements',
    source: PAGES,
    definition: 'Ouvertures d’un fichier de la ressource dans la période. Non dédoublonné.',
  },
  relais: {
    label: 'Relais',
    unit: 'relais',
    source: KITS,
    definition: 'Relais confirmés avant la fin de la période.',
  },
  relaisOuverts: {
    label: 'Kits ouverts',
    unit: 'relais',
    source: KITS,
    definition: 'Relais qui ont ouvert leur kit au moins une fois dans la période.',
  },
  reprises: {
    label: 'Reprises',
    unit: 'relais',
    source: KITS,
    definition: 'Relais qui, dans la période, ont copié ou téléchargé de quoi relayer, ou ont déclaré une publication.',
  },
  publications: {
    label: 'Publications déclarées',
    unit: 'publications',
    source: KITS,
    definition: 'Publications datées de la période que des relais déclarent et n’ont pas retirées.',
  },
  porteeDeclaree: {
    label: 'Portée déclarée',
    unit: 'personnes, selon les relais',
    source: KITS,
    definition:
      'Somme de ce que les relais déclarent toucher par ces publications. Déclaratif, non dédoublonné, jamais ajouté aux destinataires touchés.',
  },
  clicsRelais: {
    label: 'Clics sur leurs liens',
    unit: 'clics',
    source: 'Redirections de Porte-voix : les requêtes reçues sur les liens propres aux relais.',
    definition: 'Requêtes de la période qu’aucune règle ne met de côté. Un clic n’est pas une personne.',
  },
  clicsAction: {
    label: 'Clics sur le lien suivi',
    unit: 'clics',
    source: 'Redirections de Porte-voix : les requêtes reçues sur le lien suivi de l’action.',
    definition: 'Requêtes de la période qu’aucune règle ne met de côté. Un clic n’est pas une personne.',
  },
  prevu: {
    label: 'Prévu',
    unit: 'euros',
    source: BUDGET,
    definition: 'Montant prévu, tous partenaires ensemble.',
  },
  engage: {
    label: 'Engagé',
    unit: 'euros',
    source: BUDGET,
    definition: 'Montant engagé (commandé), tous partenaires ensemble.',
  },
  paye: {
    label: 'Payé',
    unit: 'euros',
    source: BUDGET,
    definition: 'Montant payé, tous partenaires ensemble.',
  },
} as const satisfies Record<string, Definition>;
