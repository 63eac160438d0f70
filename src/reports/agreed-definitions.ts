import type { Definition } from './definitions.ts';

/** Of those who agreed to be counted by name, in campaigns that offer it. */
export const AGREED_DEFINITIONS = {
  accordes: {
    label: 'Destinataires qui acceptent d’être comptés',
    unit: 'personnes',
    source: 'Registre des envois de Porte-voix, et accords enregistrés.',
    definition:
      'Personnes (adresses différentes) qui acceptent que leurs clics soient comptés à leur nom, et à qui un message aux liens personnels a été distribué dans la période. À la dizaine.',
  },
  cliqueurs: {
    label: 'Destinataires qui ont cliqué, parmi ceux qui l’ont accepté',
    unit: 'personnes',
    source: 'Redirections de Porte-voix : les requêtes reçues sur les liens personnels.',
    definition:
      'Parmi ces personnes, celles dont au moins un clic est retenu dans la période. À la dizaine. Elles ont choisi d’être comptées : ce n’est pas représentatif des autres. Un message transféré compte pour qui l’a reçu d’abord.',
  },
} as const satisfies Record<string, Definition>;
