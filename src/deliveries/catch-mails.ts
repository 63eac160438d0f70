import { acrossOrganisations, type Database, type Trx } from '../db/database.ts';
import type { CaughtMail } from '../mail/catcher.ts';

const header = (raw: Buffer, name: string): string => {
  const head = raw.subarray(0, Math.min(raw.length, 16_384)).toString('latin1').split('\r\n\r\n')[0]!.replace(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}:[ ]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
};

/** Encoded words of a subject, read for the mailbox's list. */
function decodeWords(text: string): string {
  return text.replace(/=\?utf-8\?([qb])\?([^?]*)\?=(?:\s+(?==\?))?/gi, (_, kind: string, body: string) =>
    kind.toLowerCase() === 'b'
      ? Buffer.from(body, 'base64').toString('utf8')
      : Buffer.from(body.replace(/_/g, ' ').replace(/=([0-9a-f]{2})/gi, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString('utf8'),
  );
}

/** Keeps what the demonstration catcher received; each message belongs to the organisation that sent it. */
export async function storeCaught(db: Database, mails: CaughtMail[]): Promise<void> {
  await acrossOrganisations(db, async (trx) => {
    const senders = await organisationsBySender(trx);
    await trx.insertInto('caught_mails').values(mails.map((m) => ({
      organisation_id: senders.get(m.mailFrom.toLowerCase()) ?? null, received_at: m.receivedAt, mail_from: m.mailFrom, rcpt_to: m.rcptTo,
      subject: decodeWords(header(m.raw, 'Subject')), message_id: header(m.raw, 'Message-ID'), raw: m.raw,
    }))).execute();
  });
}

const organisationsBySender = async (trx: Trx): Promise<Map<string, number>> =>
  new Map((await trx.selectFrom('organisations').select(['id', 'sender_address']).execute()).map((o) => [o.sender_address.toLowerCase(), o.id]));

export type CaughtRow = { id: number; received_at: Date; rcpt_to: string; subject: string };

/** One organisation's catcher mailbox, the newest first, 50 at a time (`before` = the last id seen). */
export const caughtMails = (trx: Trx, { before, search }: { before?: number; search?: string }): Promise<CaughtRow[]> => {
  let query = trx.selectFrom('caught_mails').select(['id', 'received_at', 'rcpt_to', 'subject']).where('organisation_id', 'is not', null);
  if (before !== undefined) query = query.where('id', '<', before);
  if (search) query = query.where((eb) => eb.or([eb('rcpt_to', 'ilike', `%${search.replace(/[%_\\]/g, '\\$&')}%`), eb('subject', 'ilike', `%${search.replace(/[%_\\]/g, '\\$&')}%`)]));
  return query.orderBy('id', 'desc').limit(50).execute();
};

export const caughtMail = (trx: Trx, id: number) => trx.selectFrom('caught_mails').selectAll().where('id', '=', id).executeTakeFirst();
