import { stringify } from 'yaml';

/**
 * A value as this product's YAML: keys that say nothing are left out (what is undefined, an empty list, an empty text),
 * long texts are folded, and what YAML would read as something else is quoted.
 */
export const yamlOf = (value: unknown): string =>
  stringify(said(value), { lineWidth: 120, singleQuote: true, version: '1.2', aliasDuplicateObjects: false });

/** Null stays: « séparateur: » is a block. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, inner]) => (isSilent(inner) ? [] : [[key, said(inner)] as const]));
  return Object.fromEntries(kept);
}

const isSilent = (value: unknown): boolean =>
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);
