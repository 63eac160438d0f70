import { setImmediate as turn } from 'node:timers/promises';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';
import { classify, DECISION_DELAY_MS } from './classify.ts';
import { correctHits } from './correct-hits.ts';
import { type ClassifiedHit, insertHits } from './insert-hits.ts';
import type { Line } from './lines.ts';
import { type TokenRow, tokenRows } from './queries.ts';
import { readChunk, removeSegment, type Segment } from './segments.ts';
import { surroundingsOf } from './surroundings.ts';

/** Lines held in memory at most (about 20 MB): more than 600 clicks a second for the minute they wait. */
const HELD = 40_000;
/** Hits in one transaction: long ones would hold back whatever else runs on the database. */
const BATCH = 5_000;
const CHUNK_BYTES = 512 * 1024;
/** A line dated further in the future than this was written before the clock was put back: it waits for nothing. */
const CLOCK_SLACK_MS = 5_000;

export type FlushCounts = {
  /** Hits that are now in the database thanks to this flush. */
  inserted: number;
  /** Lines passed over because they were cut or damaged. */
  malformed: number;
  /** Hits on tokens that the database no longer has (a deleted push). */
  unknown: number;
};

/** `shown`: the rule it was first counted under, once it is in the database; `ours`: and nobody else had put it there. */
type Entry = { segment: Segment; line: Line; row: TokenRow | null; shown: string | null; ours: boolean };

/** How far the journals of one process have been read, and what is held while its judgement waits. */
export type Reading = { segments: Segment[]; offsets: Map<Segment, number>; recent: Entry[]; pending: Entry[] };

export const newReading = (segments: Segment[]): Reading => ({ segments, offsets: new Map(), recent: [], pending: [] });

/**
 * Brings these journals to the database, and removes the files that are wholly in it. A hit is counted at once, under
 * what is known of it; when `delayMs` have brought the neighbours it can have (0 for the journals of a dead process: no
 * more will come) it is judged again, and corrected if need be (BOT-03). Throws when the database does not answer; called
 * again, it goes on from there and counts nothing twice. `rest` comes between two batches, told how long one worked (ms):
 * the redirect goes first.
 */
export async function flushJournal(
  db: Database,
  reading: Reading,
  now: () => number,
  delayMs: number,
  rest: (workedMs: number) => Promise<unknown> = () => turn(),
): Promise<FlushCounts> {
  const counts: FlushCounts = { inserted: 0, malformed: 0, unknown: 0 };
  for (;;) {
    const began = performance.now();
    const atEnd = await read(reading, counts);
    const fresh = reading.pending.filter((e) => e.shown === null).slice(0, BATCH);
    if (fresh.length > 0) await show(db, reading, fresh, counts);
    const ready = takeReady(reading, now(), delayMs, atEnd);
    if (ready.length > 0) await settle(db, reading, ready);
    removeFinished(reading);
    if (ready.length === 0 && fresh.length === 0) return counts;
    await rest(performance.now() - began);
  }
}

/** Reads on until enough is held; true when nothing is left to read. */
async function read(reading: Reading, counts: FlushCounts): Promise<boolean> {
  for (const segment of reading.segments) {
    for (;;) {
      if (reading.pending.length >= HELD) return false;
      const from = reading.offsets.get(segment) ?? 0;
      const { lines, next, malformed } = await readChunk(segment, from, CHUNK_BYTES);
      if (next === from) break;
      counts.malformed += malformed;
      reading.pending.push(...lines.map((line) => ({ segment, line, row: null, shown: null, ours: false })));
      reading.offsets.set(segment, next);
    }
  }
  return true;
}

/** How many of the held lines, from the oldest, have all the neighbours they will have; taken in the order written. */
function takeReady(reading: Reading, now: number, delayMs: number, atEnd: boolean): Entry[] {
  const { pending } = reading;
  const until = delayMs === 0 ? Infinity : now - delayMs;
  const horizon = atEnd ? Infinity : (pending.at(-1)?.line.at ?? 0) - DECISION_DELAY_MS;
  let ready = 0;
  for (const { line, shown } of pending) {
    if (shown === null || (line.at > until && line.at <= now + CLOCK_SLACK_MS) || line.at > horizon) break;
    ready += 1;
  }
  // More than memory may hold within one minute: the older half is judged with the neighbours it has.
  if (!atEnd && ready === 0) ready = Math.ceil(pending.length / 2);
  return pending.slice(0, Math.min(ready, BATCH));
}

