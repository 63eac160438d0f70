import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Database, type Trx } from '../db/database.ts';
import { classify, DECISION_DELAY_MS, type Surroundings } from './classify.ts';
import { correctHits } from './correct-hits.ts';
import { type ClassifiedHit, insertHits } from './insert-hits.ts';
import type { Line } from './lines.ts';
import { type Neighbourhood, openNeighbourhood, type Seen, surroundingsOf } from './neighbourhood.ts';
import { groupLink, type PersonalLink, type PersonalOpener } from './personal-links.ts';
import { type TokenRow, tokenRows } from './queries.ts';
import { readChunk, removeSegment, type Segment } from './segments.ts';

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

/** What a token stands for; `delivery`: the message it was made for, where it is one person's. */
type Known = TokenRow & { delivery: number | null };

/**
 * A line that waits for its judgement. `row`: what its token stands for, null where the database knows none, undefined until
 * it was asked; `seen`: it among its neighbours. `shown`: what surrounded it when it was first counted, once
 * it is in the database; `ours`: and nobody else had put it there.
 */
type Entry = {
  segment: Segment;
  line: Line;
  row?: Known | null;
  seen: Seen | null;
  shown: Surroundings | null;
  ours: boolean;
};

/**
 * How far the journals of one process have been read, and what is held while its judgement waits: `pending`, in the order
 * written, of which the first `asked` know their tokens and their neighbours, and the first `shown` are in the database.
 */
export type Reading = {
  segments: Segment[];
  offsets: Map<Segment, number>;
  neighbourhood: Neighbourhood;
  open: PersonalOpener;
  pending: Entry[];
  asked: number;
  shown: number;
};

/** `open`: reads the links that are one person's; without it there are none. */
export const newReading = (segments: Segment[], open: PersonalOpener = () => null): Reading => ({
  segments,
  offsets: new Map(),
  neighbourhood: openNeighbourhood(),
  open,
  pending: [],
  asked: 0,
  shown: 0,
});

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
    const fresh = reading.pending.length - reading.shown;
    if (fresh > 0) await show(db, reading, counts);
    const ready = takeReady(reading, now(), delayMs, atEnd);
    if (ready.length > 0) await settle(db, reading, ready);
    removeFinished(reading);
    if (ready.length === 0 && fresh === 0) return counts;
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
      reading.pending.push(...lines.map((line) => ({ segment, line, seen: null, shown: null, ours: false })));
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
  const most = Math.min(reading.shown, BATCH);
  let ready = 0;
  for (; ready < most; ready += 1) {
    const { at } = (pending[ready] as Entry).line;
    if ((at > until && at <= now + CLOCK_SLACK_MS) || at > horizon) break;
  }
  // More than memory may hold within one minute: the oldest are judged with the neighbours they have.
  return pending.slice(0, ready === 0 && !atEnd ? most : ready);
}

/** Counts new lines at once, under what is known of them now. */
async function show(db: Database, reading: Reading, counts: FlushCounts): Promise<void> {
  const { fresh, hits, inserted } = await acrossOrganisations(db, async (trx) => {
    await meet(trx, reading);
    const fresh = reading.pending.slice(reading.shown, reading.shown + BATCH);
    const hits = fresh.flatMap(judged);
    return {
      fresh,
      hits,
      inserted: await insertHits(
        trx,
        hits.map((h) => h.hit),
      ),
    };
  });
  reading.shown += fresh.length;
  // A replay finds rows that the dead process had put there: their class is whatever it knew.
  for (const { entry, around } of hits) Object.assign(entry, { shown: around, ours: inserted === hits.length });
  const unknown = fresh.filter((e) => e.line.kind === 'hit').length - hits.length;
  counts.inserted += inserted;
  counts.unknown += unknown;
  if (unknown > 0) log.warn({ hits: unknown }, 'clics sur des liens que la base ne connaît plus : mis de côté');
}

