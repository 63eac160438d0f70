import { setImmediate as turn } from 'node:timers/promises';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';
import { classify, DECISION_DELAY_MS } from './classify.ts';
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

type Entry = { segment: Segment; line: Line; row: TokenRow | null };

/** How far the journals of one process have been read, and what is held while its judgement waits. */
export type Reading = { segments: Segment[]; offsets: Map<Segment, number>; recent: Entry[]; pending: Entry[] };

export const newReading = (segments: Segment[]): Reading => ({ segments, offsets: new Map(), recent: [], pending: [] });

/**
 * Brings to the database what is old enough in these journals to be judged, and removes the files that are wholly in
 * it. `delayMs` is how long a hit waits for its neighbours (0 for the journals of a dead process: no more will come).
 * Throws when the database does not answer; called again, it goes on from there and counts nothing twice.
 */
export async function flushJournal(db: Database, reading: Reading, now: () => number, delayMs: number): Promise<FlushCounts> {
  const counts: FlushCounts = { inserted: 0, malformed: 0, unknown: 0 };
  for (;;) {
    const atEnd = await read(reading, counts);
    const ready = takeReady(reading, now(), delayMs, atEnd);
    if (ready.length > 0) await settle(db, reading, ready, counts);
    removeFinished(reading);
    if (ready.length === 0) return counts;
    // Between two batches the redirect goes first.
    await turn();
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
      reading.pending.push(...lines.map((line) => ({ segment, line, row: null })));
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
  for (const { line } of pending) {
    if ((line.at > until && line.at <= now + CLOCK_SLACK_MS) || line.at > horizon) break;
    ready += 1;
  }
  // More than memory may hold within one minute: the older half is judged with the neighbours it has.
  if (!atEnd && ready === 0) ready = Math.ceil(pending.length / 2);
  return pending.slice(0, Math.min(ready, BATCH));
}

async function settle(db: Database, reading: Reading, ready: Entry[], counts: FlushCounts): Promise<void> {
  let unknown = 0;
  const inserted = await acrossOrganisations(db, async (trx) => {
    await findTokens((tokens) => tokenRows(trx, tokens), reading.pending);
    const hits = judge(reading, ready);
    unknown = ready.filter((e) => e.line.kind === 'hit').length - hits.length;
    return insertHits(trx, hits);
  });
  counts.inserted += inserted;
  counts.unknown += unknown;
  if (unknown > 0) log.warn({ hits: unknown }, 'clics sur des liens que la base ne connaît plus : mis de côté');
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

function judge(reading: Reading, ready: Entry[]): ClassifiedHit[] {
  const judged = new Set(ready);
  const seen = [...reading.recent, ...reading.pending];
  const hits = seen.flatMap(({ line, row, segment }, index) =>
    line.kind === 'hit' && row ? [{ line, row, segment, mine: judged.has(seen[index] as Entry) }] : [],
  );
  const visits = seen.flatMap(({ line }) => (line.kind === 'unsubscribe' ? [line] : []));
  const around = surroundingsOf(
    hits.map(({ line, row }) => ({
      at: line.at,
      network: line.network,
      message: row.cell_id === null ? `push ${row.push_id}` : `cell ${row.cell_id}`,
      link: row.link_id,
    })),
    visits,
  );
  return hits.flatMap(({ line, row, segment, mine }, index) => {
    const surroundings = around[index];
    if (!mine || !surroundings) return [];
    const verdict = classify(line.features, surroundings);
    return [{
      journal: segment.journal, seq: line.seq, at: line.at, row, class: verdict.class, rule: verdict.rule,
      features: { ...line.features, ...surroundings },
    }];
  });
}

function removeFinished(reading: Reading): void {
  const held = new Set(reading.pending.map((e) => e.segment));
  for (const segment of [...reading.segments]) {
    if (!segment.closed || held.has(segment) || (reading.offsets.get(segment) ?? 0) < segment.end) continue;
    removeSegment(segment);
    reading.segments.splice(reading.segments.indexOf(segment), 1);
    reading.offsets.delete(segment);
  }
}
