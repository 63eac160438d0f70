import { invalid } from '../base/errors.ts';
import { IMAGE_TYPES, imageFormat } from '../campaigns/image-format.ts';

export type Picture = { bytes: Buffer; type: 'image/png' | 'image/jpeg' | 'image/webp' };

/** A photograph of a telephone. */
export const LARGEST_PICTURE = 8 * 1024 * 1024;

const refuse = (message: string) => invalid('image', message, [{ field: 'picture', message }]);

/**
 * The picture a relay shows of what it published, read by what it is and not by its name, without what a telephone writes
 * in it beside the image: where and when it was taken, by which machine. Only which way up it stands is kept.
 */
export function pictureOf(given: Buffer): Picture {
  if (given.length > LARGEST_PICTURE)
    throw refuse('Cette image dépasse 8 Mo : réduisez-la, ou prenez une capture d’écran.');
  const format = imageFormat(given);
  if (!format || format.extension === 'gif')
    throw refuse('Donnez une image PNG, JPEG ou WebP, par exemple une capture d’écran.');
  const image = given.subarray(0, format.end);
  const bytes = { png: barePng, jpg: bareJpeg, webp: bareWebp }[format.extension](image);
  return { bytes, type: IMAGE_TYPES[format.extension] as Picture['type'] };
}

const PNG_KEPT = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'pHYs',
  'sBIT',
  'bKGD',
]);

/** Signature, then chunks: length, name, data, checksum. */
function barePng(image: Buffer): Buffer {
  const kept = [image.subarray(0, 8)];
  for (let at = 8; at + 12 <= image.length; ) {
    const end = at + 12 + image.readUInt32BE(at);
    if (PNG_KEPT.has(image.toString('latin1', at + 4, at + 8))) kept.push(image.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

/** Segments up to the first scan; of those an application adds, only JFIF, the colour profile and Adobe's are kept. */
function bareJpeg(image: Buffer): Buffer {
  const kept = [image.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= image.length) {
    const mark = image[at + 1] ?? 0;
    if (mark === 0xff) {
      at += 1;
      continue;
    }
    if (mark === 0xda) break;
    const end = at + 2 + image.readUInt16BE(at + 2);
    const added = (mark >= 0xe0 && mark <= 0xef) || mark === 0xfe;
    const profile = mark === 0xe2 && image.toString('latin1', at + 4, at + 15) === 'ICC_PROFILE';
    if (!added || mark === 0xe0 || profile || mark === 0xee) kept.push(image.subarray(at, end));
    else if (mark === 0xe1) kept.push(...upright(image.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat([...kept, image.subarray(at)]);
}

const ORIENTATION = 0x0112;

/** An Exif segment that says only which way up the image stands; nothing when the given one does not say it. */
function upright(exif: Buffer): Buffer[] {
  if (exif.toString('latin1', 0, 6) !== 'Exif\0\0' || exif.length < 14) return [];
  const tiff = exif.subarray(6);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const u16 = (at: number) => (at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const first = tiff.length < 8 ? 0 : little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  for (let i = 0, count = u16(first); i < count; i++) {
    const entry = first + 2 + i * 12;
    const value = u16(entry + 8);
    if (u16(entry) !== ORIENTATION || value < 2 || value > 8) continue;
    const made = Buffer.from(
      'ffe10022457869660000' + '4d4d002a00000008' + '0001011200030000000100000000' + '00000000',
      'hex',
    );
    made.writeUInt16BE(value, 28);
    return [made];
  }
  return [];
}

/** A container of chunks: name, length, data rounded to an even one. */
function bareWebp(image: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 12; at + 8 <= image.length; ) {
    const held = image.readUInt32LE(at + 4);
    const end = at + 8 + held + (held % 2);
    const name = image.toString('latin1', at, at + 4);
    const chunk = Buffer.from(image.subarray(at, end));
    // Of the extended header, the two flags that announce Exif and XMP.
    if (name === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ~0x0c;
    if (name !== 'EXIF' && name !== 'XMP ') kept.push(chunk);
    at = end;
  }
  const body = Buffer.concat(kept);
  const head = Buffer.from(image.subarray(0, 12));
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}
