import type { Level, Public } from '../base/words.ts';
import type { PublicFilters } from '../resources/public-inventory.ts';
import { RESOURCE_KINDS } from '../resources/schema.ts';

/** Who reads, in the words in which people say it of themselves: « Je suis… ». */
export const PROFILES = {
  entreprise: 'chef d’entreprise, RH ou manager',
  independant: 'indépendant',
  salarie: 'salarié',
  demandeur_emploi: 'en recherche d’emploi',
  prescripteur: 'conseiller emploi, formation, orientation',
  organisme_formation: 'organisme de formation',
  structure_locale: 'structure locale, collectivité',
  branche: 'branche professionnelle, partenaire social',
  gouvernance: 'État, instance de pilotage',
  presse: 'journaliste',
} as const satisfies Partial<Record<Public, string>>;
export type Profile = keyof typeof PROFILES;
export const PROFILE_IDS = Object.keys(PROFILES) as Profile[];

/** What one does at each level of communication. */
export const LEVEL_ACTS: Record<Level, string> = {
  institutionnel: 'décider, financer',
  operationnel: 'accompagner, relayer',
  terrain: 'agir au quotidien',
};

const LONGEST_SEARCH = 200;
const known = <W extends string>(words: readonly W[], text: string | undefined): W | undefined =>
  words.find((w) => w === text);

/** The filters that an address asks for; what it does not know is left out. */
export function filtersOf(
  query: (name: string) => string | undefined,
): PublicFilters & { profile?: Profile | undefined } {
  const search = query('q')?.trim().slice(0, LONGEST_SEARCH);
  return {
    search: search || undefined,
    profile: known(PROFILE_IDS, query('profil')),
    level: known(Object.keys(LEVEL_ACTS) as Level[], query('niveau')),
    kind: known(RESOURCE_KINDS, query('type')),
    axis: query('axe')?.slice(0, LONGEST_SEARCH),
  };
}

/** The page of a list that an address asks for, from 1. */
export function pageOf(text: string | undefined): number {
  const page = Number(text);
  return Number.isSafeInteger(page) && page > 0 ? page : 1;
}

/** The same list, or the list with some of its filters changed (null takes one away). The page starts over unless given. */
export function listAddress(
  base: string,
  f: PublicFilters,
  change: { axis?: string | null; kind?: string | null; page?: number } = {},
): string {
  const params = new URLSearchParams();
  const put = (name: string, value: string | null | undefined) =>
    value !== null && value !== undefined && params.set(name, value);
  put('q', f.search);
  put('profil', f.profile);
  put('niveau', f.level);
  put('type', change.kind === undefined ? f.kind : change.kind);
  put('axe', change.axis === undefined ? f.axis : change.axis);
  if (change.page && change.page > 1) put('page', String(change.page));
  const text = params.toString();
  return text ? `${base}?${text}` : base;
}

export const resourcePath = (r: { campaign: { slug: string } | string; slug: string }, profile?: string): string =>
  `/ressources/${typeof r.campaign === 'string' ? r.campaign : r.campaign.slug}/${r.slug}${profile ? `?profil=${profile}` : ''}`;
