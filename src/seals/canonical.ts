import { sha256 } from '../base/tokens.ts';

/** The same text for the same content, in whatever order a database gives its keys back. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => `${JSON.stringify(key)}:${canonical(of)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

export const sealOf = (value: unknown): Buffer => sha256(canonical(value));
