import type { Trx } from '../db/database.ts';
import type { CalendarPart } from '../mail/send-one.ts';

/** A finished mail owed to one person. `from` is an organisation's sender, or the service's own. */
export type OwedMail = {
  organisationId: number | null;
  kind: string;
  to: string;
  from: { name: string; address: string };
  replyTo?: string | undefined;
  subject: string;
  text: string;
  html?: string;
  /** An invitation to the calendar of that person, or its end (CAL-05). */
  calendar?: CalendarPart | undefined;
  /** A second copy would mislead: when nobody knows whether it left, it is listed and not sent again by itself. */
  once?: boolean;
  /** What makes it void when that changes: `webinar:12`. */
  about?: string;
  /** Which of the letters about it: what a reader of fates looks for. */
  letter?: string;
  now: Date;
};

/** Writes the mail in the caller's transaction: what it announces and the mail itself stand or fall together. */
export const queueMail = (trx: Trx, mail: OwedMail): Promise<void> => queueMails(trx, [mail]);

const AT_ONCE = 200;

/** The same, of many. */
export async function queueMails(trx: Trx, mails: readonly OwedMail[]): Promise<void> {
  const rows = mails.map(({ organisationId, kind, to, now, once = false, about, ...message }) => ({
    organisation_id: organisationId,
    kind,
    to_address: to,
    message: JSON.stringify(message),
    once,
    about: about ?? null,
    created_at: now,
    next_at: now,
  }));
  for (let i = 0; i < rows.length; i += AT_ONCE)
    await trx
      .insertInto('outbox')
      .values(rows.slice(i, i + AT_ONCE))
      .execute();
}
