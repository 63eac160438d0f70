import type { Secrets } from '../base/context.ts';
import { hmac } from '../base/tokens.ts';
import { foldName, nameKind } from './names.ts';
import type { Stay } from './schema.ts';

/**
 * Which person each stay is of, the same in all files: their address, else their name. « Invité » and other nameless
 * people are told apart by when they came, or by their place in the list. A keyed hash, because organisations that may not
 * read the file keep it beside their registrant.
 */
export function personsOf(stays: readonly Stay[], secrets: Pick<Secrets, 'addressHash'>): string[] {
  const nameless = new Map<string, number>();
  return stays.map((stay) => {
    const key = (text: string) => hmac(secrets.addressHash, `presence\0${text}`).toString('base64url').slice(0, 22);
    if (stay.address) return key(`a:${stay.address}`);
    const folded = foldName(stay.name);
    if (nameKind(stay.name) !== 'nobody') return key(`n:${folded}`);
    const when = stay.joinedAt ? stay.joinedAt.toISOString() : '';
    const nth = (nameless.get(`${folded} ${when}`) ?? 0) + 1;
    nameless.set(`${folded} ${when}`, nth);
    return key(`?:${folded}:${when}:${nth}`);
  });
}

/** Somebody without an address whose name says nothing. */
export const isAnonymous = (stay: Pick<Stay, 'name' | 'address'>): boolean =>
  !stay.address && nameKind(stay.name) !== 'person';

/** « Somebody saw them »: a word of their organisation, in the place of a person of the files. */
export const SEEN_IN_ROOM = 'vu';
