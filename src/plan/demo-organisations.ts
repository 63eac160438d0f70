import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import { organisationBySlug } from '../organisations/queries.ts';
import { insertOrganisation } from '../organisations/save-organisation.ts';
import { loadOrRefuse } from './load-folder.ts';

/**
 * Creates the organisations of a demonstration's folder that do not exist yet, and answers the ids of all of them by
 * slug. Only the demonstration may call it: an organisation is otherwise created by name, by whoever holds the machine.
 */
export async function createDemoOrganisations(ctx: Pick<Ctx, 'db' | 'now'>, dir: string): Promise<Map<string, number>> {
  const { organisations } = await loadOrRefuse(dir);
  return acrossOrganisations(ctx.db, async (trx) => {
    const ids = new Map<string, number>();
    for (const organisation of organisations) {
      const found = await organisationBySlug(trx, organisation.slug);
      const { id } = found ?? (await insertOrganisation(trx, ctx, { ...organisation, demo: true }));
      ids.set(organisation.slug, id);
    }
    return ids;
  });
}
