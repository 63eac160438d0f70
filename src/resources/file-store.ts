import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { log } from '../base/log.ts';
import { fileTypeOf, refuseFile } from './file-types.ts';

/*
 * The bytes of the inventory, in DATA_DIR/fichiers, each under the digest of its content: `ab/cd/abcd…`. Written aside,
 * flushed, then named; the row comes after. Whatever dies in between leaves at most a file that no row speaks of.
 */

/** Of one file. */
export const LARGEST_FILE = 50 * 1024 * 1024;

export type StoredFile = { sha256: string; size: number; type: string; extension: string };

const root = (dataDir: string): string => join(dataDir, 'fichiers');
const aside = (dataDir: string): string => join(root(dataDir), 'en-cours');
const placeOf = (dataDir: string, sha256: string): string =>
  join(root(dataDir), sha256.slice(0, 2), sha256.slice(2, 4), sha256);

/**
 * Writes what comes through `bytes` to disk as it comes, checks what it is, and names it by its content. Refuses what is
 * empty, too large, or not of an allowed type. `name` is what the person called it.
 */
export async function storeFile(dataDir: string, name: string, bytes: AsyncIterable<Uint8Array>): Promise<StoredFile> {
  await mkdir(aside(dataDir), { recursive: true });
  await forgetUnfinished(dataDir);
  const draft = join(aside(dataDir), randomBytes(16).toString('hex'));
  try {
    const { sha256, size } = await write(draft, bytes);
    const { type, extension } = await fileTypeOf(draft, name);
    await give(dataDir, draft, sha256);
    return { sha256, size, type, extension };
  } finally {
    await rm(draft, { force: true });
  }
}

async function write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }> {
  const digest = createHash('sha256');
  let size = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > LARGEST_FILE)
        throw refuseFile(
          `Ce fichier est trop gros : ${LARGEST_FILE / 1024 / 1024} Mo au plus. Allégez-le, ou donnez l’adresse où il se trouve.`,
        );
      digest.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (size === 0) throw refuseFile('Ce fichier est vide : choisissez-en un autre.');
  return { sha256: digest.digest('hex'), size };
}

/** A name lasts once its folder is flushed too. */
async function give(dataDir: string, draft: string, sha256: string): Promise<void> {
  const place = placeOf(dataDir, sha256);
  await mkdir(dirname(place), { recursive: true });
  await rename(draft, place);
  const folder: FileHandle = await open(dirname(place), 'r');
  await folder.sync().finally(() => folder.close());
}

const UNFINISHED_MS = 86_400_000;

/** What a process that died left aside, a day later. */
async function forgetUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(aside(dataDir))) {
    const path = join(aside(dataDir), name);
    const found = await stat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > UNFINISHED_MS) await rm(path, { force: true });
  }
}

/** In bytes; null: not on this machine. */
export const storedSize = (dataDir: string, sha256: string): Promise<number | null> =>
  stat(placeOf(dataDir, sha256)).then(
    ({ size }) => size,
    () => null,
  );

/** From `start` to `end`, both included. Null when the file is not on this machine. */
export async function readStored(
  dataDir: string,
  sha256: string,
  range: { start: number; end: number },
): Promise<Readable | null> {
  const path = placeOf(dataDir, sha256);
  const there = await stat(path).catch(() => null);
  if (!there) {
    log.warn({ sha256 }, 'fichier d’une ressource absent de ce serveur : DATA_DIR est-il partagé ?');
    return null;
  }
  return createReadStream(path, range);
}
