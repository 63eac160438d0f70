import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Ctx } from '../base/context.ts';
import { Refusal } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { runImport } from '../contacts/run-import.ts';
import { drainPush, IN_FLIGHT } from '../deliveries/drain.ts';
import { freezePush } from '../deliveries/freeze.ts';
import type { Ways } from '../deliveries/ways.ts';
import { drainOutbox, type SendOwed } from '../outbox/drain.ts';
import type { JobData, Queue, QueueName } from './queue.ts';

export type WorkDeps = Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'> & {
  /** Kept open by the process. */
  ways: Ways;
  sendOne: SendOwed;
};

/** Names this process in the rows it hands over: the fence of late answers. */
export const workerName = (): string => `${hostname().slice(0, 40)}/${process.pid}/${randomBytes(4).toString('hex')}`;

/** Pushes at once in this process; they share its rows in flight. */
const DRAINS_HERE = 2;

/** What each kind of job does. Called by the queue's workers, and directly by a command when no worker is alive. */
export function works(
  deps: WorkDeps,
  worker: string,
  stopped: AbortSignal,
): { [N in QueueName]: (data: JobData[N], job?: AbortSignal) => Promise<void> } {
  const clock: Ctx = { ...deps, actor: { kind: 'clock', name: 'clock' } };
  /** One drain per push here: a second one would only share this process's rows in flight. */
  const draining = new Set<number>();
  return {
    drain: async ({ pushId }, job) => {
      if (draining.has(pushId)) return;
      draining.add(pushId);
      try {
        await drainHere(pushId, job);
      } finally {
        draining.delete(pushId);
      }
    },
    import: ({ importId }) => runImport(deps.db, deps.secrets, importId, deps.now()),
    outbox: async () => void (await drainOutbox(deps.db, deps.sendOne, deps.now)),
  };

  async function drainHere(pushId: number, job?: AbortSignal): Promise<void> {
    try {
      await freezePush(clock, pushId);
    } catch (error) {
      // Not approved at its hour, or no longer: it does not leave, and the push's page says so.
      if (error instanceof Refusal) return void log.info({ pushId, code: error.code }, 'envoi retenu');
      throw error;
    }
    const drained = await drainPush(deps, {
      pushId,
      worker,
      pool: deps.ways,
      ways: deps.ways,
      inFlight: IN_FLIGHT / DRAINS_HERE,
      signal: job ? AbortSignal.any([stopped, job]) : stopped,
    });
    if (drained.handed > 0) log.info({ pushId, ...drained }, 'envoi : remises faites');
  }
}

/** How long the messages given to the mail server may still take once the process is told to stop; then they are cut. */
const LAST_ANSWERS_MS = 8_000;

/** Takes jobs until the queue stops. When `signal` aborts, what is in flight is answered or cut, and written down. */
export async function startWorkers(queue: Queue, deps: WorkDeps, signal: AbortSignal): Promise<void> {
  const todo = works(deps, workerName(), signal);
  signal.addEventListener('abort', () => void deps.ways.close(LAST_ANSWERS_MS), { once: true });
  const take = <N extends QueueName>(name: N, localConcurrency: number) =>
    queue.boss.work<JobData[N]>(
      name,
      { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 10, localConcurrency },
      async (jobs) => {
        for (const job of jobs) await todo[name](job.data, job.signal);
      },
    );
  await take('outbox', 1);
  await take('import', 1);
  await take('drain', DRAINS_HERE);
}
