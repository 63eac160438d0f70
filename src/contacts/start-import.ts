import { conflict } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { keptImport } from './kept-imports.ts';
import type { OwnCtx } from './schema.ts';

/** The person's yes: the kept file waits for `runImport` from here on. Twice is refused as unknown, and starts nothing. */
export async function startImport(ctx: OwnCtx, importId: number): Promise<void> {
  allow(ctx.actor, 'contacts.import');
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const kept = await keptImport(trx, organisationId, importId);
    const queued = await trx
      .updateTable('imports')
      .set({ state: 'queued', rows_done: 0 })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', importId)
      .where('state', '=', 'analysed')
      .where('report', 'is not', null)
      .executeTakeFirst();
    if (queued.numUpdatedRows === 0n)
      throw conflict(
        'import_unread',
        'Dites d’abord quelle colonne contient l’adresse et quel est le niveau des contacts.',
      );
    await recordAudit(trx, ctx, {
      action: 'contacts.queue-import',
      subject: `import:${importId}`,
      detail: { fileName: kept.options.fileName },
    });
  });
}
