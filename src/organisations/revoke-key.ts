import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import type { PersonCtx } from './make-key.ts';

/**
 * Closes one of one's own keys, at once; twice is once. Whoever lost the role that made it may still close it: less
 * access is never refused. `introuvable` for somebody else's.
 */
export async function revokeKey(ctx: PersonCtx, id: number): Promise<void> {
  const { organisationId, userId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const key = await trx
      .selectFrom('api_keys')
      .select('revoked_at')
      .where('id', '=', id)
      .where('organisation_id', '=', organisationId)
      .where('user_id', '=', userId)
      .forUpdate()
      .executeTakeFirst();
    if (!key) throw notFound('Cette clé');
    if (key.revoked_at !== null) return;
    await trx.updateTable('api_keys').set({ revoked_at: ctx.now() }).where('id', '=', id).execute();
    await recordAudit(trx, ctx, { action: 'key.revoke', subject: `key:${id}` });
  });
}
