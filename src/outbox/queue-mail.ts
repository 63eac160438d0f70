import type { Trx } from '../db/database.ts';

/** A finished mail owed to one person. `from` is an organisation's sender, or the service's own. */
export type OwedMail = {
  organisationId: number | null;
  kind: string;
  to: string;
  from: { name: string; address: string };
  subject: string;
  text: string;
  html?: string;
  now: Date;
};

/** Writes the mail in the caller's transaction: what it announces and the mail itself stand or fall together. */
export async function queueMail(trx: Trx, mail: OwedMail): Promise<void> {
  const { organisationId, kind, to, now, ...message } = mail;
  await trx
    .insertInto('outbox')
    .values({
      organisation_id: organisationId,
      kind,
      to_address: to,
      message: JSON.stringify(message),
      created_at: now,
      next_at: now,
    })
    .execute();
}
