import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type OwnClick, ownClicks } from './own-clicks.ts';
import { ownMessages } from './own-messages.ts';
import { type PersonRegistration, registrationsOf } from './person-registrations.ts';
import { type ContactCard, contactById } from './queries.ts';
import type { OwnCtx } from './schema.ts';

export type PersonFile = {
  profile: Omit<ContactCard, 'addressHash'>;
  consents: { purpose: string; value: string; wording: string | null; source: string; at: Date }[];
  suppressions: { scope: string; reason: string; source: string; at: Date }[];
  /** Messages addressed to this person by this organisation, with what became of each. */
  messages: { push: string; state: string; handedAt: Date | null; settledAt: Date | null }[];
  /** Webinars the person registered to with this organisation. `minutes`: how long they were seen there; null: not seen. */
  registrations: PersonRegistration[];
  /** Clicks counted under their name, for whoever agreed to it and still does. */
  clicks: OwnClick[];
};

/** PRV-55: everything the organisation holds on one person, for the person. */
export async function exportPerson(ctx: OwnCtx, contactId: number): Promise<PersonFile> {
  allow(ctx.actor, 'contacts.export');
  const { organisationId } = ctx.actor;
  const file = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const contact = await contactById(trx, organisationId, contactId);
    if (!contact) throw notFound('Ce contact');
    const { addressHash, ...profile } = contact;
    const consents = await trx
      .selectFrom('consents')
      .select(['purpose', 'value', 'wording', 'source', 'at'])
      .where('organisation_id', '=', organisationId)
      .where('address_hash', '=', addressHash)
      .orderBy('id')
      .execute();
    const suppressions = await trx
      .selectFrom('suppressions')
      .select(['scope', 'reason', 'source', 'at'])
      .where('organisation_id', '=', organisationId)
      .where('address_hash', '=', addressHash)
      .orderBy('id')
      .execute();
    const registrations = await registrationsOf(trx, organisationId, addressHash);
    await recordAudit(trx, ctx, { action: 'contacts.export-person', subject: `contact:${contactId}` });
    return { profile, consents, suppressions, registrations };
  });
  const messages = await ownMessages(ctx.db, { organisationId, contactId, sent: true });
  return {
    ...file,
    clicks: await ownClicks(ctx.db, { organisationId, contactId }),
    messages: messages
      .toReversed()
      .map(({ title, state, at, settledAt }) => ({ push: title, state, handedAt: at, settledAt })),
  };
}
