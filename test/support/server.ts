// One PostgreSQL for the whole run, with one migrated database that each test file clones (about 20 ms).
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded } from '../../src/embedded/postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    templateUrl: string;
  }
}

export default async function setup(project: TestProject) {
  const dataDir = mkdtempSync(join(tmpdir(), 'porte-voix-test-'));
  chmodSync(dataDir, 0o755);
  const embedded = await openEmbedded(dataDir);
  await migrate(embedded.url);
  project.provide('templateUrl', embedded.url);
  return async () => {
    await embedded.leave();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
