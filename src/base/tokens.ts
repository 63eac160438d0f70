import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secrets } from './context.ts';

const derive = (secret: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `porte-voix/${purpose}/v1`, 32));

export const deriveSecrets = (secret: Buffer): Secrets => ({
  addressHash: derive(secret, 'address-hash'),
  unsubscribe: derive(secret, 'unsubscribe'),
  session: derive(secret, 'session'),
  network: derive(secret, 'network'),
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
export function sealId(key: Buffer, purpose: string, id: number): string {
  const block = Buffer.alloc(16);
  block.writeBigUInt64BE(BigInt(id), 0);
  const cipher = createCipheriv('aes-256-ecb', hmac(key, `cipher/${purpose}`), null).setAutoPadding(false);
  const sealed = cipher.update(block);
  return Buffer.concat([sealed, hmac(key, Buffer.concat([Buffer.from(`${purpose}\0`), sealed])).subarray(0, 16)]).toString(
    'base64url',
  );
}

/** The id, or null for a token that is malformed, forged, or of another purpose. */
export function openId(key: Buffer, purpose: string, token: string): number | null {
  if (!/^[\w-]{43}$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 32) return null;
  const sealed = bytes.subarray(0, 16);
  const expected = hmac(key, Buffer.concat([Buffer.from(`${purpose}\0`), sealed])).subarray(0, 16);
  if (!sameBytes(expected, bytes.subarray(16))) return null;
  const decipher = createDecipheriv('aes-256-ecb', hmac(key, `cipher/${purpose}`), null).setAutoPadding(false);
  return Number(decipher.update(sealed).readBigUInt64BE(0));
}
