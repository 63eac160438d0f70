import { titleKey } from '../contacts/headers.ts';
import { RELAY_KIND_NAMES, RELAY_KINDS, type RelayKind } from './schema.ts';

/** What a list of relays may carry. `territory` may also stand in two columns, region and département. */
export const LIST_FIELDS = {
  name: 'nom du relais',
  kind: 'type',
  territory: 'territoire',
  region: 'région',
  departement: 'département',
  parent: 'relais au-dessus',
  contactName: 'personne',
  address: 'adresse électronique',
  member: 'organisation de ce service',
  note: 'commentaire',
} as const;
export type ListField = keyof typeof LIST_FIELDS;

/** Titles seen in lists, written as `titleKey` leaves them. */
const TITLES: Record<ListField, string> = {
  name: 'nom|relais|nom du relais|structure|organisme|organisation|raison sociale|denomination|entite|name',
  kind: 'type|type de relais|categorie|nature|kind',
  territory: 'territoire|perimetre|zone|secteur|couverture|territory',
  region: 'region|nom region',
  departement: 'departement|dept|dpt|dep|code departement',
  parent: 'parent|relais parent|rattache a|rattachement|relais au dessus|tete de reseau|reseau|niveau superieur',
  contactName: 'contact|personne|interlocuteur|nom du contact|referent|nom contact|correspondant',
  address:
    'email|e mail|mail|mel|courriel|adresse mel|adresse mail|adresse email|adresse e mail|adresse electronique|adresse',
  member: 'membre|organisation de ce service',
  note: 'note|notes|commentaire|commentaires|remarque|observation|observations',
};

const FIELD_OF = new Map(
  (Object.keys(TITLES) as ListField[]).flatMap((field) =>
    TITLES[field].split('|').map((title): [string, ListField] => [title, field]),
  ),
);

/** Where each field stands in a row; of two columns for one field, the first. */
export function listColumns(header: readonly string[]): {
  columns: Partial<Record<ListField, number>>;
  ignored: string[];
} {
  const columns: Partial<Record<ListField, number>> = {};
  const ignored: string[] = [];
  for (const [i, title] of header.entries()) {
    const field = FIELD_OF.get(titleKey(title));
    if (field && columns[field] === undefined) columns[field] = i;
    else if (title !== '') ignored.push(title);
  }
  return { columns, ignored };
}

/** Other words for a kind, beside its name and its code. */
const WORDS: Record<RelayKind, string> = {
  instance: 'instance|comite|cnefop|crefop|copanef|coparef|commission paritaire|cpnefp|cpne|comite de filiere',
  federation:
    'federation|branche|federation professionnelle|syndicat|syndicat professionnel|organisation professionnelle',
  opco: 'opco|operateur de competences',
  service_etat: 'etat|service de l etat|administration|dreets|drieets|deets|ddets|ministere|prefecture',
  carif_oref: 'carif oref|carif|oref',
  chambre: 'chambre|cci|cma|chambre de commerce|chambre de metiers|chambre des metiers',
  collectivite:
    'collectivite|region|conseil regional|departement|conseil departemental|mairie|commune|intercommunalite',
  organisme_formation: 'organisme de formation|of|cfa|centre de formation|ecole|lycee|universite',
  conseiller: 'conseiller|conseillere|conseiller opco|conseiller entreprise',
  guichet: 'guichet|accueil|mission locale|france travail|pole emploi|cap emploi|maison de l emploi|agence|antenne',
  entreprise: 'entreprise|societe|operateur',
  autre: 'autre|autres|divers',
};

const KIND_OF = new Map(
  RELAY_KINDS.flatMap((kind) => [
    [titleKey(RELAY_KIND_NAMES[kind]), kind] as const,
    [titleKey(kind), kind] as const,
    ...WORDS[kind].split('|').map((word) => [word, kind] as const),
  ]),
);

/** The kind a word of a list means; null for one we do not know. */
export const kindNamed = (text: string): RelayKind | null => KIND_OF.get(titleKey(text)) ?? null;
