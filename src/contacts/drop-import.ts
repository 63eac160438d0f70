import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { OwnCtx } from './schema.ts';

/** Gives up a kept file before its import: the file goes at once, nothing of it is kept but the trace. */
export async function dropImport(ctx: OwnCtx, importId: number): Promise<void> {
  allow(ctx.actor, 'contacts.import');
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const dropped = await trx
      .deleteFrom('imports')
      .where('organisation_id', '=', organisationId)
      .where('id', '=', importId)
      .where('state', '=', 'analysed')
      .executeTakeFirst();
    if (dropped.numDeletedRows === 0n) throw notFound('Cet import');
    await recordAudit(trx, ctx, { action: 'contacts.drop-import', subject: `import:${importId}` });
  });
}
