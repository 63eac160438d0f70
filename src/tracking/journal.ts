import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { unavailable } from '../base/errors.ts';
import { takeLock } from '../base/file-lock.ts';
import { log } from '../base/log.ts';
import { encodeLine, type Line, type NewLine } from './lines.ts';
import { lockFile, type Segment, segmentFile } from './segments.ts';

/** After this a new file begins, so that what is flushed is removed soon and a network hash lives minutes, not days. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
const SEGMENT_MS = 10 * 60_000;
const SYNC_MS = 200;

/** A disk that fills up takes a write now and then: until it has refused nothing for so long, it is one hole and not hundreds. */
const ONE_GAP_MS = 60_000;

/** Hits that were answered and could not be written, from the first to the last of them; others between them may have been. */
export type JournalGap = { number: number; from: number; to: number; hits: number };

export type Journal = {
  folder: string;
  /** Of this process, as its files are named. */
  id: string;
  /** Oldest first; the last one is being written. The flusher takes a segment out once all of it is in the database. */
  segments: Segment[];
  /** Resolves once the line is written (false: it could not be, and is counted in `lost`). Never rejects. */
  append: (line: NewLine) => Promise<boolean>;
  /** Begins a new file when the present one is old: a quiet process must not keep its last hits for days. */
  turn: () => Promise<void>;
  state: () => { written: number; lost: number; failing: boolean };
  /** What could not be written, as holes of the figures: the last one may still grow. */
  gaps: () => readonly Readonly<JournalGap>[];
  /** Writes what waits, closes the file and lets go of the lock: the rest belongs to whoever replays it. */
  close: () => Promise<void>;
};

type Batch = { lines: string[]; done: Promise<boolean>; settle: (written: boolean) => void };

/**
 * This process's journal under DATA_DIR. One write at a time, with all the lines that came meanwhile: the answer to a
 * click waits for its line to be written (a killed process loses none), not for the disk (a power cut may lose 200 ms).
 */
export async function openJournal(
  dataDir: string,
  { now = Date.now, id = randomBytes(8).toString('hex') } = {},
): Promise<Journal> {
  const folder = join(dataDir, 'journal');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await takeLock(lockFile(folder, id), 'exclusive', 5_000);
  if (!lock)
    throw unavailable(
      'journal',
      `Le journal des clics ne peut pas être ouvert dans ${folder}. Arrêtez l’autre programme qui s’en sert.`,
    );

  const segments: Segment[] = [];
  let file = await begin();
  let seq = 0;
  let written = 0;
  let lost = 0;
  const gaps: JournalGap[] = [];
  /** What keeps lines from being written, from its first refusal; `eased`: a write has passed since the last one. */
  let trouble: { last: number; eased: boolean; gap: JournalGap | null } | null = null;
  let closed = false;
  let waiting: Batch | null = null;
  let writing: Promise<void> | null = null;
  let syncTimer: NodeJS.Timeout | null = null;

  async function begin(): Promise<{ handle: FileHandle; segment: Segment; since: number }> {
    const number = (segments.at(-1)?.number ?? 0) + 1;
    const path = segmentFile(folder, id, number);
    const handle = await open(path, 'w', 0o600);
    const segment: Segment = { journal: `${id}-${number}`, number, path, end: 0, closed: false };
    segments.push(segment);
    return { handle, segment, since: now() };
  }

  function append(line: NewLine): Promise<boolean> {
    if (closed) {
      lost += 1;
      return Promise.resolve(false);
    }
    seq += 1;
    waiting ??= newBatch();
    waiting.lines.push(encodeLine({ ...line, seq } as Line));
    const { done } = waiting;
    work();
    return done;
  }

  /** At the end of this turn of the event loop: everything asked in it shares one write. */
  function work(): Promise<void> {
    writing ??= new Promise((turn) => setImmediate(turn)).then(drain).finally(() => {
      writing = null;
      // A line may have come between the last look and this one.
      if (waiting) work();
    });
    return writing;
  }

  async function drain(): Promise<void> {
    while (waiting) {
      const batch: Batch = waiting;
      waiting = null;
      batch.settle(await write(batch));
    }
    await turnPage();
  }

  async function write(batch: Batch): Promise<boolean> {
    const bytes = Buffer.from(batch.lines.join(''));
    const start = file.segment.end;
    try {
      for (let sent = 0; sent < bytes.length; )
        sent += (await file.handle.write(bytes, sent, bytes.length - sent, start + sent)).bytesWritten;
    } catch (error) {
      // The next batch is written over what this one left: readers never look past `end`.
      report(error as NodeJS.ErrnoException, batch.lines.length);
      return false;
    }
    file.segment.end = start + bytes.length;
    written += batch.lines.length;
    ease();
    syncTimer ??= setTimeout(sync, SYNC_MS);
    return true;
  }

  function ease(): void {
    if (!trouble) return;
    trouble.eased = true;
    if (now() - trouble.last < ONE_GAP_MS) return;
    log.warn({ lost }, 'journal des clics : l’écriture reprend après un trou');
    trouble = null;
  }

  function report(error: NodeJS.ErrnoException, hits: number): void {
    const at = now();
    if (trouble?.eased && at - trouble.last >= ONE_GAP_MS) trouble = null;
    if (!trouble)
      log.error({ code: error.code }, 'journal des clics : écriture impossible, les clics passent sans être comptés');
    trouble = { last: at, eased: false, gap: trouble?.gap ?? null };
    if (hits === 0) return;
    lost += hits;
    if (!trouble.gap) {
      trouble.gap = { number: gaps.length + 1, from: at, to: at, hits: 0 };
      gaps.push(trouble.gap);
    }
    trouble.gap.to = Math.max(trouble.gap.to, at);
    trouble.gap.hits += hits;
  }

  async function sync(): Promise<void> {
    syncTimer = null;
    await file.handle.datasync().catch((error) => report(error, 0));
  }

  async function turnPage(): Promise<void> {
    const { handle, segment, since } = file;
    if (segment.end === 0 || (segment.end < SEGMENT_BYTES && now() - since < SEGMENT_MS && now() >= since)) return;
    try {
      file = await begin();
    } catch (error) {
      // Without room for a new file the old one goes on.
      report(error as NodeJS.ErrnoException, 0);
      return;
    }
    await finish(handle, segment);
  }

  async function finish(handle: FileHandle, segment: Segment): Promise<void> {
    try {
      await handle.truncate(segment.end);
      await handle.datasync();
    } catch (error) {
      report(error as NodeJS.ErrnoException, 0);
    } finally {
      await handle.close();
      segment.closed = true;
    }
  }

  return {
    folder,
    id,
    segments,
    append,
    turn: async () => {
      await writing;
      await work();
    },
    state: () => ({ written, lost, failing: trouble !== null && !trouble.eased }),
    gaps: () => gaps,
    close: async () => {
      if (closed) return;
      closed = true;
      while (writing) await writing;
      if (syncTimer) clearTimeout(syncTimer);
      await finish(file.handle, file.segment);
      lock.release();
    },
  };
}

function newBatch(): Batch {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  return { lines: [], done: promise, settle: resolve };
}
