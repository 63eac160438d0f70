import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { log } from '../base/log.ts';
import type { Database } from '../db/database.ts';
import { DECISION_DELAY_MS } from './classify.ts';
import { type FlushCounts, flushJournal, newReading } from './flush.ts';
import type { Journal } from './journal.ts';
import { keepGaps } from './journal-gaps.ts';
import type { PersonalOpener } from './personal-links.ts';
import { claimOrphans, forgetNetworks } from './segments.ts';

const EVERY_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;
const ORPHANS_EVERY_MS = 60_000;
/** More clicks than this in a second, and the redirect has the machine to itself: its journal holds them meanwhile. */
const BUSY_PER_SECOND = 1_000;
/** A crowd that stays longer than this no longer stops the figures: they then take a tenth of the time. */
const LONGEST_YIELD_MS = 60_000;
const REST = 9;

export type JournalState = FlushCounts & {
  /** Lines this process wrote, and hits it could not write (disk full): a gap in the figures, said as such. */
  written: number;
  lost: number;
  failing: boolean;
  /** Seconds since the database last had all that was due to it. */
  lagSeconds: number;
  /** Why the last attempt to reach the database failed; null when it did not. */
  error: string | null;
};

export type Flusher = {
  /** One round: journals of the dead, then this process's own. Throws when the database does not answer. */
  flush: () => Promise<FlushCounts>;
  journalState: () => JournalState;
  /** Stops after the round under way. What is left is replayed by the next process. */
  stop: () => Promise<void>;
};

/** `open`: reads the links that are one person's; without it there are none. */
export type FlusherOptions = { now?: () => number; delayMs?: number; everyMs?: number; open?: PersonalOpener };

/**
 * Carries this process's journal to the database, round after round, for as long as it lives; `everyMs: 0` leaves the
 * rounds to the caller. The redirect never waits for it: with the database away it tries again, later and later.
 */
export function startFlusher(db: Database, journal: Journal, options: FlusherOptions = {}): Flusher {
  const { now = Date.now, delayMs = DECISION_DELAY_MS, everyMs = EVERY_MS, open } = options;
  const reading = newReading(journal.segments, open);
  const totals: FlushCounts = { inserted: 0, malformed: 0, unknown: 0 };
  const stopping = new AbortController();
  let orphansAt = -Infinity;
  let flushedAt = now();
  let error: string | null = null;
  let kept = 0;
  const busy = crowdOf(journal);

  /** Between two batches the redirect goes first, and in a crowd for most of the time. */
  const rest = (worked: number): Promise<unknown> => (busy() ? pause(worked * REST) : turn());

  function count(counts: FlushCounts): void {
    totals.inserted += counts.inserted;
    totals.malformed += counts.malformed;
    totals.unknown += counts.unknown;
    if (counts.malformed > 0)
      log.warn({ lines: counts.malformed }, 'journal des clics : lignes coupées ou abîmées, laissées de côté');
  }

  async function replayOrphans(): Promise<void> {
    const at = now();
    if (at - orphansAt < ORPHANS_EVERY_MS && at >= orphansAt) return;
    for (const { segments, release } of await claimOrphans(journal.folder)) {
      try {
        forgetNetworks(segments, at);
        // No more lines will come to these: their neighbours are all there.
        count(await flushJournal(db, newReading(segments, open), now, 0, rest));
      } finally {
        release();
      }
    }
    orphansAt = at;
  }

  /** Before anything else: a hole in the figures must outlive the process that knows of it. */
  async function rememberGaps(): Promise<void> {
    const gaps = journal.gaps();
    const { lost } = journal.state();
    if (lost === kept) return;
    await keepGaps(db, journal.id, gaps);
    kept = lost;
  }

  async function flush(): Promise<FlushCounts> {
    const before = { ...totals };
    try {
      await rememberGaps();
      await journal.turn();
      forgetNetworks(journal.segments, now());
      await replayOrphans();
      count(await flushJournal(db, reading, now, delayMs, rest));
      flushedAt = now();
      error = null;
    } catch (e) {
      error = (e as Error).message;
      throw e;
    }
    return {
      inserted: totals.inserted - before.inserted,
      malformed: totals.malformed - before.malformed,
      unknown: totals.unknown - before.unknown,
    };
  }

  async function run(): Promise<void> {
    let wait = everyMs;
    while (!stopping.signal.aborted) {
      const said = error !== null;
      if (busy() && now() - flushedAt < LONGEST_YIELD_MS) {
        await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        continue;
      }
      try {
        await flush();
        if (said) log.info('journal des clics : la base répond à nouveau');
        wait = everyMs;
      } catch (e) {
        if (!said)
          log.warn(
            { error: (e as Error).message },
            'journal des clics : la base ne répond pas, les clics attendent sur le disque',
          );
        wait = Math.min(wait * 2, LONGEST_BACKOFF_MS);
      }
      // Aborted means stop: the loop's own test says so.
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = everyMs > 0 ? run() : Promise.resolve();
  return {
    flush,
    journalState: () => ({
      ...totals,
      ...journal.state(),
      lagSeconds: Math.max(0, Math.round((now() - flushedAt) / 1_000)),
      error,
    }),
    stop: async () => {
      stopping.abort();
      await running;
      await rememberGaps().catch((e: Error) =>
        log.error({ error: e.message, ...journal.state() }, 'journal des clics : un trou n’a pas pu être noté'),
      );
    },
  };
}

/** Whether clicks came in a crowd since it was last asked, by what the journal wrote; asked too soon, it answers the same. */
function crowdOf(journal: Pick<Journal, 'state'>): () => boolean {
  let seen = { at: performance.now(), written: 0 };
  let crowd = false;
  return () => {
    const at = performance.now();
    const { written } = journal.state();
    if (at - seen.at < 100) return crowd;
    crowd = ((written - seen.written) * 1_000) / (at - seen.at) > BUSY_PER_SECOND;
    seen = { at, written };
    return crowd;
  };
}
