import { randomBytes } from 'node:crypto';
import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations } from '../db/database.ts';
import { messageShelf, type Shelf } from '../mail/skeleton.ts';
import type { OutgoingMail, SendResult } from '../mail/smtp-client.ts';
import { CLAIM_BATCH, type Claimed, claim, takeBack } from './claim.ts';
import { composer } from './compose.ts';
import { finishPush } from './finish.ts';
import { outcomeOf } from './outcome.ts';
import { persist } from './persist.ts';
import { type Answer, settle } from './settle.ts';

export type Pool = { send: (mail: OutgoingMail) => Promise<SendResult> };

/** Claimed and their answers not yet written: a process that dies leaves at most these rows unknown. */
export const IN_FLIGHT = 200;
const WRITE_EVERY_MS = 40;
const WRITE_AT = 50;

export type Drained = { handed: number; accepted: number; cancelled: number };

/**
 * Hands over every row of the push whose hour has come, and returns when none is left for now. Claim, commit, then the
 * network; answers are written in batches. Several processes may drain the same push. `signal` stops claiming: what is
 * in flight is answered and written before returning (SIGTERM).
 */
export async function drainPush(
  ctx: Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>,
  at: { pushId: number; worker: string; pool: Pool; signal: AbortSignal },
): Promise<Drained> {
  const { pushId } = at;
  // Two drains of one process must not take each other's rows for their own.
  const worker = `${at.worker}/${randomBytes(3).toString('hex')}`;
  const shelf = messageShelf();
  const compose = composer(ctx, shelf.take);
  const writer = answerWriter(ctx, worker);
  const drained: Drained = { handed: 0, accepted: 0, cancelled: 0 };
  const deliver = async (row: Claimed): Promise<void> => {
    try {
      const answer = await handOver(ctx, { compose, shelf, pool: at.pool }, row);
      if (answer.state === 'accepted') drained.accepted += 1;
      writer.add(answer);
    } catch (error) {
      writer.lose(row.id, error);
    }
  };
  let claiming = false;
  const claimSome = async () => {
    // Left true by a try that failed: the rows it may have taken are given back before the next one.
    if (claiming) await takeBack(ctx.db, { pushId, worker, held: [...writer.held] });
    claiming = true;
    const claimed = await claim(ctx.db, { pushId, worker, now: ctx.now(), limit: IN_FLIGHT - writer.held.size });
    claiming = false;
    return claimed;
  };
  try {
    while (!at.signal.aborted && !writer.failed()) {
      const { handed, cancelled } = await persist('claim', claimSome);
      drained.handed += handed.length;
      drained.cancelled += cancelled;
      const none = handed.length === 0 && cancelled === 0;
      if (none && writer.held.size === 0) break;
      for (const row of handed) {
        writer.held.add(row.id);
        void deliver(row);
      }
      // With nothing to claim for now, an answer may make a row due again.
      if (none) await writer.progress();
      while (writer.held.size > IN_FLIGHT - CLAIM_BATCH) await writer.progress();
    }
  } finally {
    await writer.end();
  }
  await persist('finish', () => acrossOrganisations(ctx.db, (trx) => finishPush(trx, pushId, ctx.now())));
  return drained;
}

/** A message that cannot even be composed is a fact about its row, never the end of the batch. */
async function handOver(
  ctx: Pick<Ctx, 'now'>,
  by: { compose: (row: Claimed) => Promise<OutgoingMail>; shelf: Shelf; pool: Pool },
  row: Claimed,
): Promise<Answer> {
  let mail: OutgoingMail;
  try {
    mail = await by.compose(row);
  } catch (error) {
    const { message } = error as Error;
    log.error({ id: row.id, error: message }, 'message impossible à composer');
    return {
      id: row.id,
      handedAt: row.handed_at,
      state: 'failed',
      reason: 'composition',
      reply: message,
      nextAt: null,
    };
  }
  const result = await by.pool.send(mail);
  by.shelf.giveBack(mail.data);
  return outcomeOf(row, result, ctx.now(), Math.random());
}

/**
 * The rows this process holds, and the writing of their answers: in batches, one at a time, so that what is answered
 * during a write makes the next batch larger, not the queue of batches longer.
 */
function answerWriter(ctx: Pick<Ctx, 'db' | 'now'>, worker: string) {
  /** Answer awaited, or not yet written. */
  const held = new Set<number>();
  let waiting: Answer[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing = false;
  let failure: Error | null = null;
  let next = Promise.withResolvers<void>();
  const release = (ids: number[], error?: unknown): void => {
    failure ??= error === undefined ? null : (error as Error);
    for (const id of ids) held.delete(id);
    next.resolve();
    next = Promise.withResolvers();
  };
  const schedule = (): void => {
    if (writing || waiting.length === 0) return;
    if (waiting.length >= WRITE_AT) void write();
    else timer ??= setTimeout(write, WRITE_EVERY_MS);
  };
  const write = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = true;
    const batch = waiting;
    waiting = [];
    const ids = batch.map((answer) => answer.id);
    try {
      await persist('settle', () => settle(ctx.db, worker, batch, ctx.now()));
      release(ids);
    } catch (error) {
      // The other answers are still written; the drain then fails with this.
      log.error({ rows: batch.length, error: (error as Error).message }, 'réponses non écrites');
      release(ids, error);
    }
    writing = false;
    schedule();
  };
  return {
    held,
    failed: () => failure !== null,
    add(answer: Answer) {
      waiting.push(answer);
      schedule();
    },
    /** A row that a bug of ours left without an answer. */
    lose: (id: number, error: unknown) => release([id], error),
    /** Resolves when some of the held rows are held no more. */
    progress: () => next.promise,
    async end(): Promise<void> {
      while (held.size > 0) await next.promise;
      if (failure !== null) throw failure;
    },
  };
}