/** Finds what the tokens of the lines just read stand for, and tells each line to its neighbours: once, in order. */
async function meet(trx: Trx, reading: Reading): Promise<void> {
  const strangers = reading.pending.slice(reading.asked);
  const known = await knownTokens(trx, reading, strangers);
  for (const entry of strangers) {
    const { line } = entry;
    if (line.kind === 'unsubscribe') reading.neighbourhood.visit(line);
    else {
      const row = known.get(line.token) ?? null;
      entry.row = row;
      if (row === null) continue;
      const { link_id: link, links, people } = row;
      entry.seen = reading.neighbourhood.hit({ ...line, ...placeOf(row), link, links, people });
    }
  }
  reading.asked += strangers.length;
}

/** A person's own link stands for what the group's stands for: the message it names may be gone. */
async function knownTokens(trx: Trx, { open }: Reading, entries: readonly Entry[]): Promise<Map<string, Known>> {
  const stored: string[] = [];
  const own = new Map<string, PersonalLink>();
  for (const token of new Set(entries.flatMap(({ line }) => (line.kind === 'hit' ? [line.token] : [])))) {
    const personal = open(token);
    if (personal) own.set(token, personal);
    else stored.push(token);
  }
  if (stored.length === 0 && own.size === 0) return new Map();
  const groups = new Map([...own.values()].map((p) => [groupLink(p), p]));
  const rows = await tokenRows(trx, stored, [...groups.values()]);
  const known = new Map(rows.map((row) => [row.token, { ...row, delivery: null } as Known]));
  const byLink = new Map(rows.map((row) => [groupLink({ cell: row.cell_id ?? 0, link: row.link_id }), row]));
  for (const [token, personal] of own) {
    const row = byLink.get(groupLink(personal));
    if (row) known.set(token, { ...row, token, delivery: personal.delivery });
  }
  return known;
}

/** Judges lines whose neighbours are all known, for good. */
async function settle(db: Database, reading: Reading, ready: Entry[]): Promise<void> {
  const late = ready
    .flatMap(judged)
    .filter(({ entry, around }) => !entry.ours || !isDeepStrictEqual(entry.shown, around));
  if (late.length > 0)
    await acrossOrganisations(db, (trx) =>
      correctHits(
        trx,
        late.map((h) => h.hit),
      ),
    );
  reading.pending.splice(0, ready.length);
  reading.asked -= ready.length;
  reading.shown -= ready.length;
}

function judged(entry: Entry): { entry: Entry; around: Surroundings; hit: ClassifiedHit }[] {
  const { line, row, segment } = entry;
  if (line.kind !== 'hit' || !row) return [];
  const around = surroundingsOf(entry.seen);
  const features = { ...line.features, ...around };
  const { class: verdict, rule } = classify(features);
  const { delivery } = row;
  const hit = { journal: segment.journal, seq: line.seq, at: line.at, row, delivery, class: verdict, rule, features };
  return [{ entry, around, hit }];
}

/**
 * Links that stand together: those of one group's copies, or of one relay, one poster; all the others share push 0. A message
 * with links of its own stands by itself, and its links were received by one person: how many asked is judged by group.
 */
function placeOf({ cell_id, source_id, push_id, delivery }: Known): { message: string; holders: string } {
  const holders = cell_id !== null ? `cell ${cell_id}` : source_id !== null ? `source ${source_id}` : `push ${push_id}`;
  return { message: delivery === null ? holders : `delivery ${delivery}`, holders };
}

/** Lines wait in the order of their files: what stands before the oldest one's file is done with. */
function removeFinished(reading: Reading): void {
  const { segments, offsets, pending } = reading;
  const waiting = pending[0]?.segment;
  for (const segment of [...segments]) {
    if (segment === waiting || !segment.closed || (offsets.get(segment) ?? 0) < segment.end) return;
    removeSegment(segment);
    segments.splice(segments.indexOf(segment), 1);
    offsets.delete(segment);
  }
}
