import { setTimeout as pause } from 'node:timers/promises';
import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations } from '../db/database.ts';
import type { OutgoingMail, SendResult } from '../mail/smtp-client.ts';
import { claim, type Claimed } from './claim.ts';
import { composer } from './compose.ts';
import { finishPush } from './finish.ts';
import { outcomeOf } from './outcome.ts';
import { type Answer, settle } from './settle.ts';

export type Pool = { send: (mail: OutgoingMail) => Promise<SendResult> };

/** A process that dies leaves at most these rows unknown. */
const IN_FLIGHT = 200;
const WRITE_EVERY_MS = 40;
const WRITE_AT = 50;
/** How long answers are kept in memory while the database is away. */
const PATIENCE_MS = 10 * 60_000;

export type Drained = { handed: number; accepted: number; cancelled: number };

/**
 * Hands over every row of the push whose hour has come, and returns when none is left for now. Claim, commit, then the
 * network; answers are written in batches. Several processes may drain the same push. `signal` stops claiming: what is
 * in flight is answered and written before returning (SIGTERM).
 */
export async function drainPush(ctx: Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>, at: { pushId: number; worker: string; pool: Pool; signal: AbortSignal }): Promise<Drained> {
  const compose = composer(ctx);
  const writer = answerWriter(ctx, at.worker);
  const inFlight = new Set<Promise<void>>();
  const drained: Drained = { handed: 0, accepted: 0, cancelled: 0 };
  const deliver = async (row: Claimed): Promise<void> => {
    const answer = await handOver(ctx, compose, at.pool, row);
    if (answer.state === 'accepted') drained.accepted += 1;
    writer.add(answer);
  };
  try {
    while (!at.signal.aborted) {
      const { handed, cancelled } = await persist('claim', () => claim(ctx.db, { pushId: at.pushId, worker: at.worker, now: ctx.now() }));
      drained.handed += handed.length;
      drained.cancelled += cancelled;
      if (handed.length === 0 && cancelled === 0) {
        if (inFlight.size === 0) break;
        await Promise.race(inFlight);
        continue;
      }
      for (const row of handed) {
        const sending: Promise<void> = deliver(row).finally(() => inFlight.delete(sending));
        inFlight.add(sending);
      }
      while (inFlight.size > IN_FLIGHT - 50) await Promise.race(inFlight);
    }
  } finally {
    await Promise.allSettled(inFlight);
    await writer.flush();
  }
  await persist('finish', () => acrossOrganisations(ctx.db, (trx) => finishPush(trx, at.pushId, ctx.now())));
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
    return { id: row.id, state: 'failed', reason: 'composition', reply: message, nextAt: null };
  }
  return outcomeOf(row, await pool.send(mail), ctx.now(), Math.random());
}

function answerWriter(ctx: Pick<Ctx, 'db' | 'now'>, worker: string) {
  let waiting: Answer[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) writing = writing.then(() => persist('settle', () => settle(ctx.db, worker, batch, ctx.now())));
    return writing;
  };
  return {
    flush,
    add(answer: Answer) {
      waiting.push(answer);
      if (waiting.length >= WRITE_AT) void flush();
      else timer ??= setTimeout(flush, WRITE_EVERY_MS);
    },
  };
}

/** Tries again while the database is away: an answer of the network must not be lost because PostgreSQL restarts. */
async function persist<T>(what: string, run: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await run();
    } catch (error) {
      if (Date.now() > until || !isAway(error)) throw error;
      log.warn({ what, error: (error as Error).message }, 'base injoignable, nouvel essai');
      await pause(wait);
    }
  }
}

/** Connection errors and the server's own shutdown and start-up codes; anything else is a bug and is thrown. */
const isAway = (error: unknown): boolean => {
  const { code, message } = error as { code?: string; message?: string };
  return /^(ECONN|EPIPE|ETIMEDOUT|08|57P0)/.test(code ?? '') || /Connection terminated|timeout exceeded|not queryable/i.test(message ?? '');
};
