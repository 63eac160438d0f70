import { invalid, type Refusal } from '../base/errors.ts';
import { slugOf } from '../base/slug.ts';
import { sha256 } from '../base/tokens.ts';
import { IMAGE_TYPES, imageFormat } from './image-format.ts';

/** An image ready to be kept: its name says its content and its true type. */
export type ImageFile = { name: string; type: string; bytes: Buffer; sha256: Buffer };

/** Heavier, a message opens slowly on a telephone, and mailboxes put it aside. */
export const LARGEST_IMAGE = 1024 * 1024;

/** Where an image of a campaign is read, the same for everybody (PRV-01). */
export const imagePath = (campaignSlug: string, name: string): string => `/fichiers/${campaignSlug}/${name}`;

/**
 * Judges a file given as an image and names it: `atelier-3f9a01bc.png`, whatever it was called and wherever it came
 * from. What follows the image in the file is left out. Throws `invalid` on the field `fichier`.
 */
export function imageFileOf(fileName: string, given: Buffer): ImageFile {
  if (given.length > LARGEST_IMAGE)
    throw refuse('image_trop_lourde', 'Cette image dépasse 1 Mo : réduisez-la à 1 200 pixels de large, puis reprenez.');
  const format = imageFormat(given);
  if (!format)
    throw /^\s*<|<svg/i.test(given.toString('utf8', 0, 1000).replace('\ufeff', ''))
      ? refuse('image_svg', 'Une image SVG peut contenir un programme : enregistrez-la en PNG, puis reprenez.')
      : refuse(
          'image_illisible',
          'Ce fichier n’est pas une image PNG, JPEG, GIF ou WebP entière : enregistrez-le dans l’un de ces formats, puis reprenez.',
        );
  const bytes = given.subarray(0, format.end);
  const hash = sha256(bytes);
  return { name: nameOf(fileName, hash, format.extension), type: IMAGE_TYPES[format.extension], bytes, sha256: hash };
}

/** A file that already carries this name, as an exported folder gives it, keeps it. */
function nameOf(fileName: string, hash: Buffer, extension: string): string {
  const own =
    fileName
      .split(/[/\\]/)
      .at(-1)
      ?.replace(/\.[^.]*$/, '') ?? '';
  const slug = slugOf(own);
  const mark = hash.toString('hex', 0, 4);
  return slug.endsWith(`-${mark}`) ? `${slug}.${extension}` : `${slug}-${mark}.${extension}`;
}

const refuse = (code: string, message: string): Refusal => invalid(code, message, [{ field: 'fichier', message }]);
