import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/running.ts';

export const PETITE = fileURLToPath(new URL('../fixtures/campaigns/petite-campagne', import.meta.url));

export type Folder = {
  dir: string;
  /** Replaces the first `from` of a file; a `from` that is not there is a mistake of the test. */
  edit: (file: string, from: string | RegExp, to: string) => Folder;
  write: (file: string, content: string) => Folder;
  remove: (file: string) => Folder;
};

/** A copy of the small campaign of this test's own, to break. */
export function copyOfPetite(): Folder {
  const dir = join(temporaryFolder(), 'petite-campagne');
  cpSync(PETITE, dir, { recursive: true });
  const folder: Folder = {
    dir,
    edit(file, from, to) {
      const before = readFileSync(join(dir, file), 'utf8');
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${file} does not contain ${String(from)}`);
      return folder.write(file, after);
    },
    write(file, content) {
      writeFileSync(join(dir, file), content);
      return folder;
    },
    remove(file) {
      rmSync(join(dir, file));
      return folder;
    },
  };
  return folder;
}
