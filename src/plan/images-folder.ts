import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Refusal } from '../base/errors.ts';
import { type ImageFile, imageFileOf, LARGEST_IMAGE } from '../campaigns/image-file.ts';
import type { Problem } from './problems.ts';

/** The images of a folder by the name of their file; null where the file is there and is no image. */
export type Images = ReadonlyMap<string, ImageFile | null>;

const MOST_IMAGES = 100;

/** `images/`: every file of it is kept with the campaign, under a name that says its content. */
export async function imagesOf(dir: string): Promise<{ value: Images; problems: Problem[] }> {
  const entries = (await readdir(dir, { withFileTypes: true })).filter((e) => !e.name.startsWith('.'));
  const problems: Problem[] = [];
  const refuse = (name: string, message: string) =>
    problems.push({ file: `images/${name}`, line: 1, column: 1, message });
  if (entries.length > MOST_IMAGES) refuse('', `Ce dossier contient plus de ${MOST_IMAGES} images : retirez-en.`);
  const images = new Map<string, ImageFile | null>();
  for (const entry of entries.slice(0, MOST_IMAGES).toSorted((a, b) => a.name.localeCompare(b.name))) {
    if (!entry.isFile()) {
      refuse(entry.name, 'Les images sont posées ici sans sous-dossier : remontez celles de ce dossier.');
      continue;
    }
    try {
      // One byte more than an image may weigh: enough to refuse a file of any size without reading it.
      const bytes = await buffer(createReadStream(join(dir, entry.name), { end: LARGEST_IMAGE }));
      images.set(entry.name.normalize('NFC'), imageFileOf(entry.name, bytes));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      images.set(entry.name.normalize('NFC'), null);
      refuse(entry.name, error.message);
    }
  }
  return { value: images, problems };
}
