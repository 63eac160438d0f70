import { randomBytes } from 'node:crypto';
import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations } from '../db/database.ts';
import type { OutgoingMail, SendResult } from '../mail/smtp-client.ts';
import { CLAIM_BATCH, claim, type Claimed, takeBack } from './claim.ts';
import { composer } from './compose.ts';
import { finishPush } from './finish.ts';
import { outcomeOf } from './outcome.ts';
import { persist } from './persist.ts';
import { type Answer, settle } from './settle.ts';

export type Pool = { send: (mail: OutgoingMail) => Promise<SendResult> };

/** A process that dies leaves at most these rows unknown. */
export const IN_FLIGHT = 200;
const WRITE_EVERY_MS = 40;
const WRITE_AT = 50;

export type Drained = { handed: number; accepted: number; cancelled: number };

/**
 * Hands over every row of the push whose hour has come, and returns when none is left for now. Claim, commit, then the
 * network; answers are written in batches. Several processes may drain the same push. `signal` stops claiming: what is
 * in flight is answered and written before returning (SIGTERM).
 */
export async function drainPush(ctx: Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>, at: { pushId: number; worker: string; pool: Pool; signal: AbortSignal }): Promise<Drained> {
  const { pushId } = at;
  // Two drains of one process must not take each other's rows for their own.
  const worker = `${at.worker}/${randomBytes(3).toString('hex')}`;
  const compose = composer(ctx);
  const writer = answerWriter(ctx, worker);
  const inFlight = new Set<Promise<void>>();
  const drained: Drained = { handed: 0, accepted: 0, cancelled: 0 };
  const deliver = async (row: Claimed): Promise<void> => {
    const answer = await handOver(ctx, compose, at.pool, row);
    if (answer.state === 'accepted') drained.accepted += 1;
    writer.add(answer);
  };
  let claiming = false;
  const claimSome = async () => {
    // Left true by a try that failed: the rows it may have taken are given back before the next one.
    if (claiming) await takeBack(ctx.db, { pushId, worker, held: [...writer.held] });
    claiming = true;
    const claimed = await claim(ctx.db, { pushId, worker, now: ctx.now() });
    claiming = false;
    return claimed;
  };
  try {
    while (!at.signal.aborted) {
      const { handed, cancelled } = await persist('claim', claimSome);
      drained.handed += handed.length;
      drained.cancelled += cancelled;
      if (handed.length === 0 && cancelled === 0) {
        if (inFlight.size === 0) break;
        await Promise.race(inFlight);
        continue;
      }
      for (const row of handed) {
        writer.held.add(row.id);
        const sending: Promise<void> = deliver(row).finally(() => inFlight.delete(sending));
        inFlight.add(sending);
      }
      while (inFlight.size > IN_FLIGHT - CLAIM_BATCH) await Promise.race(inFlight);
    }
  } finally {
    await Promise.allSettled(inFlight);
    await writer.end();
  }
  await persist('finish', () => acrossOrganisations(ctx.db, (trx) => finishPush(trx, pushId, ctx.now())));
  return drained;
}

/** A message that cannot even be composed is a fact about its row, never the end of the batch. */
async function handOver(ctx: Pick<Ctx, 'now'>, compose: (row: Claimed) => Promise<OutgoingMail>, pool: Pool, row: Claimed): Promise<Answer> {
  let mail: OutgoingMail;
  try {
    mail = await compose(row);
  } catch (error) {
    const { message } = error as Error;
    log.error({ id: row.id, error: message }, 'message impossible à composer');
    return { id: row.id, handedAt: row.handed_at, state: 'failed', reason: 'composition', reply: message, nextAt: null };
  }
  return outcomeOf(row, await pool.send(mail), ctx.now(), Math.random());
}

/** Writes answers in batches, in order. `held`: the rows whose answer is awaited or not yet written. */
function answerWriter(ctx: Pick<Ctx, 'db' | 'now'>, worker: string) {
  const held = new Set<number>();
  let waiting: Answer[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | null = null;
  let failure: unknown = null;
  const write = async (batch: Answer[]): Promise<void> => {
    try {
      await persist('settle', () => settle(ctx.db, worker, batch, ctx.now()));
      for (const { id } of batch) held.delete(id);
    } catch (error) {
      // The other answers are still written; the drain then fails with this.
      log.error({ rows: batch.length, error: (error as Error).message }, 'réponses non écrites');
      failure ??= error;
    }
  };
  // One write at a time: what is answered meanwhile makes the next batch larger, not the queue of batches longer.
  const writeWaiting = async (): Promise<void> => {
    do {
      const batch = waiting;
      waiting = [];
      await write(batch);
    } while (waiting.length >= WRITE_AT);
    writing = null;
    if (waiting.length > 0) timer ??= setTimeout(flush, WRITE_EVERY_MS);
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) writing ??= writeWaiting();
  };
  return {
    held,
    add(answer: Answer) {
      waiting.push(answer);
      if (waiting.length >= WRITE_AT) flush();
      else timer ??= setTimeout(flush, WRITE_EVERY_MS);
    },
    async end(): Promise<void> {
      while (waiting.length > 0 || writing !== null) {
        flush();
        await writing;
      }
      if (failure !== null) throw failure;
    },
  };
}
