import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';

export type MailboxRow = { id: number; receivedAt: Date; from: string; to: string; subject: string };
export type MailboxPage = { rows: MailboxRow[]; next: number | null };

const PAGE = 30;

/**
 * One organisation's mail in the demonstration catcher, the newest first. `before` is the last id seen; every word of
 * `search` is found in the sender, the recipient or the subject.
 */
export async function readMailbox(ctx: Ctx, filter: { search?: string; before?: number | null }): Promise<MailboxPage> {
  return withOrganisation(ctx.db, ownerOf(ctx), async (trx) => {
    let query = trx
      .selectFrom('caught_mails')
      .select(['id', 'received_at as receivedAt', 'mail_from as from', 'rcpt_to as to', 'subject'])
      .where('organisation_id', '=', ownerOf(ctx));
    if (filter.before) query = query.where('id', '<', filter.before);
    for (const word of (filter.search ?? '').trim().split(/\s+/).filter(Boolean).slice(0, 8)) {
      const anywhere = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
      query = query.where((eb) =>
        eb.or([eb('rcpt_to', 'ilike', anywhere), eb('subject', 'ilike', anywhere), eb('mail_from', 'ilike', anywhere)]),
      );
    }
    const rows = await query
      .orderBy('id', 'desc')
      .limit(PAGE + 1)
      .execute();
    const page = rows.slice(0, PAGE);
    return { rows: page, next: rows.length > PAGE ? (page.at(-1)?.id ?? null) : null };
  });
}

export type StoredMail = { id: number; receivedAt: Date; from: string; to: string; raw: Buffer };

/** One message of that mailbox, as it arrived. Another organisation's does not exist. */
export async function readMail(ctx: Ctx, id: number): Promise<StoredMail> {
  const mail = await withOrganisation(ctx.db, ownerOf(ctx), (trx) =>
    trx
      .selectFrom('caught_mails')
      .select(['id', 'received_at as receivedAt', 'mail_from as from', 'rcpt_to as to', 'raw'])
      .where('organisation_id', '=', ownerOf(ctx))
      .where('id', '=', id)
      .executeTakeFirst(),
  );
  if (!mail) throw notFound('Ce message');
  return mail;
}

function ownerOf(ctx: Ctx): number {
  allow(ctx.actor, 'catcher.read');
  if (ctx.actor.kind === 'clock') throw notFound('Ce courrier');
  return ctx.actor.organisationId;
}
