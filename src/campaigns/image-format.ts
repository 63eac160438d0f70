/** The kinds of images every mailbox shows. SVG is none of them: it may hold a program. */
export const IMAGE_TYPES = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' } as const;
export type ImageExtension = keyof typeof IMAGE_TYPES;

/** `end`: where the image itself stops; what a file may carry after it is nobody's image. */
export type ImageFormat = { extension: ImageExtension; end: number };

/**
 * What the bytes are, whatever the file is called: read from the first byte to the image's own end, so that a file of
 * another kind that only begins like an image is none. Null for anything else, and for an image that is cut short.
 */
export function imageFormat(bytes: Buffer): ImageFormat | null {
  for (const [extension, endOf] of READERS) {
    const end = endOf(bytes);
    if (end !== null && end <= bytes.length) return { extension, end };
  }
  return null;
}

const begins = (bytes: Buffer, sign: string, at = 0): boolean =>
  bytes.toString('latin1', at, at + sign.length) === sign;

/** Signature, then chunks (length, name, data, checksum) from IHDR to IEND. */
function endOfPng(bytes: Buffer): number | null {
  if (!begins(bytes, '\x89PNG\r\n\x1a\n') || !begins(bytes, 'IHDR', 12)) return null;
  let at = 8;
  let drawn = false;
  while (at + 12 <= bytes.length) {
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(name)) return null;
    at += 12 + bytes.readUInt32BE(at);
    drawn ||= name === 'IDAT';
    if (name === 'IEND') return drawn ? at : null;
  }
  return null;
}

/** Segments (mark, length, data); after the start of a scan, data without a length up to the next mark. */
function endOfJpeg(bytes: Buffer): number | null {
  if (!begins(bytes, '\xff\xd8\xff')) return null;
  let at = 2;
  let scanned = false;
  while (at + 2 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const mark = bytes[at + 1] ?? 0;
    if (mark === 0xff) at += 1;
    else if (mark === 0xd9) return scanned ? at + 2 : null;
    else {
      if (mark < 0xc0 || (mark >= 0xd0 && mark <= 0xd8) || at + 4 > bytes.length) return null;
      at += 2 + bytes.readUInt16BE(at + 2);
      if (mark !== 0xda) continue;
      scanned = true;
      at = endOfScan(bytes, at);
    }
  }
  return null;
}

/** Within a scan, FF is followed by 00 when it is data and by D0-D7 at a restart; anything else is the next mark. */
function endOfScan(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at;
    at = bytes.indexOf(0xff, at + 1);
  }
  return bytes.length;
}

/** Screen, optional palette, then blocks (an extension or an image, each in lengths and data) up to `;`. */
function endOfGif(bytes: Buffer): number | null {
  if ((!begins(bytes, 'GIF87a') && !begins(bytes, 'GIF89a')) || bytes.length < 13) return null;
  const palette = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + palette(bytes[10] ?? 0);
  let drawn = false;
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === 0x3b) return drawn ? at + 1 : null;
    if (kind === 0x21) at += 2;
    else if (kind === 0x2c) at += 11 + palette(bytes[at + 9] ?? 0);
    else return null;
    drawn ||= kind === 0x2c;
    while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
    at += 1;
  }
  return null;
}

/** A container that says its length, filled by chunks (name, length, data rounded to an even one). */
function endOfWebp(bytes: Buffer): number | null {
  if (!begins(bytes, 'RIFF') || !/^WEBPVP8[ LX]$/.test(bytes.toString('latin1', 8, 16))) return null;
  const end = 8 + bytes.readUInt32LE(4);
  let at = 12;
  while (at + 8 <= Math.min(end, bytes.length)) {
    const held = bytes.readUInt32LE(at + 4);
    at += 8 + held + (held % 2);
  }
  return at === end ? end : null;
}

const READERS: readonly (readonly [ImageExtension, (bytes: Buffer) => number | null])[] = [
  ['png', endOfPng],
  ['jpg', endOfJpeg],
  ['gif', endOfGif],
  ['webp', endOfWebp],
];
