import { DEPARTEMENTS, REGIONS, readDepartement, readRegion, regionOfDepartement } from '../contacts/geography.ts';
import { titleKey } from '../contacts/headers.ts';

export type Scope = 'national' | 'regional' | 'local';
/** `word`: the one way in which forms and files are given it back. */
export type Territory = { scope: Scope; region: string | null; departement: string | null; word: string };

const WHOLE = 'France';
const NATIONAL = new Set(['france', 'national', 'nationale', 'france entiere', 'toute la france', 'fr', 'pays']);
const DEPARTEMENT_NAME = new Map(DEPARTEMENTS.map((d) => [d.code, d.name]));

/**
 * « France », « Bretagne », « 35 », « 35 - Ille-et-Vilaine », « Ille-et-Vilaine ». A name that is both a region's and a
 * département's (La Réunion) is the region; a code is a département's, since that is what people write. Null: neither.
 */
export function readTerritory(text: string): Territory | null {
  if (NATIONAL.has(titleKey(text))) return { scope: 'national', region: null, departement: null, word: WHOLE };
  const region = /^\s*\d/.test(text) ? null : readRegion(text).value;
  if (region) return { scope: 'regional', region, departement: null, word: region };
  const code = readDepartement(text).value;
  return code ? { scope: 'local', region: regionOfDepartement(code), departement: code, word: code } : null;
}

type Place = { scope: string; region: string | null; departement: string | null };

/** The word that gives this territory back when read. */
export const territoryWord = (at: Place): string => at.departement ?? at.region ?? WHOLE;

/** « France entière », « Bretagne », « Ille-et-Vilaine (35) » */
export const territoryName = (at: Place): string =>
  at.departement
    ? `${DEPARTEMENT_NAME.get(at.departement) ?? at.departement} (${at.departement})`
    : (at.region ?? 'France entière');

/** Every territory one may choose, the widest first. */
export const TERRITORIES: readonly { value: string; label: string }[] = [
  { value: WHOLE, label: 'France entière' },
  ...REGIONS.toSorted((a, b) => a.localeCompare(b, 'fr')).map((value) => ({ value, label: value })),
  ...DEPARTEMENTS.map((d) => ({ value: d.code, label: `${d.code} ${d.name}` })),
];
