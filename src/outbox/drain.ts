import { acrossOrganisations, type Database } from '../db/database.ts';
import { log } from '../base/log.ts';

export type OutboxMail = { id: number; kind: string; to: string; from: { name: string; address: string }; subject: string; text: string; html?: string };
export type OutboxAnswer = { outcome: 'accepted' | 'temporary' | 'permanent' | 'not-sent' | 'unknown'; text: string };

const TRIES = 6;
const BATCH = 20;

/**
 * Sends what is due, one by one; returns how many left. A row is claimed and marked handed before the network, as in the
 * ledger. Unlike the ledger, a mail whose fate is unknown is tried again: a second sign-in code harms nobody, a missing one does.
 */
export async function drainOutbox(db: Database, send: (mail: OutboxMail) => Promise<OutboxAnswer>, now: () => Date): Promise<number> {
  let sent = 0;
  for (;;) {
    const claimed = await claim(db, now());
    if (claimed.length === 0) return sent;
    for (const mail of claimed) {
      const answer = await send(mail);
      await settle(db, mail, answer, now());
      if (answer.outcome === 'accepted') sent += 1;
    }
  }
}

async function claim(db: Database, now: Date): Promise<(OutboxMail & { attempts: number })[]> {
  const rows = await acrossOrganisations(db, (trx) =>
    trx
      .updateTable('outbox')
      .set((eb) => ({ handed_at: now, attempts: eb('attempts', '+', 1), next_at: new Date(now.getTime() + 60_000) }))
      .where('id', 'in', (eb) =>
        eb.selectFrom('outbox').select('id').where('sent_at', 'is', null).where('failed_at', 'is', null).where('next_at', '<=', now)
          .orderBy('id').limit(BATCH).forUpdate().skipLocked(),
      )
      .returning(['id', 'kind', 'to_address', 'message', 'attempts'])
      .execute(),
  );
  return rows.map((r) => ({ ...(r.message as Omit<OutboxMail, 'id' | 'kind' | 'to'>), id: r.id, kind: r.kind, to: r.to_address, attempts: r.attempts }));
}

async function settle(db: Database, mail: OutboxMail & { attempts: number }, answer: OutboxAnswer, now: Date): Promise<void> {
  const final = answer.outcome === 'permanent' || mail.attempts >= TRIES;
  if (answer.outcome !== 'accepted') log.warn({ id: mail.id, kind: mail.kind, outcome: answer.outcome }, 'courrier non parti');
  await acrossOrganisations(db, (trx) =>
    trx
      .updateTable('outbox')
      .set(
        answer.outcome === 'accepted'
          ? { sent_at: now, last_error: null }
          : { last_error: answer.text, failed_at: final ? now : null, next_at: new Date(now.getTime() + 60_000 * 2 ** (mail.attempts - 1)) },
      )
      .where('id', '=', mail.id)
      .execute(),
  );
}
