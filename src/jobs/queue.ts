import { PgBoss } from 'pg-boss';
import { log } from '../base/log.ts';

// A large push lasts for hours: its worker is known to be alive by its heartbeat, not by its haste.
const LONG = { heartbeatSeconds: 10, expireInSeconds: 23 * 3_600 } as const;

/**
 * The queue that all processes of an instance share, on the same PostgreSQL. It only wakes workers: the ledger says what
 * is owed to whom, and the clock asks again for whatever a lost job left. Payloads hold ids only.
 */
export const QUEUES = {
  /** Freeze if needed, then hand over: as many processes per push as there are places. */
  drain: { ...LONG, retryLimit: 3 },
  import: { ...LONG, retryLimit: 2 },
  outbox: { heartbeatSeconds: 10, retryLimit: 3 },
} as const;
/** How many processes share one push at most; the clock asks for each place again every few seconds. */
export const DRAINS_PER_PUSH = 4;
export type QueueName = keyof typeof QUEUES;
export type JobData = {
  /** `place`: from 1 to DRAINS_PER_PUSH, so that several processes may share a push. */
  drain: { pushId: number; place: number };
  import: { importId: number };
  outbox: Record<string, never>;
};

export type Queue = {
  boss: PgBoss;
  /** False when the same job is already waiting or running. */
  add: <N extends QueueName>(name: N, data: JobData[N]) => Promise<boolean>;
  stop: () => Promise<void>;
};

/** Opens the queue, making its schema at the first start (as the owner of the database: the app role never sees it). */
export async function openQueue(url: string): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'porte-voix file',
    max: 4,
    schema: 'pgboss',
    // The clock is ours (node-cron); a dead worker's job is seen within seconds.
    schedule: false,
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    useListenNotify: true,
  });
  boss.on('error', (error) => log.warn({ error: error.message }, 'file de travaux'));
  await boss.start();
  for (const [name, options] of Object.entries(QUEUES))
    await boss.createQueue(name, { policy: 'exclusive', notify: true, retryDelay: 1, ...options });
  return {
    boss,
    // `exclusive` and a key: asking twice for the same thing asks once.
    add: async (name, data) => (await boss.send(name, data, { singletonKey: keyOf(data) })) !== null,
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}

/** How many jobs wait, run, wait for their hour, or failed and are still kept; as the queue counted them a few seconds ago. */
export const queueLengths = async ({ boss }: Pick<Queue, 'boss'>) =>
  (await boss.getQueues(Object.keys(QUEUES))).map((q) => ({
    name: q.name,
    ready: q.readyCount,
    active: q.activeCount,
    deferred: q.deferredCount,
    failed: q.failedCount,
  }));

/** In one order: what comes back from the database has its keys in another. */
const keyOf = (data: object): string => JSON.stringify(Object.entries(data).sort());

/** Asks every place of a push; those that are taken already stay as they are. */
export async function askDrain(queue: Pick<Queue, 'add'>, pushId: number): Promise<void> {
  for (let place = 1; place <= DRAINS_PER_PUSH; place += 1) await queue.add('drain', { pushId, place });
}
