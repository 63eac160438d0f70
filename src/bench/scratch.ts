import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { unavailable } from '../base/errors.ts';
import { readConfig } from '../config.ts';
import { connectionRefusal } from '../db/database.ts';
import { openService, type Service } from '../service.ts';

/** What the command line gives a bench. `databaseUrl`: a server to make a database on; null: the embedded one. */
export type BenchDeps = { databaseUrl: string | null; say: (progress: string) => void };

/** A service on a database of its own, empty and migrated, that is gone afterwards. */
export type Scratch = {
  service: Service;
  dir: string;
  say: (progress: string) => void;
  /** The owner of the tables, to whom their policies are lifted: what a bare limit is measured with. */
  owner: (unwalled: string[]) => Promise<pg.Client>;
  /** Undone in the reverse order, whatever happens. */
  onClose: (close: () => unknown) => void;
};

/**
 * Runs a bench on a throw-away database: in a temporary folder of its own, or beside the databases of the given server,
 * whose data are never read. Both are removed at the end, on an error and on Ctrl-C.
 */
export async function withScratch<T>(
  { databaseUrl, say }: BenchDeps,
  run: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (let last = closing.pop(); last; last = closing.pop()) await last();
  };
  let stopping = false;
  const interrupted = (signal: NodeJS.Signals) => {
    stopping = true;
    void close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const dir = mkdtempSync(join(tmpdir(), 'porte-voix-bench-'));
    closing.push(() => rmSync(dir, { recursive: true, force: true }));
    // The account PostgreSQL runs as must be able to walk through.
    chmodSync(dir, 0o711);
    say('Base jetable : préparation…');
    const url = databaseUrl === null ? undefined : await ownDatabase(databaseUrl, (undo) => closing.push(undo));
    const service = await openService(
      readConfig({ DATA_DIR: dir, DATABASE_URL: url, SECRET: randomBytes(32).toString('hex') }),
    );
    closing.push(() => service.close());
    const owner = async (unwalled: string[]) => {
      const client = new pg.Client({ connectionString: service.db.url });
      await client.connect();
      closing.push(() => client.end());
      for (const table of unwalled) await client.query(`alter table ${table} no force row level security`);
      return client;
    };
    return await run({ service, dir, say, owner, onClose: (undo) => closing.push(undo) });
  } catch (error) {
    // What fails because its database is being taken away is no news: the process ends as soon as all is removed.
    if (stopping) await new Promise(() => undefined);
    throw error;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await close();
  }
}

/** A new database on the server of `url`, and how to remove it with the two roles that its migration makes. */
async function ownDatabase(url: string, onClose: (undo: () => Promise<void>) => void): Promise<string> {
  const name = `porte_voix_bench_${randomBytes(5).toString('hex')}`;
  const own = new URL(url);
  own.pathname = `/${name}`;
  const on = async (where: string, statement: string): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: where });
    await client.connect();
    try {
      return await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await on(url, `create database ${name} template template0 encoding 'UTF8'`).catch((error: { code?: string }) => {
    if (error.code !== '42501') throw connectionRefusal(error, url);
    throw unavailable(
      'create_database',
      'Le compte de DATABASE_URL ne peut pas créer de base : donnez-lui CREATEDB, ou retirez DATABASE_URL pour mesurer sur la base embarquée.',
    );
  });
  onClose(async () => {
    const prefix = (await on(own.href, "select value from instance where key = 'role_prefix'").catch(() => null))
      ?.rows[0]?.value;
    await dropped(() => on(url, `drop database ${name} with (force)`));
    for (const role of prefix ? ['app', 'cross'] : []) await on(url, `drop role if exists ${prefix}_${role}`);
  });
  return own.href;
}

const DROP_TRIES = 40;

/** The server's own cleaner may be in the database: only a superuser sends it away, and it leaves within seconds. */
async function dropped(drop: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await drop();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '42501' || tries === DROP_TRIES) throw error;
      await pause(250);
    }
  }
}
