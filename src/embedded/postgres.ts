import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { unavailable } from '../base/errors.ts';
import { takeLock } from '../base/file-lock.ts';
import { type Account, binaries, runAs, serverAccount } from './binaries.ts';

/** `stopIfLast` leaves; the last process to leave stops the server. */
export type Embedded = { url: string; leave: () => Promise<void>; notes: string[] };

const DATABASE = 'porte_voix';

/**
 * The PostgreSQL that comes with the product, for one machine. Any number of processes share it through DATA_DIR:
 * the first to come starts it (detached: it outlives a killed process), the others attach, the last to leave stops it.
 * Who is there is known by a shared file lock, which the kernel drops for the dead.
 */
export async function openEmbedded(dataDir: string): Promise<Embedded> {
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, '.ecriture'), '');
  } catch (error) {
    throw unavailable(
      'data_dir',
      `Le dossier ${dataDir} ne peut pas être écrit (${(error as NodeJS.ErrnoException).code}). Donnez-en un autre : DATA_DIR=/chemin.`,
    );
  }
  const account = serverAccount();
  const place = binaries(dataDir, account);
  const starting = await takeLock(join(dataDir, 'demarrage.verrou'), 'exclusive', 60_000);
  if (!starting)
    throw unavailable(
      'data_dir_busy',
      `Un autre Porte-voix démarre depuis plus d’une minute dans ${dataDir}. Arrêtez-le, puis relancez.`,
    );
  try {
    const present = await takeLock(join(dataDir, 'presence.verrou'), 'shared', 5_000);
    if (!present) throw unavailable('data_dir_busy', `Le dossier ${dataDir} est verrouillé par un autre programme.`);
    try {
      const passwords = initialise(place, account);
      const port = (await runningPort(place.data, passwords.admin)) ?? (await launch(place, account));
      await ensureDatabase(port, passwords);
      return {
        url: `postgresql://${DATABASE}:${passwords.service}@127.0.0.1:${port}/${DATABASE}`,
        leave: () => leave(dataDir, place, account, present),
        notes: place.notes,
      };
    } catch (error) {
      present.release();
      throw error;
    }
  } finally {
    starting.release();
  }
}

type Place = ReturnType<typeof binaries>;
type Passwords = { admin: string; service: string };

function initialise(place: Place, account: Account | null): Passwords {
  const file = join(place.home, 'mots-de-passe.json');
  if (!existsSync(place.data)) {
    // Made aside and renamed whole: a first start that is killed half-way leaves nothing that looks like a database.
    for (const name of readdirSync(place.home))
      if (name.startsWith('data.')) rmSync(join(place.home, name), { recursive: true });
    const fresh = `${place.data}.${process.pid}`;
    const passwords = { admin: randomBytes(18).toString('hex'), service: randomBytes(18).toString('hex') };
    writeFileSync(file, JSON.stringify(passwords), { mode: 0o600 });
    const secret = join(place.home, 'initdb.secret');
    writeFileSync(secret, passwords.admin, { mode: 0o600 });
    if (account) chownSync(secret, account.uid, account.gid);
    // LANG=C would give SQL_ASCII; ICU sorts French as French people do.
    const result = runAs(account, join(place.bin, 'initdb'), [
      '-D',
      fresh,
      '-U',
      'postgres',
      '--auth=scram-sha-256',
      `--pwfile=${secret}`,
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=icu',
      '--icu-locale=fr',
    ]);
    rmSync(secret);
    if (result.status !== 0) {
      rmSync(fresh, { recursive: true, force: true });
      throw unavailable(
        'initdb',
        `La base embarquée n’a pas pu être créée dans ${place.data} : ${lastLine(result.stderr)}`,
      );
    }
    renameSync(fresh, place.data);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The port of the server that already runs on this data, found again after a kill -9 of whoever started it. */
async function runningPort(data: string, password: string): Promise<number | null> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!alive(pid) || !port) return null;
  // It may be still starting, or recovering after a cut of power: wait for it rather than start a second one.
  for (let tries = 0; tries < 100; tries += 1) {
    if (await answers(port, password)) return port;
    if (!alive(pid)) return null;
    await new Promise((r) => setTimeout(r, 100));
  }
  return null;
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  try {
    await client.connect();
    return true;
  } catch {
    // Not yet, or another program on that port: either way it is not ours to use.
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function launch(place: Place, account: Account | null): Promise<number> {
  const port = await freePort();
  const log = join(place.home, 'postgres.log');
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=256MB -c max_wal_size=2GB -c wal_buffers=64MB`;
  const result = runAs(account, join(place.bin, 'pg_ctl'), [
    '-D',
    place.data,
    '-w',
    '-t',
    '60',
    '-l',
    log,
    '-o',
    options,
    'start',
  ]);
  if (result.status !== 0)
    throw unavailable(
      'postgres_start',
      `La base embarquée ne démarre pas. Le journal ${log} dit pourquoi : ${lastLine(existsSync(log) ? readFileSync(log, 'utf8') : result.stderr)}`,
    );
  return port;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** The service's own login: owner of its database, able to make the two roles, nothing more. */
async function ensureDatabase(port: number, passwords: Passwords): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: passwords.admin,
    database: 'postgres',
  });
  await client.connect();
  try {
    if (!(await client.query('select 1 from pg_roles where rolname = $1', [DATABASE])).rowCount)
      await client.query(
        `create role ${DATABASE} login createrole createdb nosuperuser nobypassrls password '${passwords.service}'`,
      );
    if (!(await client.query('select 1 from pg_database where datname = $1', [DATABASE])).rowCount)
      await client.query(`create database ${DATABASE} owner ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function leave(
  dataDir: string,
  place: Place,
  account: Account | null,
  present: { release: () => void },
): Promise<void> {
  const starting = await takeLock(join(dataDir, 'demarrage.verrou'), 'exclusive', 60_000);
  present.release();
  if (!starting) return;
  try {
    const alone = await takeLock(join(dataDir, 'presence.verrou'), 'exclusive', 0);
    if (!alone) return;
    try {
      runAs(account, join(place.bin, 'pg_ctl'), ['-D', place.data, '-m', 'fast', '-w', 'stop']);
    } finally {
      alone.release();
    }
  } finally {
    starting.release();
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
