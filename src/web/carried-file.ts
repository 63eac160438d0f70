import { gunzipSync, gzipSync } from 'node:zlib';

/** A small file inside the page that says what it would do, until its person says yes: nothing is kept before. */
export const carry = (bytes: Uint8Array): string => gzipSync(bytes).toString('base64');

/** The bytes again; null when the page was altered, or when they grow beyond `most`. */
export function carried(text: string, most: number): Buffer | null {
  try {
    return gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: most });
  } catch {
    return null;
  }
}
