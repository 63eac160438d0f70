import departementsJson from '@etalab/decoupage-administratif/data/departements.json' with { type: 'json' };
import regionsJson from '@etalab/decoupage-administratif/data/regions.json' with { type: 'json' };
import { titleKey } from './headers.ts';
import type { Read } from './identifiers.ts';

/**
 * Official geographic code, edition of the package. A contact keeps the département's CODE and the region's NAME:
 * region code 75 is Nouvelle-Aquitaine while département 75 is Paris, and 01 is both Guadeloupe and Ain.
 */
const REGION_BY_CODE = new Map(regionsJson.map((r) => [r.code, r.nom]));
/** The 18 regions, then the overseas collectivities, each of which stands as its own region. */
export const REGIONS: readonly string[] = regionsJson.map((r) => r.nom);
export const DEPARTEMENTS: readonly { code: string; name: string; region: string }[] = departementsJson.map((d) => ({
  code: d.code,
  name: d.nom,
  region: REGION_BY_CODE.get(d.region) ?? d.nom,
}));

const BY_CODE = new Map(DEPARTEMENTS.map((d) => [d.code, d]));
const BY_NAME = new Map(DEPARTEMENTS.map((d) => [titleKey(d.name), d]));
const REGION_BY_KEY = new Map(
  regionsJson.flatMap((r): [string, string][] => [
    [titleKey(r.nom), r.nom],
    [r.code, r.nom],
  ]),
);

export const regionOfDepartement = (code: string): string | null => BY_CODE.get(code)?.region ?? null;

/** `23`, `2a`, `974`, « 23 - Creuse », « Creuse »; `6` has lost its zero in a spreadsheet. */
export function readDepartement(raw: string): Read<string> {
  const text = raw.trim();
  if (text === '') return { value: null };
  const code = /^(\d{1,3}|2[ab])(?=$|[\s(-])/i.exec(text)?.[1]?.toUpperCase();
  if (code === undefined) {
    const named = BY_NAME.get(titleKey(text));
    return named ? { value: named.code } : { value: null, code: 'departement_invalid' };
  }
  const padded = code.padStart(2, '0');
  if (!BY_CODE.has(padded)) return { value: null, code: 'departement_invalid' };
  return padded === code ? { value: code } : { value: padded, code: 'departement_padded' };
}

/** Five digits; four have lost their zero. */
export function readPostalCode(raw: string): Read<string> {
  const text = raw.replace(/[\s\u00a0\u202f]|^F-/g, '');
  if (text === '') return { value: null };
  if (!/^\d{4,5}$/.test(text)) return { value: null, code: 'postal_code_invalid' };
  return text.length === 5 ? { value: text } : { value: text.padStart(5, '0'), code: 'postal_code_padded' };
}

/** The few codes whose first digits do not tell: Orly airport is in Essonne, and so on. */
const POSTAL_EXCEPTIONS: Record<string, string> = { '94390': '91', '97133': '977', '97150': '978', '98799': '989' };

/**
 * The département of a postal code, by the largest commune it serves (checked against the package's communes in
 * test/contacts). A postal code may cross a border: an explicit département column wins over it.
 */
export function departementOfPostalCode(code: string): string | null {
  const exception = POSTAL_EXCEPTIONS[code];
  if (exception) return exception;
  const two = code.slice(0, 2);
  const departement = two === '20' ? (code < '20200' ? '2A' : '2B') : two >= '97' ? code.slice(0, 3) : two;
  return BY_CODE.has(departement) ? departement : null;
}

/** A region's name or, in a region column, its code. */
export function readRegion(raw: string): Read<string> {
  if (raw.trim() === '') return { value: null };
  const region = REGION_BY_KEY.get(titleKey(raw));
  return region ? { value: region } : { value: null, code: 'region_invalid' };
}
