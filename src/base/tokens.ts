import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { Secrets } from './context.ts';

const derive = (secret: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `porte-voix/${purpose}/v1`, 32));

export const deriveSecrets = (secret: Buffer): Secrets => ({
  addressHash: derive(secret, 'address-hash'),
  unsubscribe: derive(secret, 'unsubscribe'),
  session: derive(secret, 'session'),
  network: derive(secret, 'network'),
  sealing: derive(secret, 'sealing'),
  returns: derive(secret, 'returns'),
  doors: derive(secret, 'doors'),
});

/** A secret for a link or a cookie: 128 bits or more, url-safe. */
export const randomToken = (bytes = 16): string => randomBytes(bytes).toString('base64url');
export const sha256 = (value: string | Buffer): Buffer => createHash('sha256').update(value).digest();
export const hmac = (key: Buffer, value: string | Buffer): Buffer => createHmac('sha256', key).update(value).digest();
export const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/**
 * A row id as an opaque token that needs no storage and never expires (unsubscribe links, MAIL-05): the id is
 * encrypted, so that tokens say nothing of order or volume, then authenticated with 128 bits (SEC-11).
 */
export const sealId = (key: Buffer, purpose: string, id: number): string => idSealer(key, purpose)(id);

/** `sealId` for many ids: cipher and HMAC are made ready once (4 µs a token against 40, of which a message has three). */
export function idSealer(key: Buffer, purpose: string): (id: number) => string {
  const { block, seal } = blockSealer(key, purpose);
  return (id) => {
    block.writeUIntBE(id, 2, 6);
    return seal();
  };
}

/** A row of millions (48 bits), then two of rows that are made by hand (40 bits each): together one block. */
export type Ids = readonly [id: number, of: number, and: number];

/** `idSealer` for three ids in one token of the same length. Throws a RangeError for an id that does not fit. */
export function idsSealer(key: Buffer, purpose: string): (ids: Ids) => string {
  const { block, seal } = blockSealer(key, purpose);
  return ([id, of, and]) => {
    block.writeUIntBE(id, 0, 6);
    block.writeUIntBE(of, 6, 5);
    block.writeUIntBE(and, 11, 5);
    return seal();
  };
}

/** Opens what `idsSealer` made; null for a token that is malformed, forged, or of another purpose. As cheap as sealing. */
export function idsOpener(key: Buffer, purpose: string): (token: string) => Ids | null {
  const sign = blockSigner(key, purpose);
  const decipher = createDecipheriv('aes-256-ecb', cipherKey(key, purpose), null).setAutoPadding(false);
  const expected = Buffer.alloc(16);
  return (token) => {
    if (!SEALED.test(token)) return null;
    const bytes = Buffer.from(token, 'base64url');
    const sealed = bytes.subarray(0, 16);
    sign(sealed, expected, 0);
    // Its last character holds two bits of nothing: only the spelling that was made is a token.
    if (!sameBytes(expected, bytes.subarray(16)) || bytes.toString('base64url') !== token) return null;
    const block = decipher.update(sealed);
    return [block.readUIntBE(0, 6), block.readUIntBE(6, 5), block.readUIntBE(11, 5)];
  };
}

/** 16 bytes that were sealed, and as many that authenticate them. */
const SEALED = /^[\w-]{43}$/;
const cipherKey = (key: Buffer, purpose: string): Buffer => hmac(key, `cipher/${purpose}`);

/** Seals, again and again, whatever stands in `block`. */
function blockSealer(key: Buffer, purpose: string): { block: Buffer; seal: () => string } {
  // Without padding each block of this mode is whole by itself: one cipher serves for all.
  const cipher = createCipheriv('aes-256-ecb', cipherKey(key, purpose), null).setAutoPadding(false);
  const sign = blockSigner(key, purpose);
  const block = Buffer.alloc(16);
  const token = Buffer.alloc(32);
  const seal = (): string => {
    const sealed = cipher.update(block);
    token.set(sealed);
    sign(sealed, token, 16);
    return token.toString('base64url');
  };
  return { block, seal };
}

/** Writes the first 16 bytes of a sealed block's HMAC at a place of another buffer. */
function blockSigner(key: Buffer, purpose: string): (sealed: Buffer, into: Buffer, at: number) => void {
  const label = Buffer.from(`${purpose}\0`);
  // RFC 2104 by hand, from two one-shot digests: an Hmac object costs more than all the rest.
  const inner = Buffer.concat([padded(key, 0x36), label, Buffer.alloc(16)]);
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(32)]);
  return (sealed, into, at) => {
    inner.set(sealed, 64 + label.length);
    // Digests as strings: they cost half of what Buffers do.
    outer.write(hash('sha256', inner, 'binary'), 64, 'latin1');
    into.write(hash('sha256', outer, 'binary'), at, 16, 'latin1');
  };
}

const padded = (key: Buffer, pad: number): Buffer =>
  Buffer.from(Array.from({ length: 64 }, (_, i) => (key[i] ?? 0) ^ pad));

/** The id, or null for a token that is malformed, forged, or of another purpose. */
export function openId(key: Buffer, purpose: string, token: string): number | null {
  if (!SEALED.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const sealed = bytes.subarray(0, 16);
  const expected = hmac(key, Buffer.concat([Buffer.from(`${purpose}\0`), sealed])).subarray(0, 16);
  // As above: four spellings would be one token.
  if (!sameBytes(expected, bytes.subarray(16)) || bytes.toString('base64url') !== token) return null;
  const decipher = createDecipheriv('aes-256-ecb', cipherKey(key, purpose), null).setAutoPadding(false);
  return Number(decipher.update(sealed).readBigUInt64BE(0));
}

/** A text that only this instance can read again (AES-256-GCM): 12 bytes of nonce, 16 of tag, then the text. */
export function sealText(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** The text, or null when it was sealed with another key or altered. */
export function openText(key: Buffer, sealed: Buffer): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
