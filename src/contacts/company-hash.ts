import { hash } from 'node:crypto';
import type { Secrets } from '../base/context.ts';
import { hmac } from '../base/tokens.ts';

const KEY_BYTES = 32;
const DIGITS = 14;
/** 128 bits, in hexadecimal. */
const LENGTH = 32;

/**
 * The only form in which a company's number (14 digits) leaves its organisation: a keyed hash, in hexadecimal, so that
 * how often a company is solicited can be counted over all of them. One digest of key and number, and not the two of an
 * HMAC: the number has one length and half of the digest is kept, so nothing can be appended to it (150 000 numbers:
 * 0.05 s against 0.25 s; remembering them costs as much as hashing them again).
 */
export function companyHasher(secrets: Secrets): (siret: string) => string {
  const block = Buffer.concat([hmac(secrets.addressHash, 'siret'), Buffer.alloc(DIGITS)]);
  return (siret) => {
    block.write(siret, KEY_BYTES, DIGITS, 'latin1');
    return hash('sha256', block, 'hex').slice(0, LENGTH);
  };
}
