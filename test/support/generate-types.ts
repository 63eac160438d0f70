// npm run types: the database types, generated from the migrations on a throw-away server.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded } from '../../src/embedded/postgres.ts';

const CODEGEN = fileURLToPath(new URL('../../node_modules/.bin/kysely-codegen', import.meta.url));
export const TYPES_FILE = fileURLToPath(new URL('../../src/db/types.ts', import.meta.url));

/** The text of src/db/types.ts for a migrated database. */
export function generateTypes(url: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'porte-voix-types-'));
  const file = join(folder, 'types.ts');
  try {
    execFileSync(
      CODEGEN,
      [
        '--dialect=postgres',
        `--url=${url}`,
        `--out-file=${file}`,
        '--date-parser=string',
        '--numeric-parser=number',
        '--type-mapping={"int8":"number"}',
        '--singularize=false',
        '--exclude-pattern=pgboss.*',
      ],
      { stdio: 'pipe' },
    );
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dataDir = mkdtempSync(join(tmpdir(), 'porte-voix-types-'));
  const embedded = await openEmbedded(dataDir);
  try {
    await migrate(embedded.url);
    writeFileSync(TYPES_FILE, generateTypes(embedded.url));
  } finally {
    await embedded.leave();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
