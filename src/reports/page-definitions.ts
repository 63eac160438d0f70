import type { Definition } from './definitions.ts';

const REDIRECT = 'Redirections de Porte-voix : les requêtes reçues sur les liens suivis.';
const OWNER = 'Export de l’outil de mesure de qui possède la page.';
const SITE = 'Notre script sur les pages des partenaires : ni cookie, ni rien d’écrit chez le visiteur.';
const DEPARTURE =
  'Un départ est une demande d’aller vers la page : ce n’est ni une arrivée, ni une visite, ni une personne.';
const SESSION =
  'Une visite est la première page ouverte, puis tout ce qui suit sans une demi-heure d’arrêt. Reconnue en mémoire seulement, par une empreinte qui change chaque jour.';
const AVERAGE = 'jours de la période que l’export donne';

/** Of pages that nobody here owns, and of visits: series that are never added to one another (VIS-01). */
export const PAGE_DEFINITIONS = {
  departs: {
    label: 'Départs vers la page',
    unit: 'départs',
    source: REDIRECT,
    definition: `Requêtes retenues sur les liens suivis de la campagne qui mènent à cette page. ${DEPARTURE}`,
  },
  departsSuivis: {
    label: 'Départs vers les pages suivies',
    unit: 'départs',
    source: REDIRECT,
    definition: `Requêtes retenues sur les liens suivis de la campagne qui mènent à l’une des pages suivies. ${DEPARTURE}`,
  },
  departsJusqua: {
    label: 'Départs vers la page, au plus',
    unit: 'départs',
    source: REDIRECT,
    definition: 'Départs retenus et douteux ensemble : le haut de la fourchette.',
  },
  departsSimules: {
    label: 'Départs simulés',
    unit: 'départs (simulés)',
    source: 'Journal simulé de la démonstration : ces requêtes n’ont jamais eu lieu.',
    definition: `Ce que Porte-voix aurait compté, selon un fichier inventé. ${DEPARTURE}`,
  },
  exportVisites: {
    label: 'Visites, selon le propriétaire',
    unit: 'visites',
    source: OWNER,
    definition:
      'Visites de la page jour par jour, au sens de l’outil qui les a comptées, d’où qu’elles viennent : la campagne n’en explique qu’une part.',
  },
  exportPagesVues: {
    label: 'Pages vues, selon le propriétaire',
    unit: 'pages vues',
    source: OWNER,
    definition: 'Affichages de la page jour par jour, au sens de l’outil qui les a comptés, d’où qu’ils viennent.',
  },
  exportVisiteurs: {
    label: 'Visiteurs uniques du jour, selon le propriétaire',
    unit: 'visiteurs uniques par jour, additionnés',
    source: OWNER,
    definition:
      'Visiteurs uniques de chaque jour, additionnés : qui revient un autre jour compte une fois de plus. Ce n’est pas un nombre de personnes.',
  },
  declare: {
    label: 'Chiffre déclaré',
    unit: 'unité dite par la source',
    source: 'Déclaration.',
    definition: 'Ce qu’un document ou une personne affirme, gardé dans ses mots : rien ici ne l’a compté.',
  },
  parJourReference: {
    label: 'Par jour, avant la campagne',
    unit: 'visites par jour',
    source: OWNER,
    definition: `Visites de la période de référence divisées par les ${AVERAGE}.`,
  },
  parJourCampagne: {
    label: 'Par jour, pendant la campagne',
    unit: 'visites par jour',
    source: OWNER,
    definition: `Visites de la période où la campagne a envoyé vers la page, divisées par les ${AVERAGE}.`,
  },
  departsReference: {
    label: 'Départs, avant la campagne',
    unit: 'départs',
    source: REDIRECT,
    definition: `Départs retenus vers la page pendant la période de référence. ${DEPARTURE}`,
  },
  visitesPropres: {
    label: 'Visites de nos pages publiques',
    unit: 'visites',
    source: 'Les pages publiques de ce service, comptées par heure, sans cookie.',
    definition: `${SESSION} Les consultations des mêmes pages sont comptées à part et ne s’y ajoutent pas.`,
  },
  visitesSites: {
    label: 'Visites sur les sites des partenaires',
    unit: 'visites',
    source: SITE,
    definition: `${SESSION} Chaque site compte les siennes ; leur somme n’est pas dédoublonnée.`,
  },
  pagesSites: {
    label: 'Pages vues sur les sites des partenaires',
    unit: 'pages vues',
    source: SITE,
    definition: 'Pages qui portent notre script et qu’un navigateur a ouvertes. Non dédoublonné.',
  },
} as const satisfies Record<string, Definition>;

/** Said under the figures of pages: what they cannot tell, and why. */
export const PAGE_NOTES = [
  'Départs, export et chiffres déclarés sont trois séries : elles ne comptent pas la même chose, ne s’additionnent pas, et leur écart n’est pas une erreur.',
  'Sans période de référence avant la campagne, aucun effet sur une page ne peut être affirmé ; avec elle, un écart se constate, et d’autres causes peuvent y avoir part.',
] as const;
