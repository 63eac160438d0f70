import { log } from '../base/log.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';

export type OutboxMail = {
  id: number;
  kind: string;
  to: string;
  from: { name: string; address: string };
  subject: string;
  text: string;
  html?: string;
};
export type OutboxAnswer = { outcome: 'accepted' | 'temporary' | 'permanent' | 'not-sent' | 'unknown'; text: string };

const TRIES = 6;
/** A worker that died while sending: another one tries after this long. */
const LEASE_MS = 2 * 60_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Sends what is due, one by one; returns how many left. A row is claimed and marked handed before the network, as in the
 * ledger. Unlike the ledger, a mail whose fate is unknown is tried again: a second sign-in code harms nobody, a missing one does.
 */
export async function drainOutbox(
  db: Database,
  send: (mail: OutboxMail) => Promise<OutboxAnswer>,
  now: () => Date,
): Promise<number> {
  let sent = 0;
  for (let mail = await claim(db, now()); mail !== null; mail = await claim(db, now())) {
    const answer = await sendSafely(send, mail);
    await settle(db, mail, answer, now());
    if (answer.outcome === 'accepted') sent += 1;
  }
  return sent;
}

/** A mail that cannot be composed (MAIL-43) must not keep the others waiting behind it. */
async function sendSafely(send: (mail: OutboxMail) => Promise<OutboxAnswer>, mail: OutboxMail): Promise<OutboxAnswer> {
  try {
    return await send(mail);
  } catch (error) {
    return { outcome: 'permanent', text: (error as Error).message };
  }
}

type Claimed = OutboxMail & { attempts: number };

/** One at a time: a batch would wait behind a slow server until its lease had run out, and leave twice. */
async function claim(db: Database, now: Date): Promise<Claimed | null> {
  const row = await acrossOrganisations(db, (trx) =>
    trx
      .updateTable('outbox')
      .set((eb) => ({ handed_at: now, attempts: eb('attempts', '+', 1), next_at: new Date(now.getTime() + LEASE_MS) }))
      .where('id', '=', (eb) =>
        eb
          .selectFrom('outbox')
          .select('id')
          .where('sent_at', 'is', null)
          .where('failed_at', 'is', null)
          .where('next_at', '<=', now)
          .orderBy('id')
          .limit(1)
          .forUpdate()
          .skipLocked(),
      )
      .returning(['id', 'kind', 'to_address', 'message', 'attempts'])
      .executeTakeFirst(),
  );
  return row
    ? {
        ...(row.message as Omit<OutboxMail, 'id' | 'kind' | 'to'>),
        id: row.id,
        kind: row.kind,
        to: row.to_address,
        attempts: row.attempts,
      }
    : null;
}

async function settle(db: Database, mail: Claimed, answer: OutboxAnswer, now: Date): Promise<void> {
  // A server that is down is ours to mend: the mail waits for it, however long.
  const final = answer.outcome === 'permanent' || (mail.attempts >= TRIES && answer.outcome !== 'not-sent');
  if (answer.outcome !== 'accepted')
    log.warn({ id: mail.id, kind: mail.kind, outcome: answer.outcome }, 'courrier non parti');
  const wait = Math.min(60_000 * 2 ** Math.min(mail.attempts - 1, 10), LONGEST_WAIT_MS);
  await acrossOrganisations(db, (trx) =>
    trx
      .updateTable('outbox')
      .set(
        answer.outcome === 'accepted'
          ? { sent_at: now, last_error: null }
          : { last_error: answer.text, failed_at: final ? now : null, next_at: new Date(now.getTime() + wait) },
      )
      .where('id', '=', mail.id)
      .where('sent_at', 'is', null)
      .execute(),
  );
}
