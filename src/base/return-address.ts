import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import type { Secrets } from './context.ts';
import { hmac, sameBytes } from './tokens.ts';

const LABEL = Buffer.from('return\0');
const MAC_BYTES = 10;
/** 16 bytes of one cipher block and 10 of HMAC, five bits a letter. */
const TOKEN_LETTERS = 42;
/** RFC 5321 §4.5.3.1.1: 64 octets before the @, of which the token and its « + » take 43. */
export const MAX_RETURN_LOCAL = 64 - TOKEN_LETTERS - 1;

/** Servers lower-case what stands before the @, so that base64 would not come back whole. RFC 4648 §6, in lower case. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

const cipherKey = (key: Buffer): Buffer => hmac(key, 'cipher/return');

/**
 * Return addresses for many deliveries (MAIL-30): `retours@d.fr` and 7 → `retours+<42 letters>@d.fr`. The letters hold
 * the row's id, encrypted, then 80 bits that only this instance can have written; nobody's address is in them. Cipher
 * and HMAC are made ready once. Refuses, by an exception, a bounce address without room for them.
 */
export function returnAddresser(secrets: Secrets, bounceAddress: string): (deliveryId: number) => string {
  const at = bounceAddress.lastIndexOf('@');
  if (at < 1 || at > MAX_RETURN_LOCAL)
    throw new Error(`a return address has 1 to ${MAX_RETURN_LOCAL} letters before its @`);
  const [local, domain] = [bounceAddress.slice(0, at), bounceAddress.slice(at)];
  const key = secrets.returns;
  const cipher = createCipheriv('aes-256-ecb', cipherKey(key), null).setAutoPadding(false);
  const block = Buffer.alloc(16);
  // RFC 2104 by hand, from two one-shot digests: an Hmac object costs more than all the rest.
  const inner = Buffer.concat([padded(key, 0x36), LABEL, block]);
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(32)]);
  return (deliveryId) => {
    block.writeUIntBE(deliveryId, 10, 6);
    const sealed = cipher.update(block);
    inner.set(sealed, 64 + LABEL.length);
    outer.write(hash('sha256', inner, 'binary'), 64, 'latin1');
    return `${local}+${base32(sealed)}${base32(hash('sha256', outer, 'buffer').subarray(0, MAC_BYTES))}${domain}`;
  };
}

/** One of them. For a whole push prepare `returnAddresser` once. */
export const returnAddress = (secrets: Secrets, bounceAddress: string, deliveryId: number): string =>
  returnAddresser(secrets, bounceAddress)(deliveryId);

/** The delivery an address was made for, however its letters were cased; null for any other, altered or forged. */
export function openReturn(secrets: Secrets, address: string): number | null {
  const letters = /\+([a-z2-7]{42})@/i.exec(address)?.[1]?.toLowerCase();
  if (!letters) return null;
  const sealed = unbase32(letters.slice(0, 26), 16);
  const mac = unbase32(letters.slice(26), MAC_BYTES);
  const expected = hmac(secrets.returns, Buffer.concat([LABEL, sealed])).subarray(0, MAC_BYTES);
  // Two writings of one token (26 letters hold 2 bits more than 16 bytes) would make of one return two.
  if (!sameBytes(mac, expected) || base32(sealed) !== letters.slice(0, 26)) return null;
  const decipher = createDecipheriv('aes-256-ecb', cipherKey(secrets.returns), null).setAutoPadding(false);
  const block = decipher.update(sealed);
  return block.subarray(0, 10).every((byte) => byte === 0) ? block.readUIntBE(10, 6) : null;
}

const padded = (key: Buffer, pad: number): Buffer =>
  Buffer.from(Array.from({ length: 64 }, (_, i) => (key[i] ?? 0) ^ pad));

function base32(bytes: Buffer): string {
  let [text, value, bits] = ['', 0, 0];
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

function unbase32(letters: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let [value, bits, at] = [0, 0, 0];
  for (const letter of letters) {
    value = ((value << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8 || at === length) continue;
    bits -= 8;
    bytes[at++] = (value >> bits) & 0xff;
  }
  return bytes;
}
