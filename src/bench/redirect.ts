import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freezePush } from '../deliveries/freeze.ts';
import { startFlusher } from '../tracking/flusher.ts';
import { openJournal } from '../tracking/journal.ts';
import { approvedPush, campaignOf, fillContacts, member, newsletter } from './campaign.ts';
import { freePort, output, peakMemoryMb, startListening, stop } from './children.ts';
import { type Bench, type BenchResult, benchResult, median } from './result.ts';
import { type BenchDeps, type Scratch, withScratch } from './scratch.ts';

const CONNECTIONS = 50;
const ROUNDS = 3;
const COMMAND = fileURLToPath(new URL('../porte-voix.mjs', import.meta.url));
const BARE = fileURLToPath(new URL('./bare-redirect.ts', import.meta.url));
const LOADER = createRequire(import.meta.url).resolve('autocannon');
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0';

/** `answered`: redirects that a client got; `recorded`: of these, clicks in the database after the process was killed. */
export type RedirectResult = BenchResult & {
  p99Ms: number;
  limitP99Ms: number;
  /** Flushing yields to traffic: how long after a round its clicks are all in the database. */
  countedAfterSeconds: number;
  killed: { answered: number; recorded: number; lost: number };
};

type Load = { rate: number; p99Ms: number; answered: number };

/**
 * Clicks on tracked links of the real `serve`, journal and flush on, beside a bare redirect with the same headers, each
 * in its own process and asked by a third one, in turn. Then a `serve` is killed under load, and its clicks counted.
 */
export function benchRedirect(deps: BenchDeps, { seconds }: { seconds: number }): Promise<Bench<RedirectResult>> {
  return withScratch(deps, async (scratch) => {
    const { say, onClose } = scratch;
    const token = await anyToken(scratch);
    const real = await startServe(scratch);
    const barePort = await freePort();
    const bare = await startListening(process.execPath, [BARE, String(barePort)], barePort);
    onClose(() => stop(bare));

    const each = Math.max(1, Math.round(seconds / ROUNDS));
    const [ours, limits, counted]: [Load[], Load[], number[]] = [[], [], []];
    for (const port of [barePort, real.port]) await load(port, token, 1);
    await countedAfter(real.port);
    for (let round = 1; round <= ROUNDS; round++) {
      const limit = await load(barePort, token, each);
      const our = await load(real.port, token, each);
      say(
        `Tour ${round} : ${Math.round(our.rate)} clics par seconde (p99 ${our.p99Ms} ms), redirection nue ${Math.round(limit.rate)} (p99 ${limit.p99Ms} ms)`,
      );
      ours.push(our);
      limits.push(limit);
      counted.push(await countedAfter(real.port));
    }
    const rssMb = await peakMemoryMb(real.process.pid!);
    await stop(real.process);
    await stop(bare);
    const rate = median(ours.map((o) => o.rate));
    const result = benchResult({
      name: 'redirect',
      work: `Répondre à des clics sur ${CONNECTIONS} connexions, ${ROUNDS} fois ${each} s, chacun écrit au journal avant la réponse`,
      units: rate * each,
      seconds: each,
      rssMb,
      limit: { name: 'une redirection nue de mêmes en-têtes', rate: median(limits.map((l) => l.rate)) },
    });
    const killed = await countAfterKill(scratch, token);
    say(`Service tué en pleine charge : ${killed.answered} réponses reçues, ${killed.recorded} clics retrouvés`);
    const [p99Ms, limitP99Ms] = [median(ours.map((o) => o.p99Ms)), median(limits.map((l) => l.p99Ms))];
    return {
      result: { ...result, p99Ms, limitP99Ms, countedAfterSeconds: median(counted), killed },
      notes: [
        `99 réponses sur 100 en ${p99Ms} ms au plus (redirection nue : ${limitP99Ms} ms)`,
        `les clics d’un tour sont tous comptés ${median(counted)} s après sa fin : dans l’affluence, compter attend`,
        `tué en pleine charge : ${killed.answered} réponses reçues, ${killed.recorded} clics retrouvés, ${killed.lost} perdu`,
      ],
    };
  });
}

async function anyToken(scratch: Scratch): Promise<string> {
  const lead = await member(scratch, 'opco');
  await campaignOf([lead]);
  await fillContacts(lead, { rows: 200 });
  await freezePush(lead.ctx, await approvedPush(scratch.service, [lead], 'lettre', newsletter(1_000)));
  const owner = await scratch.owner([]);
  // Through the role that may, for the service refuses to start on a table whose walls are down.
  await owner.query(`set role ${scratch.service.db.roles.cross}`);
  const { rows } = await owner.query<{ token: string }>('select token from tokens limit 1');
  if (!rows[0]) throw new Error('redirect: the push has no tracked link');
  return rows[0].token;
}

async function startServe({ service, onClose }: Scratch): Promise<{ port: number; process: ChildProcess }> {
  const port = await freePort();
  // Nothing of our own environment: a PORT or a DATABASE_URL there would lead it elsewhere.
  const env = {
    DATA_DIR: service.config.dataDir,
    PORT: String(port),
    ...(service.embedded ? {} : { DATABASE_URL: service.db.url }),
  };
  const child = await startListening(process.execPath, [COMMAND, 'serve'], port, { env });
  onClose(() => stop(child));
  return { port, process: child };
}

async function load(port: number, token: string, seconds: number): Promise<Load> {
  const address = `http://127.0.0.1:${port}/r/${token}`;
  const report = JSON.parse(
    await output(process.execPath, [
      LOADER,
      '--json',
      '-c',
      String(CONNECTIONS),
      '-d',
      String(seconds),
      '-H',
      `User-Agent=${BROWSER}`,
      address,
    ]),
  ) as {
    requests: { average: number };
    latency: { p99: number };
    '3xx': number;
  };
  return { rate: report.requests.average, p99Ms: report.latency.p99, answered: report['3xx'] };
}

/** Waits until all that was asked is in the database, so that the next round is measured alone; how long that took. */
async function countedAfter(port: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    await pause(200);
    const state = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { journalLagSeconds: number };
    if (state.journalLagSeconds <= 1) return Math.round((performance.now() - began) / 100) / 10;
  }
}

/** What a process killed in the middle of its answers had written down, replayed by the next one. */
async function countAfterKill(scratch: Scratch, token: string): Promise<RedirectResult['killed']> {
  const { service } = scratch;
  // The clicks of the measure are not to be counted here.
  rmSync(join(service.config.dataDir, 'journal'), { recursive: true });
  const owner = await scratch.owner([]);
  await owner.query(`set role ${service.db.roles.cross}`);
  const hits = async () => Number((await owner.query<{ n: number }>('select count(*) as n from hits')).rows[0]?.n);
  const before = await hits();
  const doomed = await startServe(scratch);
  const loading = load(doomed.port, token, 2);
  await pause(1_000);
  await stop(doomed.process, 'SIGKILL');
  const { answered } = await loading;
  const journal = await openJournal(service.config.dataDir);
  await startFlusher(service.db, journal, { everyMs: 0 }).flush();
  await journal.close();
  const recorded = (await hits()) - before;
  return { answered, recorded, lost: Math.max(0, answered - recorded) };
}
