import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { OwnCtx } from './schema.ts';
import { recordSuppression } from './suppress.ts';

/**
 * Removes a person's contact. The keyed hash stays in the opposition list, so that the next import does not bring the
 * person back (PRV-42), and in the ledger, which no longer leads to anybody. The trace does not name the address.
 */
export async function eraseContact(ctx: OwnCtx, contactId: number): Promise<void> {
  allow(ctx.actor, 'contacts.write');
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const erased = await trx
      .deleteFrom('contacts')
      .where('id', '=', contactId)
      .where('organisation_id', '=', organisationId)
      .returning('address_hash')
      .executeTakeFirst();
    if (!erased) throw notFound('Ce contact');
    await recordSuppression(trx, {
      scope: 'organisation',
      organisationId,
      addressHash: erased.address_hash,
      reason: 'opposition',
      source: 'effacement',
      at: ctx.now(),
    });
    await recordAudit(trx, ctx, { action: 'contacts.erase', subject: `contact:${contactId}` });
  });
}
