import type { LinkMode } from '../campaigns/schema.ts';
import { AGREED_DEFINITIONS } from './agreed-definitions.ts';
import { INDICATOR_DEFINITIONS } from './indicator-definitions.ts';
import { PAGE_DEFINITIONS } from './page-definitions.ts';
import { SURVEY_DEFINITIONS } from './survey-definitions.ts';
import { TARGET_DEFINITIONS } from './target-definitions.ts';
import { WEBINAR_DEFINITIONS } from './webinar-definitions.ts';

/** Every figure the service gives: its name for a reader, its unit, where it comes from and what exactly is counted. */
export type Definition = { label: string; unit: string; source: string; definition: string };

const LEDGER = 'Registre des envois de Porte-voix : une ligne par message et par destinataire.';
const REDIRECT = 'Redirections de Porte-voix : les requêtes reçues sur les liens suivis.';

/** Of messages and what they brought: every report gives all of these. */
const MAIN = {
  envois: {
    label: 'Envois',
    unit: 'envois',
    source: LEDGER,
    definition:
      'Envois dont la liste des destinataires a été arrêtée dans la période. Un envoi récurrent compte à chaque fois qu’il part.',
  },
  frequence: {
    label: 'Fréquence',
    unit: 'envois par mois',
    source: LEDGER,
    definition:
      'Envois de la période divisés par sa durée en mois (de 30,44 jours) ; une période de moins d’un mois compte pour un mois.',
  },
  selectionnes: {
    label: 'Sélectionnés',
    unit: 'lignes d’envoi',
    source: LEDGER,
    definition:
      'Contacts que les audiences ont désignés, pour chaque envoi arrêté dans la période. Sélectionnés = adressés + écartés.',
  },
  adresses: {
    label: 'Adressés',
    unit: 'lignes d’envoi',
    source: LEDGER,
    definition: 'Contacts sélectionnés à qui un message est parti, doit partir ou attend.',
  },
  ecartes: {
    label: 'Écartés',
    unit: 'lignes d’envoi',
    source: LEDGER,
    definition: 'Contacts sélectionnés à qui rien n’est envoyé, pour la raison dite.',
  },
  distribues: {
    label: 'Distribués',
    unit: 'messages',
    source: LEDGER,
    definition: 'Messages remis dans la période, acceptés par le serveur de messagerie suivant et non revenus depuis.',
  },
  touches: {
    label: 'Destinataires touchés',
    unit: 'adresses',
    source: LEDGER,
    definition:
      'Adresses différentes qui ont au moins un message distribué dans la période. Cinq messages à une adresse font un destinataire ; les niveaux ne s’additionnent pas.',
  },
  clicsBruts: {
    label: 'Requêtes reçues',
    unit: 'requêtes',
    source: REDIRECT,
    definition: 'Toutes les requêtes reçues sur les liens suivis dans la période, automates compris.',
  },
  clicsRobots: {
    label: 'Robots',
    unit: 'requêtes',
    source: REDIRECT,
    definition:
      'Requêtes où une règle reconnaît un automate : robot déclaré, contrôle de lien, préchargement, rafale d’au moins cinq liens, ou lien demandé en une minute par un même réseau plus de deux fois autant qu’il y a de destinataires.',
  },
  clicsDouteux: {
    label: 'Clics douteux',
    unit: 'clics',
    source: REDIRECT,
    definition:
      'Requêtes qui ressemblent à celles d’un automate sans qu’on en soit sûr : courte rafale, page de désinscription ouverte sans suite au même moment, tous les liens d’un message demandés aussi souvent chacun, ou plus de requêtes en une minute que de destinataires.',
  },
  clics: {
    label: 'Clics retenus',
    unit: 'clics',
    source: REDIRECT,
    definition:
      'Requêtes qu’aucune règle ne met de côté. Le classement est probabiliste : aucune méthode ne garantit qu’un clic est humain. Un clic n’est pas une personne.',
  },
  clicsJusqua: {
    label: 'Clics, au plus',
    unit: 'clics',
    source: REDIRECT,
    definition: 'Clics retenus et clics douteux ensemble : le haut de la fourchette.',
  },
  clicsPour100: {
    label: 'Clics pour 100 distribués',
    unit: 'clics pour 100 messages',
    source: `${LEDGER} ${REDIRECT}`,
    definition:
      'Clics retenus divisés par les messages distribués dont les liens sont suivis, fois cent. Ce n’est pas une part de personnes : une personne peut cliquer plusieurs fois.',
  },
} as const satisfies Record<string, Definition>;

export const DEFINITIONS = {
  ...MAIN,
  ...AGREED_DEFINITIONS,
  ...INDICATOR_DEFINITIONS,
  ...PAGE_DEFINITIONS,
  ...SURVEY_DEFINITIONS,
  ...TARGET_DEFINITIONS,
  ...WEBINAR_DEFINITIONS,
};

export type MainFigureName = keyof typeof MAIN;
export type PageFigureName = keyof typeof PAGE_DEFINITIONS;
export type SurveyFigureName = keyof typeof SURVEY_DEFINITIONS;
export type WebinarFigureName = keyof typeof WEBINAR_DEFINITIONS;
export type IndicatorFigureName = keyof typeof INDICATOR_DEFINITIONS;
export type AgreedFigureName = keyof typeof AGREED_DEFINITIONS;
export type TargetFigureName = keyof typeof TARGET_DEFINITIONS;
export type FigureName =
  | MainFigureName
  | AgreedFigureName
  | IndicatorFigureName
  | PageFigureName
  | SurveyFigureName
  | TargetFigureName
  | WebinarFigureName;

/** « Distribués (messages, simulés) », « Téléchargements »: the unit, where the name does not say it. */
export const withUnit = (label: string, unit: string): string =>
  label.toLowerCase() === unit ? label : `${label} (${unit.replace(' (', ', ').replace(/\)$/, '')})`;

/** Said on every report and every export (BOT-01, BOT-02). */
export const notesOf = (linkMode: LinkMode): readonly string[] => [
  'Le classement des clics est probabiliste : aucune méthode ne garantit qu’un clic est humain.',
  linkMode === 'individuel'
    ? 'Les liens sont communs à des groupes de destinataires, sauf pour les personnes qui ont accepté d’être comptées à leur nom : on sait seulement combien d’entre elles ont cliqué.'
    : 'Les liens sont communs à des groupes de destinataires : on ne sait pas qui a cliqué, ni combien de personnes différentes.',
  'Un clic est une demande de départ vers une page, pas une visite de cette page.',
  'Les ouvertures de messages ne sont pas mesurées.',
];
