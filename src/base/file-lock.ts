import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * A lock between processes that the kernel frees when its holder dies, even by kill -9: the file lock of an SQLite
 * file. Node has no flock of its own, and lock files with a pid or a date in them must guess who is dead.
 * `shared` holders exclude only `exclusive` ones. Null when it could not be had within `waitMs`.
 */
export async function takeLock(
  file: string,
  mode: 'shared' | 'exclusive',
  waitMs: number,
): Promise<{ release: () => void } | null> {
  const until = Date.now() + waitMs;
  for (;;) {
    const db = new DatabaseSync(file);
    try {
      // Nothing is ever written in it: a full disk locks as well as another.
      db.exec('pragma busy_timeout = 0; pragma journal_mode = memory');
      // Reading a page is what takes the shared lock; it lasts as long as the transaction.
      if (mode === 'shared') db.exec('begin; select count(*) from sqlite_master');
      else db.exec('begin exclusive');
      return { release: () => db.close() };
    } catch (error) {
      db.close();
      if (!/locked|busy/.test((error as Error).message)) throw error;
      if (Date.now() >= until) return null;
      await pause(25 + Math.random() * 50);
    }
  }
}
