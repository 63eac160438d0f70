import { returnAddress } from '../../src/base/return-address.ts';
import { sealId } from '../../src/base/tokens.ts';
import { recordReturn } from '../../src/bounces/record-return.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';
import { makePush } from '../support/factories.ts';

export const BOUNCES = 'retours@mail.opco.example';
export type Sent = { push: number; campaign: number; ids: number[]; addresses: string[]; organisation: number };

/** A push handed over to `count` people of opco, all accepted: the ledger as a send leaves it. */
export async function makeSent(
  t: TestDatabase,
  count: number,
  over: { addresses?: string[]; at?: Date; state?: string } = {},
): Promise<Sent> {
  const push = await makePush(t, { contacts: { opco: count, btp: 0 } });
  const addresses = over.addresses ?? push.addresses.opco;
  const organisation = t.cast.organisations.opco;
  const at = over.at ?? NOW;
  const scope = { organisation_id: organisation, campaign_id: push.campaignId, push_id: push.id };
  const ids = await acrossOrganisations(t.db, async (trx) => {
    const proof = await trx
      .insertInto('proofs')
      .values({ ...scope, content_version: 1, created_by: 'test', created_at: at })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('freezes')
      .values({ ...scope, proof_id: proof.id, at, frozen_by: 'test' })
      .execute();
    const rows = await trx
      .insertInto('deliveries')
      .values(
        addresses.map((address, i) => ({
          ...scope,
          contact_id: i + 1,
          address_hash: addressHash(SECRETS, address),
          level: 'terrain',
          state: over.state ?? 'accepted',
          attempts: 1,
          worker: 'test',
          handed_at: at,
          settled_at: at,
        })),
      )
      .returning('id')
      .execute();
    return rows.map((r) => r.id);
  });
  return { push: push.id, campaign: push.campaignId, ids, addresses, organisation };
}

type MailOptions = {
  to?: string;
  action?: string;
  status?: string;
  diagnostic?: string;
  messageId?: string;
  date?: Date;
};

/** A report about one person, as a mail server writes it. */
export function report(address: string, o: MailOptions = {}): Buffer {
  const { to = BOUNCES, action = 'failed', status = '5.1.1', diagnostic = 'smtp; 550 5.1.1 User unknown' } = o;
  return Buffer.from(
    `Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: ${to}\nSubject: Undelivered Mail Returned to Sender\nDate: ${(o.date ?? NOW).toUTCString()}\n` +
      `MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n\nUndelivered.\n\n` +
      `--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ${address}\nAction: ${action}\nStatus: ${status}\nDiagnostic-Code: ${diagnostic}\n\n` +
      `--B\nContent-Type: text/rfc822-headers\n\nSubject: La lettre\nMessage-ID: ${o.messageId ?? '<inconnu@ailleurs.example>'}\n\n--B--\n`,
  );
}

export const complaint = (id: number): Buffer =>
  Buffer.from(
    `From: fbl@boite.example\nTo: fbl@opco.example\nSubject: FW: La lettre\nDate: ${NOW.toUTCString()}\nContent-Type: multipart/report; report-type=feedback-report; boundary=B\n\n` +
      `--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n\n--B\nContent-Type: message/rfc822\n\nSubject: La lettre\nMessage-ID: ${messageId(id)}\n\nBonjour\n--B--\n`,
  );

export const returnTo = (id: number): string => returnAddress(SECRETS, BOUNCES, id);
export const messageId = (id: number): string => `<${sealId(SECRETS.unsubscribe, 'message', id)}@opco.example>`;

export const receive = (t: TestDatabase, bytes: Buffer, now = NOW) =>
  recordReturn(
    { db: t.db, secrets: SECRETS, now: () => now, publicUrl: 'https://pv.example' },
    { source: 'fichier', bytes },
  );

export const rowOf = (t: TestDatabase, id: number) =>
  acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('deliveries').select(['state', 'reason', 'reply']).where('id', '=', id).executeTakeFirstOrThrow(),
  );
export const eventsOf = (t: TestDatabase, id: number) =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('delivery_events')
      .select(['what', 'reason', 'reply', 'actor'])
      .where('delivery_id', '=', id)
      .orderBy('id')
      .execute(),
  );
export const suppressionsOf = (t: TestDatabase, address: string) =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('suppressions')
      .select(['scope', 'organisation_id', 'reason'])
      .where('address_hash', '=', addressHash(SECRETS, address))
      .execute(),
  );
export const bounces = (t: TestDatabase) =>
  acrossOrganisations(t.db, (trx) => trx.selectFrom('bounces').selectAll().orderBy('id').execute());
