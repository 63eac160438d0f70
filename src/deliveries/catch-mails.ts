import { acrossOrganisations, type Database, type Trx } from '../db/database.ts';
import type { CaughtMail } from '../mail/catcher.ts';

const header = (raw: Buffer, name: string): string => {
  const head = raw
    .subarray(0, Math.min(raw.length, 16_384))
    .toString('latin1')
    .split('\r\n\r\n')[0]!
    .replace(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}:[ ]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
};

/** Encoded words of a subject, read for the mailbox's list. */
function decodeWords(text: string): string {
  return text.replace(/=\?utf-8\?([qb])\?([^?]*)\?=(?:\s+(?==\?))?/gi, (_, kind: string, body: string) =>
    kind.toLowerCase() === 'b'
      ? Buffer.from(body, 'base64').toString('utf8')
      : Buffer.from(
          body
            .replace(/_/g, ' ')
            .replace(/=([0-9a-f]{2})/gi, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString('utf8'),
  );
}

/**
 * Keeps what the demonstration catcher received: a request or a test written to one of our people belongs to their
 * organisation, who could not read it elsewhere; every other message to the organisation that sent it.
 */
export async function storeCaught(db: Database, mails: CaughtMail[]): Promise<void> {
  await acrossOrganisations(db, async (trx) => {
    const senders = await organisationsBySender(trx);
    const people = await organisationsOf(trx, mails);
    await trx
      .insertInto('caught_mails')
      .values(
        mails.map((m) => ({
          organisation_id: people.get(m.rcptTo.toLowerCase()) ?? senders.get(m.mailFrom.toLowerCase()) ?? null,
          received_at: m.receivedAt,
          mail_from: m.mailFrom,
          rcpt_to: m.rcptTo,
          subject: decodeWords(header(m.raw, 'Subject')).replaceAll('\0', ''),
          message_id: header(m.raw, 'Message-ID'),
          raw: m.raw,
        })),
      )
      .execute();
  });
}

/** By the address of one of our people, the organisation they joined first. */
async function organisationsOf(trx: Trx, mails: readonly CaughtMail[]): Promise<Map<string, number>> {
  const rows = await trx
    .selectFrom('users as u')
    .innerJoin('memberships as m', 'm.user_id', 'u.id')
    .select(['u.address', 'm.organisation_id as organisation'])
    .where(
      'u.address',
      'in',
      mails.map((m) => m.rcptTo.toLowerCase()),
    )
    .orderBy('m.created_at', 'desc')
    .orderBy('m.organisation_id', 'desc')
    .execute();
  return new Map(rows.map((r) => [r.address, r.organisation]));
}

/** An address that two organisations give as theirs is nobody's: neither may read the other's mail. */
async function organisationsBySender(trx: Trx): Promise<Map<string, number | null>> {
  const senders = new Map<string, number | null>();
  for (const o of await trx.selectFrom('organisations').select(['id', 'sender_address']).execute()) {
    const address = o.sender_address.toLowerCase();
    senders.set(address, senders.has(address) ? null : o.id);
  }
  return senders;
}
