import type { Ctx } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownOrganisation } from './acting.ts';

/** From now on the organisation's mail leaves by its own server: only one that took a trial message with these settings. */
export const useTransport = (ctx: Ctx): Promise<void> => set(ctx, true);

/** From now on it leaves by the instance's server again. The settings stay. */
export const stopUsingTransport = (ctx: Ctx): Promise<void> => set(ctx, false);

async function set(ctx: Ctx, used: boolean): Promise<void> {
  allow(ctx.actor, 'organisation.write');
  const organisationId = ownOrganisation(ctx);
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const update = trx.updateTable('transports').set({ used }).where('organisation_id', '=', organisationId);
    const done = await (used ? update.where('test_ok', '=', true) : update).executeTakeFirst();
    if (used && Number(done.numUpdatedRows) === 0)
      throw conflict(
        'not_tried',
        'Ce serveur n’a pas encore accepté de message d’essai avec ces réglages : essayez-le d’abord.',
      );
    await recordAudit(trx, ctx, {
      action: used ? 'transport.use' : 'transport.stop',
      subject: `transport:${organisationId}`,
    });
  });
}
