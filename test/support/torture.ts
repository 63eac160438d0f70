import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { approvedPush, campaignOf, member, newsletter } from '../../src/bench/campaign.ts';
import { type Scratch, withScratch } from '../../src/bench/scratch.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { binaries, runAs, serverAccount } from '../../src/embedded/binaries.ts';
import { type CountingSink, startCountingSink } from './counting-sink.ts';
import { type Process, startProcess } from './processes.ts';
import { seeded } from './random.ts';
import { judge, type Ledger, type Verdict } from './torture-verdict.ts';

export type TortureOptions = {
  recipients: number;
  kills: number;
  seed: number;
  /** How long the send lasts at least: the server takes no more than `recipients / seconds` messages per second. */
  seconds: number;
  /** Stops PostgreSQL once, for 20 s, in the middle. On the embedded database only. */
  databaseRestart: boolean;
  /** null: an embedded database in a temporary folder. */
  databaseUrl: string | null;
  say: (progress: string) => void;
};

const WORKERS = 2;
const CONNECTIONS = 8;
/** The push must go on by itself within 30 s; three times that, and it never will. */
const STUCK_MS = 90_000;
const DATABASE_AWAY_MS = 20_000;
/** A few at providers that are written to slowly: their pace must hold, and lose nobody, across the kills. */
const domainOf = (i: number): string =>
  i % 500 === 3 ? 'orange.fr' : i % 500 === 4 ? 'laposte.net' : 'destinataires.example';
/** One address in two hundred is unknown to its server: refusals must add up too. */
const isRefused = (address: string): boolean => Number(/\.(\d+)@/.exec(address)?.[1]) % 200 === 7;

/** Sends one push through workers that are killed again and again, then holds the ledger against what was received. */
export function torture(options: TortureOptions): Promise<Verdict> {
  return withScratch(options, async (scratch) => {
    const random = seeded(options.seed);
    const sink = await startCountingSink({
      perSecond: options.recipients / options.seconds,
      thinkMs: () => random() * 12,
      counts: (address) => /^p\.\d+@/.test(address),
      refuses: (address) => (isRefused(address) ? '550 5.1.1 user unknown' : undefined),
    });
    scratch.onClose(() => sink.close());
    const pushId = await prepare(scratch, options.recipients);
    options.say('Envoi, et travailleurs tués…');
    const started = Date.now();
    const crew = startCrew(scratch, sink, pushId);
    scratch.onClose(() => crew.stop());
    const moments = Array.from({ length: options.kills }, () => (0.02 + random() * 0.9) * options.recipients).sort(
      (a, b) => a - b,
    );
    const since = () => `${Math.round((Date.now() - started) / 1000)} s`;
    const killing = killAt(moments, { sink, crew, random, say: (text) => options.say(`${since()} : ${text}`) });
    const restarting = options.databaseRestart ? restartDatabase(scratch, sink, options) : Promise.resolve(0);
    const ended = await untilFinished(scratch, { sink, crew, pushId });
    const kills = await killing;
    const away = await restarting;
    const seconds = (Date.now() - started) / 1000;
    await crew.stop();
    return judge({
      recipients: options.recipients,
      kills,
      seconds,
      inFlightMax: crew.inFlightMax(),
      rows: await ledgerOf(scratch, pushId),
      received: sink.received,
      refused: sink.refused,
      troubles: [...ended.troubles, ...crew.troubles()],
      longestSilence: ended.longestSilence,
      databaseAway: away,
    });
  });
}

/** An approved letter to exactly `recipients` people, drawn: from here on the workers' clocks find it by themselves. */
async function prepare(scratch: Scratch, recipients: number): Promise<number> {
  const lead = await member(scratch, 'opco');
  await campaignOf([lead]);
  const lines = Array.from({ length: recipients }, (_, i) => `Personne;p.${i}@${domainOf(i)}`);
  await importContacts(lead.ctx, {
    file: Buffer.from(['nom;email', ...lines].join('\n')),
    options: { fileName: 'torture.csv', source: 'contacts inventés', level: 'terrain' },
  });
  const pushId = await approvedPush(scratch.service, [lead], 'torture', newsletter(1_000));
  await freezePush(lead.ctx, pushId);
  return pushId;
}

type Crew = {
  /** kill -9 of one of the workers, which is then replaced. */
  kill: (which: number) => Promise<void>;
  inFlightMax: () => number;
  /** When the last of them was killed. */
  lastKill: () => number;
  troubles: () => string[];
  stop: () => Promise<void>;
};