/** Counts new lines at once, under what is known of them now. */
async function show(db: Database, reading: Reading, fresh: Entry[], counts: FlushCounts): Promise<void> {
  const { hits, inserted } = await acrossOrganisations(db, async (trx) => {
    await findTokens((tokens) => tokenRows(trx, tokens), fresh);
    const hits = judge(reading, fresh);
    return {
      hits,
      inserted: await insertHits(
        trx,
        hits.map((h) => h.hit),
      ),
    };
  });
  for (const entry of fresh) entry.shown = '';
  // A replay finds rows that the dead process had put there: their class is whatever it knew.
  for (const { entry, hit } of hits) Object.assign(entry, { shown: hit.rule, ours: inserted === hits.length });
  const unknown = fresh.filter((e) => e.line.kind === 'hit').length - hits.length;
  counts.inserted += inserted;
  counts.unknown += unknown;
  if (unknown > 0) log.warn({ hits: unknown }, 'clics sur des liens que la base ne connaît plus : mis de côté');
}

/** Judges lines whose neighbours are all known, for good. */
async function settle(db: Database, reading: Reading, ready: Entry[]): Promise<void> {
  const late = judge(reading, ready).filter(({ entry, hit }) => !entry.ours || entry.shown !== hit.rule);
  if (late.length > 0)
    await acrossOrganisations(db, (trx) =>
      correctHits(
        trx,
        late.map((h) => h.hit),
      ),
    );
  reading.pending.splice(0, ready.length);
  const oldest = (reading.pending[0]?.line.at ?? ready.at(-1)?.line.at ?? 0) - DECISION_DELAY_MS;
  reading.recent = [...reading.recent, ...ready].filter((e) => e.line.at >= oldest).slice(-HELD);
}

async function findTokens(find: (tokens: string[]) => Promise<TokenRow[]>, entries: Entry[]): Promise<void> {
  const missing = entries.filter((e) => e.row === null && e.line.kind === 'hit');
  const tokens = new Set(missing.map((e) => (e.line.kind === 'hit' ? e.line.token : '')));
  if (tokens.size === 0) return;
  const found = new Map((await find([...tokens])).map((row) => [row.token, row]));
  for (const entry of missing) if (entry.line.kind === 'hit') entry.row = found.get(entry.line.token) ?? null;
}

function judge(reading: Reading, entries: Entry[]): { entry: Entry; hit: ClassifiedHit }[] {
  const judged = new Set(entries);
  const seen = [...reading.recent, ...reading.pending];
  const hits = seen.flatMap((entry) =>
    entry.line.kind === 'hit' && entry.row ? [{ entry, line: entry.line, row: entry.row }] : [],
  );
  const visits = seen.flatMap(({ line }) => (line.kind === 'unsubscribe' ? [line] : []));
  const around = surroundingsOf(
    hits.map(({ line, row }) => ({
      at: line.at,
      network: line.network,
      message: messageOf(row),
      link: row.link_id,
    })),
    visits,
  );
  return hits.flatMap(({ entry, line, row }, index) => {
    const surroundings = around[index];
    if (!judged.has(entry) || !surroundings) return [];
    const { class: verdict, rule } = classify(line.features, surroundings);
    const features = { ...line.features, ...surroundings };
    return [
      {
        entry,
        hit: { journal: entry.segment.journal, seq: line.seq, at: line.at, row, class: verdict, rule, features },
      },
    ];
  });
}

/** Links that stand together: those of one group's copies, or of one relay, one poster. All the others share push 0. */
const messageOf = ({ cell_id, source_id, push_id }: TokenRow): string =>
  cell_id !== null ? `cell ${cell_id}` : source_id !== null ? `source ${source_id}` : `push ${push_id}`;

function removeFinished(reading: Reading): void {
  const held = new Set(reading.pending.map((e) => e.segment));
  for (const segment of [...reading.segments]) {
    if (!segment.closed || held.has(segment) || (reading.offsets.get(segment) ?? 0) < segment.end) continue;
    removeSegment(segment);
    reading.segments.splice(reading.segments.indexOf(segment), 1);
    reading.offsets.delete(segment);
  }
}
