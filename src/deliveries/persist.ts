import { setTimeout as pause } from 'node:timers/promises';
import { log } from '../base/log.ts';

/** How long claims and answers are kept in memory while the database is away. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Runs a write until it succeeds, while the database restarts or refuses for a moment: an answer of the network must
 * not be lost because of PostgreSQL. `run` may be executed again after a commit whose answer was lost: it is fenced.
 */
export async function persist<T>(what: string, run: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await run();
    } catch (error) {
      if (Date.now() > until || !isPassing(error)) throw error;
      log.warn({ what, error: (error as Error).message }, 'base injoignable, nouvel essai');
      await pause(wait);
    }
  }
}

/**
 * Of the transactions of a drain: a machine that is paused in the middle of one would keep its rows locked, and whoever
 * must say that it fell silent would wait for it. Well under the time after which silence is taken for death.
 */
export const LETS_GO = "set local idle_in_transaction_session_timeout = '10s'";

/**
 * What another try can mend: lost connections, one that slept in a transaction (25P03), the server's shutdown and
 * start-up (57P0x), too many connections or no room left (53), a deadlock or a lock not had (40, 55P03). Anything else is a bug and is thrown.
 */
const isPassing = (error: unknown): boolean => {
  const { code, message } = error as { code?: string; message?: string };
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|08|25P03|40|53|55P03|57P0)/.test(code ?? '') ||
    /Connection terminated|timeout exceeded|not queryable/i.test(message ?? '')
  );
};
