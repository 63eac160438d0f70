import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { addressesOfColleagues } from '../organisations/read-people.ts';

export type MailboxRow = { id: number; receivedAt: Date; from: string; to: string; subject: string };
export type MailboxPage = { rows: MailboxRow[]; next: number | null };

const PAGE = 30;

/**
 * One organisation's mail in the demonstration catcher, the newest first, but for what is written to a colleague. `before` is the last id seen; every word of
 * `search` is found in the sender, the recipient or the subject.
 */
export async function readMailbox(ctx: Ctx, filter: { search?: string; before?: number | null }): Promise<MailboxPage> {
  const own = await ownMails(ctx);
  return withOrganisation(ctx.db, ownerOf(ctx), async (trx) => {
    let query = own(trx).select(['id', 'received_at as receivedAt', 'mail_from as from', 'rcpt_to as to', 'subject']);
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

/** One message of that mailbox, as it arrived. Another organisation's, or a colleague's, does not exist. */
export async function readMail(ctx: Ctx, id: number): Promise<StoredMail> {
  const own = await ownMails(ctx);
  const mail = await withOrganisation(ctx.db, ownerOf(ctx), (trx) =>
    own(trx)
      .select(['id', 'received_at as receivedAt', 'mail_from as from', 'rcpt_to as to', 'raw'])
      .where('id', '=', id)
      .executeTakeFirst(),
  );
  if (!mail) throw notFound('Ce message');
  return mail;
}

/** A code that signs a valideur in is not for who wrote the text: it stays with the person it was sent to (SEC-23). */
async function ownMails(ctx: Ctx) {
  const organisationId = ownerOf(ctx);
  const { actor } = ctx;
  const colleagues = actor.kind === 'user' ? await addressesOfColleagues({ ...ctx, actor }) : [];
  return (trx: Trx) =>
    trx
      .selectFrom('caught_mails')
      .where('organisation_id', '=', organisationId)
      .where((eb) => eb(eb.fn<string>('lower', ['rcpt_to']), 'not in', colleagues));
}

function ownerOf(ctx: Ctx): number {
  allow(ctx.actor, 'catcher.read');
  if (ctx.actor.kind === 'clock') throw notFound('Ce courrier');
  return ctx.actor.organisationId;
}