/** Real `porte-voix worker` processes, each replaced when it ends, as a service manager would. */
function startCrew(scratch: Scratch, sink: CountingSink, pushId: number): Crew {
  const env = {
    DATABASE_URL: scratch.service.db.url,
    SMTP_URL: `${sink.url}?connections=${CONNECTIONS}`,
    DATA_DIR: join(scratch.dir, 'travailleurs'),
    SECRET: randomBytes(32).toString('hex'),
    PUBLIC_URL: 'https://porte-voix.example',
  };
  const crew: Process[] = [];
  const troubles: string[] = [];
  let stopping = false;
  let inFlightMax = 0;
  let killed: Process | null = null;
  let lastKill = 0;
  const hire = (which: number): void => {
    const worker = startProcess('worker', env);
    crew[which] = worker;
    void worker.ended.then(async (how) => {
      if (stopping) return;
      const wasKilled = killed === worker;
      // While it starts without a database a worker may give up, and is started again; one at work must not.
      if (!wasKilled && /au travail/.test(worker.said()))
        troubles.push(`un travailleur s’est arrêté de lui-même (${how}) : ${lastLines(worker.said())}`);
      await pause(wasKilled ? 50 : 1_000);
      if (!stopping) hire(which);
    });
  };
  for (let which = 0; which < WORKERS; which += 1) hire(which);
  const look = async (): Promise<void> => {
    const counts = await inFlightByProcess(scratch, pushId);
    inFlightMax = Math.max(inFlightMax, ...counts.values());
  };
  const timer = setInterval(() => void look().catch(() => undefined), 300);
  return {
    kill: async (which) => {
      killed = crew[which] ?? null;
      await killed?.end('SIGKILL');
      lastKill = Date.now();
      // What it leaves behind is what may become unknown.
      await look().catch(() => undefined);
    },
    inFlightMax: () => inFlightMax,
    lastKill: () => lastKill,
    troubles: () => troubles,
    stop: async () => {
      stopping = true;
      clearInterval(timer);
      await Promise.all(crew.map((worker) => worker.end('SIGTERM')));
    },
  };
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-3).join(' | ');

/** Rows in flight of each process: a row names the machine, the process, then the drain that holds it. */
async function inFlightByProcess({ service }: Scratch, pushId: number): Promise<Map<string, number>> {
  const { rows } = await acrossOrganisations(service.db, (trx) =>
    sql<{ pid: string; n: number }>`select split_part(worker, '/', 2) as pid, count(*) as n from deliveries
      where push_id = ${pushId} and state = 'handed' group by 1`.execute(trx),
  );
  return new Map(rows.map((row) => [row.pid, row.n]));
}

/** Kills as many times as there are moments, each a number of messages received, give or take a second. */
async function killAt(
  moments: number[],
  { sink, crew, random, say }: { sink: CountingSink; crew: Crew; random: () => number; say: (text: string) => void },
): Promise<number> {
  let kills = 0;
  for (const moment of moments) {
    const until = Date.now() + STUCK_MS;
    while (sink.total() < moment && Date.now() < until) await pause(10);
    await pause(random() * 1_000);
    await crew.kill(Math.floor(random() * WORKERS));
    kills += 1;
    say(`${kills} tué${kills > 1 ? 's' : ''}, ${sink.total()} messages reçus`);
  }
  return kills;
}

/** Waits for the end, however late; reports the longest time during which nobody was written to, since a kill if there was one. */
async function untilFinished(
  { service }: Scratch,
  { sink, crew, pushId }: { sink: CountingSink; crew: Crew; pushId: number },
) {
  const troubles: string[] = [];
  let last = { total: 0, at: Date.now() };
  let longestSilence = 0;
  for (;;) {
    await pause(200);
    if (sink.total() > last.total) {
      // Nobody is silent before the first message, nor for having been killed again meanwhile.
      const from = Math.max(last.at, crew.lastKill());
      if (last.total > 0) longestSilence = Math.max(longestSilence, (Date.now() - from) / 1000);
      last = { total: sink.total(), at: Date.now() };
    }
    const finished = await acrossOrganisations(service.db, (trx) =>
      trx.selectFrom('pushes').select('finished_at').where('id', '=', pushId).executeTakeFirstOrThrow(),
    ).catch(() => null);
    if (finished?.finished_at) return { troubles, longestSilence };
    if (Date.now() - last.at > STUCK_MS) {
      troubles.push(`l’envoi n’avance plus depuis ${STUCK_MS / 1000} s`);
      return { troubles, longestSilence };
    }
  }
}

/** Stops PostgreSQL under everybody once half is sent, and starts it again as it was. Answers for how many seconds. */
async function restartDatabase({ dir }: Scratch, sink: CountingSink, options: TortureOptions): Promise<number> {
  const until = Date.now() + STUCK_MS + options.seconds * 1000;
  while (sink.total() < options.recipients / 2 && Date.now() < until) await pause(50);
  const account = serverAccount();
  const { bin, home, data } = binaries(dir, account);
  // Its own words of how it was started: the same port, the same settings.
  const given = [...readFileSync(join(data, 'postmaster.opts'), 'utf8').matchAll(/"([^"]*)"/g)].map((m) => m[1] ?? '');
  const kept = given.filter((_, i) => !(given[i] === '-D' || given[i - 1] === '-D'));
  options.say('PostgreSQL arrêté…');
  const stopped = Date.now();
  runAs(account, join(bin, 'pg_ctl'), ['-D', data, '-m', 'fast', '-w', 'stop']);
  await pause(DATABASE_AWAY_MS);
  runAs(account, join(bin, 'pg_ctl'), [
    '-D',
    data,
    '-w',
    '-l',
    join(home, 'postgres.log'),
    '-o',
    kept.join(' '),
    'start',
  ]);
  options.say('PostgreSQL de retour.');
  return (Date.now() - stopped) / 1000;
}

async function ledgerOf({ service }: Scratch, pushId: number): Promise<Ledger> {
  const { rows } = await acrossOrganisations(service.db, (trx) =>
    sql<Ledger[number]>`select c.address, d.state, d.reason from deliveries d join contacts c on c.id = d.contact_id
      where d.push_id = ${pushId}`.execute(trx),
  );
  return rows;
}
