import { PgBoss } from 'pg-boss';
import { log } from '../base/log.ts';

// A large push lasts for hours: its worker is known to be alive by its heartbeat, not by its haste.
const LONG = { heartbeatSeconds: 10, expireInSeconds: 23 * 3_600 } as const;

/**
 * The queue that all processes of an instance share, on the same PostgreSQL. It only wakes workers: the ledger says what
 * is owed to whom, and the clock asks again for whatever a lost job left. Payloads hold ids only.
 */
export const QUEUES = {
  /** Freeze if needed, then hand over: one at a time per push. */
  drain: { ...LONG, retryLimit: 3 },
  import: { ...LONG, retryLimit: 2 },
  outbox: { heartbeatSeconds: 10, retryLimit: 3 },
} as const;
export type QueueName = keyof typeof QUEUES;
export type JobData = { drain: { pushId: number }; import: { importId: number }; outbox: Record<string, never> };

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
    monitorIntervalSeconds: 2,
    useListenNotify: true,
  });
  boss.on('error', (error) => log.warn({ error: error.message }, 'file de travaux'));
  await boss.start();
  for (const [name, options] of Object.entries(QUEUES))
    await boss.createQueue(name, { policy: 'exclusive', notify: true, retryDelay: 1, ...options });
  return {
    boss,
    // `exclusive` and a key: the same push is never drained by two jobs, and asking twice asks once.
    add: async (name, data) => (await boss.send(name, data, { singletonKey: JSON.stringify(data) })) !== null,
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}
