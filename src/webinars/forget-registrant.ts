import { notFound } from '../base/errors.ts';
import { forgetPerson } from '../contacts/forget-person.ts';
import { type PersonRegistration, registrationsOf } from '../contacts/person-registrations.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { findRegistration } from './registrations.ts';
import type { MemberCtx } from './schema.ts';

/**
 * A person who registered asks the organisation to be forgotten: every registration with it, and the contact if there is
 * one. A place that is freed so is given on by the clock. `introuvable` for a partner's registrant.
 */
export async function forgetRegistrant(ctx: MemberCtx, registrationId: number): Promise<void> {
  allow(ctx.actor, 'registration.write');
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const addressHash = await personBehind(trx, registrationId);
    await forgetPerson(trx, ctx.db, { organisationId, addressHash, at: ctx.now() });
    await recordAudit(trx, ctx, { action: 'registration.forget', subject: `registration:${registrationId}` });
  });
}

/** PRV-55 for who is no contact: what the organisation keeps of their registrations. */
export async function exportRegistrant(ctx: MemberCtx, registrationId: number): Promise<PersonRegistration[]> {
  allow(ctx.actor, 'contacts.export');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const addressHash = await personBehind(trx, registrationId);
    await recordAudit(trx, ctx, { action: 'registration.export', subject: `registration:${registrationId}` });
    return registrationsOf(trx, ctx.actor.organisationId, addressHash);
  });
}

async function personBehind(trx: Trx, registrationId: number): Promise<Buffer> {
  const registration = await findRegistration(trx, registrationId);
  if (!registration?.addressHash) throw notFound('Cette inscription');
  return registration.addressHash;
}
