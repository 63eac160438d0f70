import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { forgetPerson } from './forget-person.ts';
import { contactById } from './queries.ts';
import type { OwnCtx } from './schema.ts';

/**
 * Removes a person's contact and what names them among registrations. The keyed hash stays in the opposition list, so that
 * the next import does not bring the person back (PRV-42), and in the ledger, which no longer leads to anybody. The trace
 * does not name the address.
 */
export async function eraseContact(ctx: OwnCtx, contactId: number): Promise<void> {
  allow(ctx.actor, 'contacts.write');
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const contact = await contactById(trx, organisationId, contactId);
    if (!contact) throw notFound('Ce contact');
    await forgetPerson(trx, ctx.db, { organisationId, addressHash: contact.addressHash, at: ctx.now() });
    await recordAudit(trx, ctx, { action: 'contacts.erase', subject: `contact:${contactId}` });
  });
}
