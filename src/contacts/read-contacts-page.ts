import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type OwnMessage, ownMessages } from './own-messages.ts';
import {
  type ContactCard,
  type ContactCounts,
  type ContactFilter,
  type ContactListRow,
  contactById,
  countContacts,
  listContacts,
  type Page,
} from './queries.ts';
import type { OwnCtx, Purpose, SuppressionReason } from './schema.ts';

export type ContactsPage = { counts: ContactCounts; list: Page<ContactListRow> };

/** The organisation's list: its size by level, public and region, and one page of it. */
export function readContactsPage(ctx: OwnCtx, filter: ContactFilter, after: number | null): Promise<ContactsPage> {
  allow(ctx.actor, 'contacts.read');
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => ({
    counts: await countContacts(trx, organisationId),
    list: await listContacts(trx, organisationId, filter, after),
  }));
}

export type ContactPage = {
  contact: Omit<ContactCard, 'addressHash'>;
  /** Newest first; the first of a purpose is its state. */
  consents: { purpose: Purpose; value: 'granted' | 'refused'; source: string; wording: string | null; at: Date }[];
  /** Why this organisation no longer writes to the person; refusals given to others stay unseen (no oracle). */
  suppressions: { reason: SuppressionReason; source: string; at: Date }[];
  /** `state` 'campagne': what partners hold or sent explains it, and it is told without a time. */
  messages: OwnMessage[];
};

const MESSAGES = 50;

/** One person of the organisation's list, and what it received lately. Another organisation's does not exist. */
export async function readContactPage(ctx: OwnCtx, contactId: number): Promise<ContactPage> {
  allow(ctx.actor, 'contacts.read');
  const { organisationId } = ctx.actor;
  const known = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const found = await contactById(trx, organisationId, contactId);
    if (!found) throw notFound('Ce contact');
    const { addressHash, ...contact } = found;
    const consents = await trx
      .selectFrom('consents')
      .select(['purpose', 'value', 'source', 'wording', 'at'])
      .where('organisation_id', '=', organisationId)
      .where('address_hash', '=', addressHash)
      .orderBy('id', 'desc')
      .$castTo<ContactPage['consents'][number]>()
      .execute();
    const suppressions = await trx
      .selectFrom('suppressions')
      .select(['reason', 'source', 'at'])
      .where('organisation_id', '=', organisationId)
      .where('scope', '=', 'organisation')
      .where('address_hash', '=', addressHash)
      .orderBy('id')
      .$castTo<ContactPage['suppressions'][number]>()
      .execute();
    return { contact, consents, suppressions };
  });
  return { ...known, messages: await ownMessages(ctx.db, { organisationId, contactId, limit: MESSAGES }) };
}
