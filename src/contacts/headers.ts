import { invalid } from '../base/errors.ts';
import { sha256 } from '../base/tokens.ts';

/** What a contact file may carry. `fullName` stands for first and last name in one column. */
export const FIELDS = [
  'email',
  'civility',
  'firstName',
  'lastName',
  'fullName',
  'company',
  'siret',
  'naf',
  'idcc',
  'headcount',
  'postalCode',
  'departement',
  'region',
  'job',
  'level',
  'public',
  'tags',
  'note',
  'collectedOn',
  'consentMessage',
  'consentClicks',
  'consentDate',
  'consentSource',
  'consentWording',
] as const;
export type Field = (typeof FIELDS)[number];

/** Which column (its title, as the file writes it) holds which field. */
export type Mapping = Partial<Record<Field, string>>;

/** What the interface calls each field, and what a warning names when the file has no such column. */
export const FIELD_NAMES: Record<Field, string> = {
  email: 'adresse électronique',
  civility: 'civilité',
  firstName: 'prénom',
  lastName: 'nom',
  fullName: 'prénom et nom',
  company: 'entreprise ou organisme',
  siret: 'SIRET',
  naf: 'code NAF',
  idcc: 'IDCC',
  headcount: 'effectif',
  postalCode: 'code postal',
  departement: 'département',
  region: 'région',
  job: 'fonction',
  level: 'niveau',
  public: 'public',
  tags: 'étiquettes',
  note: 'commentaire',
  collectedOn: 'date de collecte',
  consentMessage: 'accord pour les messages',
  consentClicks: 'accord pour la mesure des clics',
  consentDate: 'date de l’accord',
  consentSource: 'source de l’accord',
  consentWording: 'texte de l’accord',
};

/** Titles seen in French and English exports, written as `titleKey` leaves them. */
const SYNONYMS: Record<Field, string> = {
  email:
    'email|e mail|mail|mel|courriel|adresse mel|adresse mail|adresse email|adresse e mail|adresse courriel|adresse electronique|adresse de messagerie|email professionnel|mail pro|email address|e mail address',
  civility: 'civilite|titre|civ|title|salutation',
  firstName: 'prenom|first name|firstname|given name|prenom contact|prenom du contact',
  lastName: 'nom|nom de famille|last name|lastname|surname|family name|nom contact|nom du contact|nom usuel',
  fullName:
    'contact|nom complet|nom et prenom|nom prenom|prenom nom|prenom et nom|full name|name|interlocuteur|personne|nom prenom contact',
  company:
    'entreprise|raison sociale|societe|organisme|organisation|structure|etablissement|nom entreprise|nom de l entreprise|denomination|company|company name|organization|organisation name',
  siret: 'siret|n siret|no siret|num siret|numero siret|numero de siret|siret number|code siret',
  naf: 'naf|ape|code naf|code ape|naf ape|ape naf|code naf ape|code ape naf|activite principale',
  idcc: 'idcc|code idcc|n idcc|numero idcc|convention collective|ccn',
  headcount:
    'effectif|effectifs|nb salaries|nbre salaries|nombre de salaries|nb de salaries|salaries|tranche d effectif|tranche effectif|taille|headcount|employees|number of employees',
  postalCode: 'code postal|cp|code post|postal code|postcode|zip|zip code',
  departement: 'departement|dept|dpt|dep|code departement|n departement|department',
  region: 'region|nom region|region administrative',
  job: 'fonction|poste|metier|intitule de poste|fonction du contact|job|job title|position|role',
  level: 'niveau|niveau i o t|niveau de communication|level',
  public: 'public|type de public|cible|categorie|public cible|audience',
  tags: 'etiquettes|etiquette|tags|tag|mots cles|groupes|segments',
  note: 'commentaire|commentaires|note|notes|remarque|remarques|observation|observations|comment|comments',
  collectedOn:
    'date de collecte|date collecte|date de creation|date d ajout|date d inscription|collected on|collection date|created at',
  consentMessage:
    'consentement|consentement message|consentement email|optin|opt in|accord|accord message|accord newsletter|accepte de recevoir|consent',
  consentClicks:
    'consentement clics|consentement mesure|consentement mesure clics|accord mesure|accord clics|mesure clic',
  consentDate:
    'date de consentement|date consentement|date du consentement|date de l accord|date optin|date opt in|consent date',
  consentSource: 'source du consentement|source consentement|source de l accord|origine du consentement|consent source',
  consentWording:
    'texte du consentement|texte consentement|texte de l accord|mention|libelle du consentement|formulation|consent wording',
};

const FIELD_OF = new Map(
  FIELDS.flatMap((field) => SYNONYMS[field].split('|').map((title): [string, Field] => [title, field])),
);

/** Accents, case and punctuation say nothing: « N° SIRET » and « n siret » are one title. */
export const titleKey = (title: string): string =>
  title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/œ/g, 'oe')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

/** How many of these titles we recognise: the right delimiter is the one that shows the most. */
export const knownHeaders = (titles: readonly string[]): number =>
  titles.filter((t) => FIELD_OF.has(titleKey(t))).length;

/** The mapping a header suggests; of two columns for one field, the first. */
export function suggestMapping(header: readonly string[]): Mapping {
  const mapping: Mapping = {};
  for (const title of header) {
    const field = FIELD_OF.get(titleKey(title));
    if (field && mapping[field] === undefined) mapping[field] = title;
  }
  return mapping;
}

/** Where each mapped field stands in a row. Throws `column_unknown` or `column_email` with the titles of the file. */
export function columnsOf(header: readonly string[], mapping: Mapping): Partial<Record<Field, number>> {
  const titles = header
    .filter((t) => t !== '')
    .map((t) => `« ${t} »`)
    .join(', ');
  const position = new Map(header.map((title, i): [string, number] => [titleKey(title), i]).reverse());
  const columns: Partial<Record<Field, number>> = {};
  for (const field of FIELDS) {
    const title = mapping[field];
    if (title === undefined || title === '') continue;
    const at = position.get(titleKey(title));
    if (at === undefined)
      throw invalid(
        'column_unknown',
        `La colonne « ${title} », donnée pour ${FIELD_NAMES[field]}, n’est pas dans le fichier. Colonnes lues : ${titles}.`,
      );
    columns[field] = at;
  }
  if (columns.email === undefined)
    throw invalid(
      'column_email',
      `Aucune colonne d’adresse électronique n’a été reconnue. Colonnes lues : ${titles || 'aucune'}. Dites laquelle contient l’adresse.`,
    );
  return columns;
}

/** The same titles in the same order: a mapping corrected once serves again (by organisation). */
export const headersHash = (header: readonly string[]): Buffer => sha256(header.map(titleKey).join('\n'));
