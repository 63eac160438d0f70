import type { Definition } from './definitions.ts';

const SURVEYS = 'Questionnaires anonymes de la campagne, dans une lettre, un kit ou par leur adresse publique.';
const WHICH = 'Questionnaires ouverts à un moment de la période : toutes leurs réponses, quel qu’en soit le jour.';
const ASKED = '« Quel usage en faites-vous, ou en ferez-vous ? » : ce que les personnes disent, non ce qu’elles font.';

const use = (label: string): Definition => ({
  label,
  unit: 'réponses',
  source: SURVEYS,
  definition: `Réponses « ${label.toLowerCase()} » à ${ASKED} ${WHICH}`,
});

/** What people say, asked by a letter or a kit; nothing says who answers. */
export const SURVEY_DEFINITIONS = {
  avisReponses: {
    label: 'Réponses',
    unit: 'réponses',
    source: SURVEYS,
    definition: `Réponses reçues. ${WHICH} Rien n’identifie qui répond : une personne peut répondre deux fois.`,
  },
  avisDemandes: {
    label: 'Messages qui le demandent',
    unit: 'messages',
    source: 'Registre des envois de Porte-voix : les listes arrêtées.',
    definition:
      'Messages adressés, aux liens suivis par groupe, qui portent le questionnaire, comptés quand leur liste est arrêtée. Qui le reçoit deux fois compte deux fois.',
  },
  avisTaux: {
    label: 'Taux de réponse (%)',
    unit: '% des messages qui le demandent',
    source: SURVEYS,
    definition:
      'Réponses venues par le lien des lettres, divisées par les messages qui le demandent, fois cent. Par un lien que l’on se passe, personne n’est interrogé en particulier : ces réponses n’y sont pas.',
  },
  avisLien: {
    label: 'Dont par le lien public',
    unit: 'réponses',
    source: SURVEYS,
    definition: 'Réponses venues par l’adresse publique : kits des relais, liens non suivis, bouche à oreille.',
  },
  avisSatisfaction: {
    label: 'Satisfaction (sur 5)',
    unit: 'note moyenne de 1 à 5',
    source: SURVEYS,
    definition: `Moyenne des réponses à « Dans l’ensemble, êtes-vous satisfait ? », de 1 (pas du tout) à 5 (tout à fait). ${WHICH}`,
  },
  avisFacilite: {
    label: 'Facile à utiliser (sur 5)',
    unit: 'note moyenne de 1 à 5',
    source: SURVEYS,
    definition: `Moyenne des réponses à « Ce qui vous est proposé est-il facile à utiliser ? », de 1 (pas du tout) à 5 (très facile). ${WHICH}`,
  },
  avisConnaissance: {
    label: 'Je connaissais (%)',
    unit: '% des réponses à cette question',
    source: SURVEYS,
    definition: `Réponses « oui » à « Le connaissiez-vous déjà ? », divisées par les réponses à cette question, fois cent. ${WHICH}`,
  },
  usagePonctuel: use('Ponctuel'),
  usageRegulier: use('Régulier'),
  usageInterne: use('Diffusé en interne'),
  usageEnvisage: use('Envisagé'),
  usagePasPrevu: use('Pas prévu'),
} as const satisfies Record<string, Definition>;

/** Said under them: what they cannot tell, and why. */
export const SURVEY_NOTES = [
  'Qui répond à un questionnaire choisit de le faire : ces réponses ne représentent pas tous les destinataires.',
  'Les réponses à un questionnaire ouvert se lisent de cinq en cinq, les dernières à part ; par niveau et par organisation, une fois qu’il est clos.',
] as const;
