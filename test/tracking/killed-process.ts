// A process that answers clicks and carries them to the database, until it kills itself in the middle of a transaction, or
// right after its commit, as it was told. Says before each round how many clicks were asked for, then how many were answered.
import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/db/database.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { startFlusher } from '../../src/tracking/flusher.ts';
import { openJournal } from '../../src/tracking/journal.ts';
import { seeded } from '../support/random.ts';

type Told = {
  folder: string;
  url: string;
  tokens: string[];
  seed: number;
  from: number;
  /** Which of its transactions is its last, and where in it. */
  dies: { transaction: number; at: 'inside' | 'after' };
};
const { folder, url, tokens, seed, from, dies }: Told = JSON.parse(process.argv[2] ?? '');
const random = seeded(seed);
const below = (n: number): number => Math.floor(random() * n);

const open = await openDatabase(url, 2);
let transactions = 0;
/** With clicks under way: what is answered by then must have been written. */
async function die(): Promise<void> {
  clicks(3);
  for (let turns = 0; turns < 8; turns += 1) await null;
  process.kill(process.pid, 'SIGKILL');
}
/** The database as it is, but for the moment at which this process dies. */
const kysely = new Proxy(open.kysely, {
  get: (target, name) => {
    if (name !== 'transaction') return Reflect.get(target, name, target);
    return () => ({
      execute: async (run: (trx: never) => Promise<unknown>) => {
        transactions += 1;
        const last = transactions === dies.transaction;
        const done = await target.transaction().execute(async (trx) => {
          const result = await run(trx as never);
          if (last && dies.at === 'inside') await die();
          return result;
        });
        if (last) await die();
        return done;
      },
    });
  },
});

let at = from;
const journal = await openJournal(folder, { now: () => at });
const flusher = startFlusher({ ...open, kysely }, journal, { now: () => at, everyMs: 0 });
const READERS = ['Firefox/140.0', 'Googlebot/2.1', ''].map((agent) =>
  featuresOf('GET', { userAgent: agent && `Mozilla/5.0 (X11; Linux x86_64) ${agent}` }),
);
let requested = 0;
let answered = 0;

async function click(first: number, i: number, network: string, reader: number): Promise<void> {
  const written = await journal.append({
    kind: 'hit',
    at: at + i * 700,
    token: tokens[(first + i) % tokens.length] ?? '',
    network,
    features: READERS[reader] ?? featuresOf('GET', {}),
  });
  if (!written) return;
  answered += 1;
  writeSync(1, `${requested} ${answered}\n`);
}

function clicks(many: number): Promise<unknown> {
  requested += many;
  writeSync(1, `${requested} ${answered}\n`);
  const [first, network, reader] = [below(tokens.length), `reseau-n-${below(3)}`, below(READERS.length)];
  return Promise.all(Array.from({ length: many }, (_, i) => click(first, i, network, reader)));
}

for (;;) {
  const under = clicks(1 + below(9));
  // Clicks go on while what came before is carried away.
  await flusher.flush();
  await under;
  at += 1_000 * below(70);
}
