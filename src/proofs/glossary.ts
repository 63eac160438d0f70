/** Words of the trade that are out of date, each with what to say now, since when, and the text that changed it. */
export type Entry = {
  /** As one would read it, without accents or capitals; `s?` and `|` as in a regular expression. */
  old: string;
  /** Written in capitals only: a short name that is also a syllable of other words, or a word. */
  capitals?: true;
  now: string;
  /** The day of the change, or its year where several dates are given for it. */
  since: string;
  source: string;
};

/** State of the glossary: entries added later are checked against their source first. */
export const GLOSSARY_DATE = '2026-11-22';

const AVENIR = 'loi n° 2018-771 du 5 septembre 2018';
const OPCO = `${AVENIR} ; agréments du 29 mars 2019`;
const RECONVERSION = 'loi n° 2025-989 du 24 octobre 2025';
const REGIONS = 'loi n° 2015-29 du 16 janvier 2015';
const CSE = 'ordonnance n° 2017-1386 du 22 septembre 2017';
const OTE = 'décret n° 2020-1545 du 9 décembre 2020';

export const GLOSSARY: readonly Entry[] = [
  // Employment services
  { old: 'pole[ -]emploi', now: 'France Travail', since: '2024-01-01', source: 'loi n° 2023-1196 du 18 décembre 2023' },
  {
    old: 'anpe',
    now: 'France Travail',
    since: '2024-01-01',
    source: 'loi n° 2008-126 du 13 février 2008, puis loi n° 2023-1196',
  },
  {
    old: 'assedics?',
    now: 'France Travail',
    since: '2024-01-01',
    source: 'loi n° 2008-126 du 13 février 2008, puis loi n° 2023-1196',
  },
  {
    old: 'garantie jeunes',
    now: 'contrat d’engagement jeune (CEJ)',
    since: '2022-03-01',
    source: 'décret n° 2022-199 du 18 février 2022',
  },
  {
    old: 'rome (?:v ?)?3(?:\\.0)?',
    now: 'ROME 4.0',
    since: '2023',
    source: 'France Travail, répertoire opérationnel des métiers et des emplois',
  },

  // Who pays for training
  { old: 'opcas?', now: 'OPCO (opérateur de compétences)', since: '2019-04-01', source: OPCO },
  { old: 'opcaim', now: 'OPCO 2i', since: '2019-04-01', source: OPCO },
  { old: 'opca[ -]?defi', now: 'OPCO 2i', since: '2019-04-01', source: OPCO },
  { old: 'opca ?3\\+', now: 'OPCO 2i', since: '2019-04-01', source: OPCO },
  { old: 'fafiec', now: 'Atlas', since: '2019-04-01', source: OPCO },
  { old: 'opca ?baia', now: 'Atlas', since: '2019-04-01', source: OPCO },
  { old: 'fafsea', now: 'Ocapiat', since: '2019-04-01', source: OPCO },
  { old: 'opcalim', now: 'Ocapiat', since: '2019-04-01', source: OPCO },
  { old: 'forco', now: 'L’Opcommerce', since: '2019-04-01', source: OPCO },
  { old: 'fafih', now: 'Akto', since: '2019-04-01', source: OPCO },
  { old: 'faf[. ]?tt', now: 'Akto', since: '2019-04-01', source: OPCO },
  { old: 'intergros', now: 'Akto', since: '2019-04-01', source: OPCO },
  { old: 'actalians', now: 'OPCO EP (entreprises de proximité)', since: '2019-04-01', source: OPCO },
  { old: 'unifaf', now: 'OPCO Santé', since: '2019-04-01', source: OPCO },
  { old: 'opca transports(?: et services)?', now: 'OPCO Mobilités', since: '2019-04-01', source: OPCO },
  {
    old: 'agefos[ -]pme',
    now: 'l’OPCO de la branche (ses branches ont été réparties)',
    since: '2019-04-01',
    source: OPCO,
  },
  { old: 'opcalia', now: 'l’OPCO de la branche (ses branches ont été réparties)', since: '2019-04-01', source: OPCO },
  {
    old: 'octa',
    capitals: true,
    now: 'l’Urssaf ou la MSA, qui collectent la taxe d’apprentissage',
    since: '2022-01-01',
    source: AVENIR,
  },
  { old: 'fongecifs?', now: 'Transitions Pro', since: '2020-01-01', source: AVENIR },
  { old: 'opacifs?', now: 'Transitions Pro', since: '2020-01-01', source: AVENIR },
  {
    old: 'coparefs?',
    now: 'Transitions Pro (commission paritaire interprofessionnelle régionale)',
    since: '2020-01-01',
    source: AVENIR,
  },
  { old: 'fpspp', now: 'France compétences', since: '2019-01-01', source: AVENIR },
  { old: 'copanef', now: 'France compétences ou Certif Pro, selon le sujet', since: '2019-01-01', source: AVENIR },
  { old: 'cnefop', now: 'France compétences', since: '2019-01-01', source: AVENIR },
  { old: 'cncp', capitals: true, now: 'France compétences', since: '2019-01-01', source: AVENIR },
  { old: 'datadock', now: 'Qualiopi', since: '2022-01-01', source: `${AVENIR}, article 6` },

  // Rights and schemes
  {
    old: 'dif',
    capitals: true,
    now: 'compte personnel de formation (CPF)',
    since: '2015-01-01',
    source: 'loi n° 2014-288 du 5 mars 2014',
  },
  {
    old: 'droits? individuels? a la formation',
    now: 'compte personnel de formation (CPF)',
    since: '2015-01-01',
    source: 'loi n° 2014-288 du 5 mars 2014',
  },
  {
    old: 'cif',
    capitals: true,
    now: 'projet de transition professionnelle (PTP)',
    since: '2019-01-01',
    source: AVENIR,
  },
  {
    old: 'conges? individuels? de formation',
    now: 'projet de transition professionnelle (PTP)',
    since: '2019-01-01',
    source: AVENIR,
  },
  {
    old: 'periodes? de professionnalisation',
    now: 'période de reconversion',
    since: '2026-01-01',
    source: `${AVENIR}, puis ${RECONVERSION}`,
  },
  { old: 'pro-a', now: 'période de reconversion', since: '2026-01-01', source: `${RECONVERSION}, article 11` },
  {
    old: 'transco|transitions collectives',
    now: 'période de reconversion',
    since: '2026-01-01',
    source: `${RECONVERSION}, article 11`,
  },
  {
    old: 'entretiens? professionnels?',
    now: 'entretien de parcours professionnel',
    since: '2025-10-26',
    source: RECONVERSION,
  },
  { old: 'plans? de formation', now: 'plan de développement des compétences', since: '2019-01-01', source: AVENIR },
  {
    old: 'gpec',
    now: 'GEPP (gestion des emplois et des parcours professionnels)',
    since: '2017-09-24',
    source: 'ordonnance n° 2017-1385 du 22 septembre 2017',
  },
  {
    old: 'contrats? de generation',
    now: 'ce contrat a été supprimé : retirez-en la mention',
    since: '2017-09-24',
    source: 'ordonnance n° 2017-1387 du 22 septembre 2017',
  },
  {
    old: 'cice',
    capitals: true,
    now: 'ce crédit d’impôt est devenu une baisse de cotisations',
    since: '2019-01-01',
    source: 'loi n° 2017-1837 du 30 décembre 2017',
  },
  {
    old: 'compte (?:personnel de )?(?:prevention de la )?penibilite|c3p',
    now: 'compte professionnel de prévention (C2P)',
    since: '2017-10-01',
    source: 'ordonnance n° 2017-1389 du 22 septembre 2017',
  },
  {
    old: 'auto-?entrepreneur(?:e?s|e)?',
    now: 'micro-entrepreneur',
    since: '2016',
    source: 'loi n° 2014-626 du 18 juin 2014',
  },
  {
    old: '(?:les|des|aux|pour) handicapes',
    now: 'personnes en situation de handicap',
    since: '2005-02-11',
    source: 'loi n° 2005-102 du 11 février 2005 : la personne avant le handicap',
  },

  // Services of the State, institutions, dialogue
  { old: 'direcctes?', now: 'DREETS (Drieets en Île-de-France)', since: '2021-04-01', source: OTE },
  { old: 'drtefp', now: 'DREETS', since: '2021-04-01', source: OTE },
  { old: 'ddtefp', now: 'DDETS', since: '2021-04-01', source: OTE },
  { old: 'ddcs(?:pp)?', now: 'DDETS ou DDETSPP', since: '2021-04-01', source: OTE },
  { old: 'chsct', now: 'CSE (comité social et économique)', since: '2020-01-01', source: CSE },
  { old: "comites? d'entreprise", now: 'CSE (comité social et économique)', since: '2020-01-01', source: CSE },
  { old: 'delegue(?:e?s|e)? du personnel', now: 'élu du CSE', since: '2020-01-01', source: CSE },
  {
    old: 'rsi',
    capitals: true,
    now: 'Sécurité sociale des indépendants',
    since: '2018-01-01',
    source: 'loi n° 2017-1836 du 30 décembre 2017',
  },
  {
    old: 'halde',
    capitals: true,
    now: 'Défenseur des droits',
    since: '2011-05-01',
    source: 'loi organique n° 2011-333 du 29 mars 2011',
  },
  { old: 'cgpme', now: 'CPME', since: '2017', source: 'Confédération des petites et moyennes entreprises' },
  {
    old: 'syntec numerique',
    now: 'Numeum',
    since: '2021',
    source: 'Numeum, né de Syntec Numérique et de Tech in France',
  },

  // Regions
  { old: 'midi-pyrenees|languedoc-roussillon', now: 'Occitanie', since: '2016-01-01', source: REGIONS },
  { old: 'poitou-charentes', now: 'Nouvelle-Aquitaine', since: '2016-01-01', source: REGIONS },
  { old: 'nord-pas-de-calais', now: 'Hauts-de-France', since: '2016-01-01', source: REGIONS },
  { old: 'champagne-ardenne', now: 'Grand Est', since: '2016-01-01', source: REGIONS },
  { old: '(?:haute|basse)-normandie', now: 'Normandie', since: '2016-01-01', source: REGIONS },
];
