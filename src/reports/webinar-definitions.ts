import type { Definition } from './definitions.ts';

const REGISTER = 'Inscriptions tenues par Porte-voix, chacune à une seule organisation.';
const FILES = 'Fichiers de présence de l’outil de visioconférence, rapprochés des inscriptions.';
const PAGES = 'Les pages publiques de ce service, comptées par heure, sans cookie.';
const SURVEY = 'Questionnaire anonyme envoyé après le webinaire.';

/** What a webinar is measured by. A figure about who came, or what they say, is about webinars held in the period. */
export const WEBINAR_DEFINITIONS = {
  invitations: {
    label: 'Invitations distribuées',
    unit: 'messages',
    source: 'Registre des envois de Porte-voix : une ligne par message et par destinataire.',
    definition:
      'Messages d’invitation au webinaire remis dans la période, acceptés par le serveur de messagerie suivant et non revenus depuis.',
  },
  pageVues: {
    label: 'Consultations de la page',
    unit: 'consultations',
    source: PAGES,
    definition:
      'Ouvertures de la page publique du webinaire dans la période. Non dédoublonné : ce ne sont pas des personnes.',
  },
  inscriptions: {
    label: 'Inscriptions',
    unit: 'inscriptions',
    source: REGISTER,
    definition:
      'Inscriptions reçues dans la période, liste d’attente et inscriptions annulées depuis comprises : une par adresse et par webinaire, deux pour qui annule et revient.',
  },
  inscriptionsTenus: {
    label: 'Inscriptions',
    unit: 'inscriptions',
    source: REGISTER,
    definition:
      'Inscriptions aux webinaires tenus dans la période, quel que soit le jour où elles sont arrivées, liste d’attente et inscriptions annulées depuis comprises.',
  },
  inscrits: {
    label: 'Avec une place',
    unit: 'inscriptions',
    source: REGISTER,
    definition: 'Des inscriptions de la période, celles qui ont une place et ne sont pas annulées.',
  },
  attente: {
    label: 'Liste d’attente',
    unit: 'inscriptions',
    source: REGISTER,
    definition: 'Des inscriptions de la période, celles qui attendent encore une place.',
  },
  annulations: {
    label: 'Annulations',
    unit: 'inscriptions',
    source: REGISTER,
    definition: 'Inscriptions annulées dans la période, par la personne ou par son organisation.',
  },
  presents: {
    label: 'Présents',
    unit: 'personnes inscrites',
    source: FILES,
    definition:
      'Inscriptions aux webinaires tenus dans la période dont la personne a été reconnue dans un fichier de présence, par son adresse ou son nom, ou dite présente par son organisation.',
  },
  presentsJusqua: {
    label: 'Présents, au plus',
    unit: 'personnes inscrites',
    source: FILES,
    definition: 'Présents, et inscriptions pour lesquelles un nom proche reste à vérifier : le haut de la fourchette.',
  },
  horsInscrits: {
    label: 'Présents non inscrits',
    unit: 'noms',
    source: FILES,
    definition:
      'Noms différents des fichiers de présence qui ne correspondent à aucune inscription : invités, animateurs, autres adresses. Une personne connectée sous deux noms compte deux fois.',
  },
  minutes: {
    label: 'Minutes suivies',
    unit: 'minutes',
    source: FILES,
    definition: 'Minutes de présence des présents, additionnées ; deux connexions en même temps comptent une fois.',
  },
  minutesMediane: {
    label: 'Minutes par présent (médiane)',
    unit: 'minutes par personne',
    source: FILES,
    definition: 'La moitié des présents dont la durée est connue est restée au moins aussi longtemps.',
  },
  revoir: {
    label: 'Ouvertures de l’enregistrement',
    unit: 'ouvertures',
    source: PAGES,
    definition:
      'Demandes de l’enregistrement par notre lien dans la période, avant renvoi vers la page qui le montre. Ce qui est regardé, et combien de temps, n’est pas mesuré.',
  },
  satisfaction: {
    label: 'Satisfaction',
    unit: 'note moyenne de 1 à 5',
    source: SURVEY,
    definition:
      'Moyenne des réponses à « Dans l’ensemble, êtes-vous satisfait ? », de 1 (pas du tout) à 5 (tout à fait).',
  },
  facilite: {
    label: 'Facile à utiliser',
    unit: 'note moyenne de 1 à 5',
    source: SURVEY,
    definition:
      'Moyenne des réponses à « Ce qui vous est proposé est-il facile à utiliser ? », de 1 (pas du tout) à 5 (très facile).',
  },
  reponses: {
    label: 'Réponses au questionnaire',
    unit: 'réponses',
    source: SURVEY,
    definition: 'Réponses reçues aux questionnaires des webinaires tenus dans la période. Rien n’identifie qui répond.',
  },
  tauxReponse: {
    label: 'Taux de réponse',
    unit: '% des personnes interrogées',
    source: SURVEY,
    definition: 'Réponses divisées par les personnes à qui le questionnaire a été envoyé, fois cent.',
  },
  usage: {
    label: 'Usage déclaré',
    unit: 'réponses',
    source: SURVEY,
    definition:
      'Réponses à « Quel usage en faites-vous, ou en ferez-vous ? » : ce que les personnes disent, non ce qu’elles font.',
  },
} as const satisfies Record<string, Definition>;

/** Said under the figures of webinars: what they cannot tell, and why. */
export const WEBINAR_NOTES = [
  'Par quel chemin on s’est inscrit est compté sans être gardé avec la personne : la présence et la satisfaction ne se lisent donc ni par canal ni par type de relais.',
  'La satisfaction se lit par niveau et par organisation : les groupes de réponses anonymes n’en disent pas davantage.',
  'Le détail par niveau, public, organisation, canal, type de relais et région paraît une fois le webinaire tenu, et la satisfaction par groupe une fois le questionnaire clos.',
] as const;
