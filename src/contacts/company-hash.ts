import type { Secrets } from '../base/context.ts';
import { addressHasher } from './addresses.ts';

/** Told apart from every address, which has an @. */
const LABEL = 'siret:';
/** 128 bits, in hexadecimal. */
const LENGTH = 32;

/**
 * The only form in which a company's number leaves its organisation: a keyed hash, so that how often a company is
 * solicited can be counted over all of them. In hexadecimal; each number is hashed once for as long as a file is read.
 */
export function companyHasher(secrets: Secrets): (siret: string) => string {
  const hashOf = addressHasher(secrets);
  const known = new Map<string, string>();
  return (siret) => {
    const found = known.get(siret);
    if (found !== undefined) return found;
    const hash = hashOf(LABEL + siret).slice(0, LENGTH);
    known.set(siret, hash);
    return hash;
  };
}
