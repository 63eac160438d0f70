import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { log } from '../base/log.ts';
import type { Bundle } from './bundle.ts';
import { loadFolder } from './load-folder.ts';

/** The campaigns that come with the service: each is a model for a new one. */
const FOLDER = fileURLToPath(new URL('../../campaigns/', import.meta.url));

/** By name. A folder that cannot be read is left out and said in the log: the others stay usable. */
export async function listModels(folder = FOLDER): Promise<Bundle[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const loaded = await Promise.all(
    entries
      .filter((e) => e.isDirectory())
      .map(async (e) => ({ name: e.name, ...(await loadFolder(join(folder, e.name))) })),
  );
  for (const { name, problems } of loaded)
    if (problems.length) log.warn({ model: name, problem: problems[0] }, 'modèle de campagne à corriger');
  return loaded
    .flatMap((l) => (l.bundle ? [l.bundle] : []))
    .toSorted((a, b) => a.campaign.name.localeCompare(b.campaign.name, 'fr'));
}
