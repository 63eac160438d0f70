import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { IN_FLIGHT } from '../../src/deliveries/drain.ts';
import { type CountingSink, startCountingSink } from '../support/counting-sink.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { type Process, startProcess } from '../support/processes.ts';
import { seeded } from '../support/random.ts';
import { freePort } from '../support/running.ts';
import { expectExplained, expectTotals, statusOf, watched } from './account.ts';
import { finishedAt, later, states } from './ledger.ts';

// Real processes of the service on one database, as on several machines: pages, workers, clocks and the queue.
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const SECRET = 'secret de test, jamais ailleurs que dans les tests';

async function scene(pace: { perSecond: number; thinkMs: () => number }, connections = 6) {
  const sink = await startCountingSink({ ...pace, refuses: () => undefined, counts: (to) => /^(opco|btp)-/.test(to) });
  closing.push(() => sink.close());
  const dataDir = mkdtempSync(join(tmpdir(), 'porte-voix-processus-'));
  closing.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const env = {
    DATABASE_URL: t.url,
    SMTP_URL: `${sink.url}?connections=${connections}`,
    DATA_DIR: dataDir,
    SECRET,
    PUBLIC_URL: 'https://pv.example',
  };
  return {
    sink,
    start: (command: 'worker' | 'serve', more: Record<string, string> = {}): Process => {
      const started = startProcess(command, { ...env, ...more });
      closing.push(() => started.end('SIGKILL'));
      return started;
    },
  };
}

const receivedBy = ({ received }: CountingSink): { to: string }[] =>
  [...received].flatMap(([to, times]) => Array.from({ length: times }, () => ({ to })));
const untilTotal = (sink: CountingSink, n: number, timeout = 60_000): Promise<void> =>
  expect.poll(() => sink.total(), { timeout, interval: 20 }).toBeGreaterThanOrEqual(n);
const untilFinished = (pushId: number): Promise<void> =>
  expect.poll(() => finishedAt(t, pushId), { timeout: 60_000, interval: 200 }).not.toBeNull();

test('three workers beside the pages, each with its clock, killed with -9 one after the other: the push is drawn once, goes on by itself within 30 s, and ends', {
  timeout: 180_000,
}, async () => {
  const random = seeded(5);
  const people = 1_500;
  const { sink, start } = await scene({ perSecond: 150, thinkMs: () => random() * 20 });
  const port = await freePort();
  const pages = start('serve', { PORT: String(port) });
  const workers = [start('worker'), start('worker'), start('worker')];
  await Promise.all([pages, ...workers].map((p) => p.ready));
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  // Due already, and approved while three clocks tick: each of them finds it.
  const push = await makeApprovedPush(t, {
    contacts: { opco: people - 300, btp: 300 },
    push: { scheduledAt: later(0) },
  });
  await untilTotal(sink, 1);
  let kills = 0;
  await watched(t, { id: push.id, selected: people }, async () => {
    for (const victim of [workers[0], pages, workers[1]]) {
      await untilTotal(sink, Math.floor((0.15 + kills * 0.2 + random() * 0.1) * people));
      expect(await victim?.end('SIGKILL')).toBe('SIGKILL');
      kills += 1;
      const before = sink.total();
      await untilTotal(sink, before + 1, 30_000);
    }
    await untilFinished(push.id);
  });
  const { accepted = 0, unknown = 0, ...other } = await expectExplained(t, push.id, receivedBy(sink));
  expect(other).toEqual({});
  expect(accepted + unknown).toBe(people);
  expect(unknown).toBeLessThanOrEqual(2 * IN_FLIGHT);
  expect(workers[2]?.alive()).toBe(true);
});

test('told to stop, a worker answers for what it has in flight and is gone within 10 s; another one does the rest', {
  timeout: 180_000,
}, async () => {
  const people = 260;
  let thinkMs = 400;
  const connections = 4;
  const { sink, start } = await scene({ perSecond: 1_000, thinkMs: () => thinkMs }, connections);
  const push = await makeApprovedPush(t, { contacts: { opco: people, btp: 0 }, push: { scheduledAt: later(0) } });
  const first = start('worker');
  // With two hundred in flight at ten a second, more is left than ten seconds can send.
  await untilTotal(sink, 8);
  const told = Date.now();
  expect(await first.end('SIGTERM')).toBe(0);
  expect(Date.now() - told).toBeLessThan(10_000);
  const left = await states(t, push.id);
  expect(left.handed).toBeUndefined();
  // What was past its final dot when the patience ended is in doubt; nothing else is.
  expect(left.unknown ?? 0).toBeLessThanOrEqual(connections);
  expect(left.planned ?? 0).toBeGreaterThan(0);
  await expectExplained(t, push.id, receivedBy(sink));
  thinkMs = 5;
  start('worker');
  await untilFinished(push.id);
  const { accepted = 0, unknown = 0 } = await expectExplained(t, push.id, receivedBy(sink));
  expect(accepted + unknown).toBe(people);
  expect(unknown).toBe(left.unknown ?? 0);
  expectTotals(await statusOf(t, push.id), people);
});

/** Frozen where it hurts most: its transaction is open, and its rows are locked. */
async function freezeInTransaction({ pid }: { pid: number }): Promise<void> {
  // As the login: the roles of the service are not shown what others do.
  const client = new pg.Client({ connectionString: t.url });
  await client.connect();
  closing.push(() => client.end());
  const locks = async (): Promise<boolean> => {
    const { rows } = await client.query<{ locked: boolean }>(
      `select exists (
         select from pg_stat_activity a join pg_locks l using (pid)
         where a.datname = current_database() and a.state = 'idle in transaction' and a.pid <> pg_backend_pid()
           and l.relation = 'deliveries'::regclass and l.mode = 'RowExclusiveLock') as locked`,
    );
    return rows[0]?.locked === true;
  };
  for (;;) {
    process.kill(pid, 'SIGSTOP');
    // What it had asked already may still end the transaction.
    if ((await locks()) && (await pause(100).then(locks))) return;
    process.kill(pid, 'SIGCONT');
    await pause(7);
  }
}

test('a worker frozen in the middle of a transaction, longer than its word is trusted, then woken: what it had in flight ends as it really did', {
  timeout: 180_000,
}, async () => {
  const people = 400;
  const { sink, start } = await scene({ perSecond: 60, thinkMs: () => 20 }, 3);
  const push = await makeApprovedPush(t, { contacts: { opco: people, btp: 0 }, push: { scheduledAt: later(0) } });
  const sleeper = start('worker');
  await untilTotal(sink, 30);
  await freezeInTransaction(sleeper);
  start('worker');
  // Another clock says after 20 s that its fate is not known, and the rest leaves without it.
  await expect
    .poll(async () => (await states(t, push.id)).unknown ?? 0, { timeout: 60_000, interval: 300 })
    .toBeGreaterThan(0);
  await untilFinished(push.id);
  await expectExplained(t, push.id, receivedBy(sink));
  process.kill(sleeper.pid, 'SIGCONT');
  await expect
    .poll(async () => (await states(t, push.id)).accepted ?? 0, { timeout: 60_000, interval: 300 })
    .toBe(people);
  await pause(100);
  expect(await expectExplained(t, push.id, receivedBy(sink))).toEqual({ accepted: people });
});
