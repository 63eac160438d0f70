import type { Level } from '../../src/base/words.ts';
import { type Newsletter, newsletterSchema } from '../../src/pushes/schema.ts';
import type { VariantInput } from '../../src/rendering/schema.ts';

/** Every kind of block, as a communicant of the sector would fill them. */
export const LETTER: Newsletter = newsletterSchema.parse({
  subject: 'Recruter et garder ses raccordeurs : trois outils prêts à servir',
  subjects: { institutionnel: 'Raccordement : où en sont les compétences de la filière' },
  preheader: 'Une fiche d’une page, une vidéo de deux minutes et un outil en ligne.',
  blocks: [
    {
      id: 'intro',
      type: 'text',
      markdown:
        'La filière des infrastructures du numérique a besoin de **techniciens formés**, et les entreprises disent leur difficulté à les trouver. Les partenaires ont réuni dans cette lettre ce qui sert tout de suite.\n\nTrois choses à retenir ce mois-ci :\n\n- les [28 fiches métiers](https://www.afdas.example/metiers/fiches) sont en ligne ;\n- l’outil GEPP se remplit en *vingt minutes* ;\n- une question ? Écrivez à [l’équipe de la campagne](mailto:essentiels@afdas.example).',
    },
    { id: 'titre-outils', type: 'title', text: 'Les outils, par où commencer' },
    { id: 'edl-gepp', type: 'key-message', keyMessage: 'gepp', format: 'paragraphe' },
    { id: 'outil', type: 'resource', resource: 'outil-gepp' },
    {
      id: 'bouton',
      type: 'button',
      label: 'Ouvrir l’outil GEPP',
      url: 'https://www.constructys.example/gepp?profil=dirigeant&etape=1',
    },
    { id: 'filet', type: 'separator' },
    { id: 'titre-metier', type: 'title', text: 'Raccordeur, un métier qui s’apprend' },
    { id: 'accroche', type: 'key-message', keyMessage: 'gepp', format: 'accroche' },
    {
      id: 'photo',
      type: 'image',
      src: '/fichiers/essentiels/raccordeur.png',
      alt: 'Une raccordeuse ouvre une armoire de rue, à Limoges.',
    },
    {
      id: 'temoin',
      type: 'testimony',
      quote: 'J’ai formé deux jeunes cette année. La fiche m’a servi de fil pendant les entretiens.',
      author: 'Nadia Ferrand',
      role: 'gérante, Fibre Limousin (9 salariés)',
    },
    {
      id: 'video',
      type: 'video',
      title: 'Deux minutes avec un raccordeur',
      url: 'https://www.constructys.example/videos/raccordeur',
      duration: '2 min 10',
    },
    { id: 'etude', type: 'resource', resource: 'etude-metiers', levels: ['institutionnel', 'operationnel'] },
    { id: 'avis', type: 'survey', survey: 'vos-usages' },
  ],
});

const GEPP: Record<Level, Record<string, string>> = {
  institutionnel: {
    accroche: '33 000 emplois nets à créer d’ici 2030 : la filière a besoin d’une lecture commune des compétences.',
    paragraphe:
      'L’outil GEPP donne aux branches et à l’État une **photographie partagée** des compétences, entreprise par entreprise, sans nouvelle enquête.',
  },
  operationnel: {
    accroche: 'Vos adhérents cherchent des raccordeurs ? Donnez-leur l’outil avant l’entretien.',
    paragraphe:
      'En rendez-vous, l’outil GEPP aide à passer du constat au plan : il se remplit **avec** l’entreprise, en vingt minutes, et laisse une synthèse d’une page.',
  },
  terrain: {
    accroche: 'Un bon raccordeur, ça se garde : commencez par savoir ce qu’il veut apprendre.',
    paragraphe:
      'Dirigeant, responsable ou salarié : l’outil GEPP vous pose dix questions simples et vous dit **quelle formation** demander, et à qui.',
  },
};

export const variant = (level: Level, change: Partial<VariantInput> = {}): VariantInput => ({
  publicUrl: 'https://lettre.afdas.example',
  campaign: {
    name: 'Les essentiels pour la filière des infrastructures du numérique',
    tagline: 'Former, recruter, relier : ce qui sert, au bon moment.',
    colour: '#16324f',
    accent: '#e4572e',
    hashtag: '#EssentielsInfraNum',
    slug: 'essentiels-infranum',
    logo: null,
  },
  organisation: {
    slug: 'constructys',
    name: 'Constructys',
    senderName: 'Constructys',
    senderAddress: 'lettre@constructys.example',
    replyTo: 'infos@constructys.example',
    postalAddress: '32 rue René Boulanger\n75010 Paris',
    privacyContact: 'donnees@constructys.example',
    colour: '#00857c',
    accent: '#c2410c',
  },
  partners: ['AFDAS', 'Constructys', 'Fédération des réseaux'],
  level,
  push: { id: 42, slug: 'recruter-garder', title: 'Recruter et garder ses raccordeurs' },
  content: LETTER,
  resources: {
    'outil-gepp': {
      title: 'Outil GEPP en ligne',
      summary: 'Un parcours par profil : chef d’entreprise, responsable RH, salarié.',
      kind: 'Outil',
      url: 'https://www.constructys.example/gepp',
      formats: ['parcours en ligne', 'synthèse PDF'],
    },
    'etude-metiers': {
      title: 'Étude prospective des emplois et des compétences',
      summary: 'Rapport, synthèse et infographie : 33 000 emplois nets d’ici 2030.',
      kind: 'Étude',
      url: null,
      formats: ['rapport', 'synthèse', 'infographie'],
    },
  },
  keyMessages: { gepp: GEPP[level] },
  surveys: {
    'vos-usages': {
      title: 'Que faites-vous de ces outils ?',
      introduction: 'Vos réponses disent ce qui sert, et ce qui manque.',
      questions: 2,
      url: 'https://lettre.afdas.example/questionnaires/essentiels-infranum/vos-usages',
    },
  },
  ...change,
});

/** The same variant with other blocks. */
export const withBlocks = (level: Level, ...blocks: unknown[]): VariantInput =>
  variant(level, { content: newsletterSchema.parse({ subject: 'Essai', blocks }) });
