import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { log } from '../base/log.ts';
import type { InstanceTotals } from '../reports/instance-totals.ts';
import type { JournalState } from '../tracking/flusher.ts';

export type QueueLengths = { name: string; ready: number; active: number; deferred: number; failed: number };

export type MetricsDeps = {
  now: () => Date;
  totals: () => Promise<InstanceTotals>;
  queues: () => Promise<QueueLengths[]>;
  journal: () => JournalState;
  pool: { totalCount: number; idleCount: number; waitingCount: number };
};

export type Metrics = {
  /** Around every page: how long it took, by the pattern of its address, which holds no name and no secret. */
  timing: MiddlewareHandler;
  /** Prometheus's own text, and its type. */
  text: () => Promise<{ body: string; type: string }>;
};

/** However often it is asked, the database is read this often. */
const KEPT_MS = 15_000;
const SECONDS = [0.01, 0.05, 0.25, 1, 5];

/** What a machine that watches over this one reads: this process, and totals that identify nobody. */
export function openMetrics(deps: MetricsDeps): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'porte_voix_http_request_duration_seconds',
    help: 'Pages and API, by pattern of address, method and class of status; links of messages are counted by the journal.',
    labelNames: ['route', 'method', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  const gauge: MakeGauge = (name, help, ...labelNames) =>
    new Gauge({ name: `porte_voix_${name}`, help, labelNames, registers: [registry] });
  const here = gaugesHere(gauge);
  const shared = gaugesShared(gauge);
  const read = keptFor(KEPT_MS, deps.now, async () => ({ totals: await deps.totals(), queues: await deps.queues() }));

  return {
    timing: async (c, next) => {
      const since = performance.now();
      await next();
      durations.observe(
        { route: patternOf(c), method: c.req.method, status: `${Math.floor(c.res.status / 100)}xx` },
        (performance.now() - since) / 1_000,
      );
    },
    text: async () => {
      here(deps);
      shared(
        await read().catch((error: Error) => {
          log.warn({ error: error.message }, 'mesures : la base ne répond pas à temps');
          return null;
        }),
      );
      return { body: await registry.metrics(), type: registry.contentType };
    },
  };
}

type MakeGauge = (name: string, help: string, ...labels: string[]) => Gauge;

/** Of this process alone. */
function gaugesHere(gauge: MakeGauge): (deps: MetricsDeps) => void {
  const lag = gauge('journal_lag_seconds', 'Since the database last had all the clicks due to it.');
  const failing = gauge('journal_failing', '1: clicks pass without being written (a full disk).');
  const written = gauge('journal_hits_written', 'Clicks written to the journal since this process began.');
  const lost = gauge(
    'journal_hits_lost',
    'Clicks answered and not written since this process began: a gap that reports say.',
  );
  const flushed = gauge('journal_hits_flushed', 'Clicks brought to the database by this process.');
  const aside = gauge('journal_lines_aside', 'Lines of the journal left aside, by why.', 'why');
  const pool = gauge('pool_connections', 'Connections to the database, and who waits for one.', 'state');
  return (deps) => {
    const journal = deps.journal();
    lag.set(journal.lagSeconds);
    failing.set(journal.failing ? 1 : 0);
    written.set(journal.written);
    lost.set(journal.lost);
    flushed.set(journal.inserted);
    aside.set({ why: 'malformed' }, journal.malformed);
    aside.set({ why: 'unknown' }, journal.unknown);
    pool.set({ state: 'open' }, deps.pool.totalCount);
    pool.set({ state: 'idle' }, deps.pool.idleCount);
    pool.set({ state: 'waiting' }, deps.pool.waitingCount);
  };
}

type Read = { totals: InstanceTotals; queues: QueueLengths[] };

/** Of the whole instance; null: it could not be read, and nothing old is told for new. */
function gaugesShared(gauge: MakeGauge): (read: Read | null) => void {
  const up = gauge('totals_up', '0: the totals of the instance could not be read in time.');
  const rows = gauge('delivery_rows', 'Rows of the sendings under way, by state.', 'state');
  const oldestRow = gauge(
    'oldest_waiting_row_seconds',
    'Of the rows that may leave now, how long the oldest has waited.',
  );
  const owed = gauge('outbox_owed', 'Single mails that are owed.');
  const unknown = gauge('outbox_unknown', 'Single mails of unknown fate, which a person decides on.');
  const oldestMail = gauge('outbox_oldest_seconds', 'How long the oldest single mail that is due has waited.');
  const imports = gauge('imports_waiting', 'Files of contacts waiting or under way.');
  const bounces = gauge('bounces_last_day', 'What came back in twenty-four hours, by class.', 'class');
  const jobs = gauge('queue_jobs', 'Jobs of the queue, by state.', 'queue', 'state');
  const all = [rows, oldestRow, owed, unknown, oldestMail, imports, bounces, jobs];
  return (read) => {
    for (const one of all) one.reset();
    up.set(read ? 1 : 0);
    if (!read) return;
    const { totals, queues } = read;
    for (const { state, n } of totals.rows) rows.set({ state }, n);
    oldestRow.set(totals.oldestRow);
    owed.set(totals.outbox.owed);
    unknown.set(totals.outbox.unknown);
    oldestMail.set(totals.outbox.oldest);
    imports.set(totals.importsWaiting);
    for (const one of totals.bounces) bounces.set({ class: one.class }, one.n);
    for (const { name: queue, ...states } of queues)
      for (const [state, n] of Object.entries(states)) jobs.set({ queue, state }, n);
  };
}

/** The last answer, as long as it is fresh; asked by many at once, read once. A failure is not kept. */
function keptFor<T>(ms: number, now: () => Date, read: () => Promise<T>): () => Promise<T> {
  let kept: { at: number; value: Promise<T> } | undefined;
  return () => {
    const at = now().getTime();
    if (kept && at - kept.at < ms && at >= kept.at) return kept.value;
    const value = read();
    const mine = { at, value };
    kept = mine;
    value.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return value;
  };
}

/** The pattern that answered; everything that leads nowhere is one. */
const patternOf = (c: Context): string => matchedRoutes(c).findLast((r) => r.method !== 'ALL')?.path ?? 'introuvable';
