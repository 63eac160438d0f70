import { log } from '../base/log.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';
import type { CalendarPart } from '../mail/send-one.ts';

export type OutboxMail = {
  id: number;
  kind: string;
  to: string;
  from: { name: string; address: string };
  replyTo?: string;
  subject: string;
  text: string;
  html?: string;
  calendar?: CalendarPart;
  /** Given `beforeDot`, which must be awaited before the server may take the message. */
  once: boolean;
};
export type OutboxAnswer = { outcome: 'accepted' | 'temporary' | 'permanent' | 'not-sent' | 'unknown'; text: string };
export type SendOwed = (mail: OutboxMail, beforeDot?: () => Promise<void>) => Promise<OutboxAnswer>;

const TRIES = 6;
/** A worker that died while sending: another one tries after this long. */
const LEASE_MS = 2 * 60_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Sends what is due, one by one; returns how many left. A row is claimed and marked handed before the network, as in the
 * ledger. Unlike the ledger, a mail whose fate is unknown is tried again: a second sign-in code harms nobody, a missing one
 * does. Not so a mail `once`: it is marked just before its final dot, and past that mark nobody but a person sends it again.
 */
export async function drainOutbox(db: Database, send: SendOwed, now: () => Date): Promise<number> {
  let sent = 0;
  await doubtDotted(db, now());
  for (let mail = await claim(db, now()); mail !== null; mail = await claim(db, now())) {
    const answer = await sendSafely(db, send, mail, now);
    await settle(db, mail, answer, now());
    if (answer.outcome === 'accepted') sent += 1;
  }
  return sent;
}

/** Whoever marked them died before the answer, or is still waiting for it: a late answer is believed all the same. */
async function doubtDotted(db: Database, now: Date): Promise<void> {
  const doubted = await acrossOrganisations(db, (trx) =>
    trx
      .updateTable('outbox')
      .set({ unknown_at: now })
      .where('dotted_at', 'is not', null)
      .where('sent_at', 'is', null)
      .where('failed_at', 'is', null)
      .where('unknown_at', 'is', null)
      .where('next_at', '<=', now)
      .returning('id')
      .execute(),
  );
  if (doubted.length > 0) log.warn({ mails: doubted.length }, 'courriers sans réponse : sort inconnu');
}

/** A mail that cannot be composed (MAIL-43) must not keep the others waiting behind it. */
async function sendSafely(db: Database, send: SendOwed, mail: Claimed, now: () => Date): Promise<OutboxAnswer> {
  let marking: Promise<void> | undefined;
  const beforeDot = () => {
    marking = markDotted(db, mail, now());
    return marking;
  };
  try {
    const answer = await (mail.once ? send(mail, beforeDot) : send(mail));
    // A connection cut while the mark was on its way: what is written down next must come after it.
    await Promise.allSettled([marking]);
    return answer;
  } catch (error) {
    return { outcome: 'permanent', text: (error as Error).message };
  }
}

type Claimed = OutboxMail & { attempts: number };

/**
 * Committed before the dot leaves. Rejects, so that it does not, when the mail has become void since it was claimed, or
 * was given to another worker.
 */
async function markDotted(db: Database, mail: Claimed, now: Date): Promise<void> {
  const marked = await acrossOrganisations(db, (trx) =>
    trx
      .updateTable('outbox')
      .set({ dotted_at: now, next_at: new Date(now.getTime() + LEASE_MS) })
      .where('id', '=', mail.id)
      .where('attempts', '=', mail.attempts)
      .where('sent_at', 'is', null)
      .where('failed_at', 'is', null)
      .where('unknown_at', 'is', null)
      .executeTakeFirst(),
  );
  if (marked.numUpdatedRows !== 1n) throw new Error('n’est plus à envoyer');
}

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
          .where('dotted_at', 'is', null)
          .where('unknown_at', 'is', null)
          .where('next_at', '<=', now)
          .orderBy('id')
          .limit(1)
          .forUpdate()
          .skipLocked(),
      )
      .returning(['id', 'kind', 'to_address', 'message', 'attempts', 'once'])
      .executeTakeFirst(),
  );
  return row
    ? {
        ...(row.message as Omit<OutboxMail, 'id' | 'kind' | 'to' | 'once'>),
        id: row.id,
        kind: row.kind,
        to: row.to_address,
        attempts: row.attempts,
        once: row.once,
      }
    : null;
}

async function settle(db: Database, mail: Claimed, answer: OutboxAnswer, now: Date): Promise<void> {
  if (answer.outcome !== 'accepted')
    log.warn({ id: mail.id, kind: mail.kind, outcome: answer.outcome }, 'courrier non parti');
  await acrossOrganisations(db, (trx) =>
    trx
      .updateTable('outbox')
      .set(settled(mail, answer, now))
      .where('id', '=', mail.id)
      .where('sent_at', 'is', null)
      // What another worker was given since, or what became void, has its own end; but what was taken was taken.
      .$if(answer.outcome !== 'accepted', (q) => q.where('attempts', '=', mail.attempts).where('failed_at', 'is', null))
      .execute(),
  );
}

function settled(mail: Claimed, answer: OutboxAnswer, now: Date) {
  if (answer.outcome === 'accepted') return { sent_at: now, last_error: null, unknown_at: null, failed_at: null };
  if (answer.outcome === 'unknown' && mail.once) return { last_error: answer.text, unknown_at: now };
  // A server that is down is ours to mend: the mail waits for it, however long.
  const final = answer.outcome === 'permanent' || (mail.attempts >= TRIES && answer.outcome !== 'not-sent');
  const wait = Math.min(60_000 * 2 ** Math.min(mail.attempts - 1, 10), LONGEST_WAIT_MS);
  return {
    last_error: answer.text,
    failed_at: final ? now : null,
    next_at: new Date(now.getTime() + wait),
    dotted_at: null,
    unknown_at: null,
  };
}
