import type { Context } from 'hono';
import { invalid } from '../base/errors.ts';

/** The `most` things that come after the one whose key was read last; `next`: the key to go on from. */
export function pageAfter<T>(
  all: readonly T[],
  keyOf: (one: T) => string,
  after: string | undefined,
  most: number,
): { items: T[]; next: string | null } {
  const at = after === undefined ? -1 : all.findIndex((one) => keyOf(one) === after);
  if (after !== undefined && at === -1) {
    const message = 'Rien ne porte cet identifiant dans cette liste : reprenez-la depuis le début.';
    throw invalid('suite_inconnue', message, [{ field: 'apres', message }]);
  }
  const items = all.slice(at + 1, at + 1 + most);
  const last = items.at(-1);
  return { items, next: last !== undefined && at + 1 + most < all.length ? keyOf(last) : null };
}

/** The address asked for, from that key on. */
export function nextAddress(c: Context, publicUrl: string, next: string | null, name = 'apres'): string | null {
  if (next === null) return null;
  const { pathname, searchParams } = new URL(c.req.url);
  searchParams.set(name, next);
  return `${publicUrl}${pathname}?${searchParams}`;
}
