import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { type LaneSignal, laneKey, signalLanes } from './lanes.ts';
import { persist } from './persist.ts';
import { type Answer, settle } from './settle.ts';

const WRITE_EVERY_MS = 40;
const WRITE_AT = 50;

/**
 * The rows this process holds, and the writing of their answers: in batches, one at a time, so that what is answered
 * during a write makes the next batch larger, not the queue of batches longer. `counted`: whether any of them may be on a
 * way that is counted.
 */
export function answerWriter(ctx: Pick<Ctx, 'db' | 'now'>, worker: string, counted: () => boolean) {
  /** Answer awaited, or not yet written. */
  const held = new Set<number>();
  let waiting: Answer[] = [];
  let signals = new Map<string, LaneSignal>();
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
    const told = [...signals.values()];
    waiting = [];
    signals = new Map();
    const ids = batch.map((answer) => answer.id);
    try {
      await persist('settle', () => settle(ctx.db, worker, batch, ctx.now(), counted()));
      // After the rows: a way that is slowed must not keep its answers from being written.
      if (told.length > 0) await persist('lanes', () => signalLanes(ctx.db, told, ctx.now()));
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
    /** `signal`: what the answer says of its way; several of one kind in a batch are one. */
    add(answer: Answer, signal: LaneSignal | null) {
      waiting.push(answer);
      if (signal) signals.set(`${laneKey(signal)}/${signal.signal}`, signal);
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
