import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { may } from '../organisations/permissions.ts';
import { type ImportRow, listImports } from './import-queries.ts';

/** Imports somebody must confirm (`analysed`) or that are under way, the newest first; none for who may not import. */
export async function openImports(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>): Promise<ImportRow[]> {
  if (!may(ctx.actor, 'contacts.import')) return [];
  const { organisationId } = ctx.actor;
  const last = await withOrganisation(ctx.db, organisationId, (trx) => listImports(trx, organisationId));
  return last.filter((i) => i.state === 'analysed' || i.state === 'queued' || i.state === 'running');
}
