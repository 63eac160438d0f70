import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../base/file-lock.ts';
import { type Line, parseLine } from './lines.ts';

/** One file of a journal. `journal` is its name in the database; nothing past `end` is to be read. */
export type Segment = { journal: string; number: number; path: string; end: number; closed: boolean };

const SEGMENT_NAME = /^([0-9a-f]+)-(\d+)\.jsonl$/;
export const segmentFile = (folder: string, id: string, number: number): string =>
  join(folder, `${id}-${number}.jsonl`);
export const lockFile = (folder: string, id: string): string => join(folder, `${id}.verrou`);

export type Chunk = { lines: Line[]; next: number; malformed: number };

/**
 * The whole lines from byte `from`, at most about `bytes` of them. A line that is cut or damaged is counted and passed
 * over; in a closed segment a last line without its end of line is such a line.
 */
export async function readChunk(segment: Segment, from: number, bytes: number): Promise<Chunk> {
  const wanted = Math.min(bytes, segment.end - from);
  if (wanted <= 0) return { lines: [], next: from, malformed: 0 };
  const buffer = Buffer.alloc(wanted);
  const handle = await open(segment.path, 'r');
  let read = 0;
  try {
    for (let got = -1; got !== 0 && read < wanted; read += got)
      got = (await handle.read(buffer, read, wanted - read, from + read)).bytesRead;
  } finally {
    await handle.close();
  }
  const last = buffer.lastIndexOf(10, read - 1);
  const reachesEnd = read < wanted || from + read >= segment.end;
  // A line longer than a whole chunk is not ours: pass over what was read of it.
  const whole = last >= 0 && !(reachesEnd && segment.closed) ? last + 1 : reachesEnd && !segment.closed ? 0 : read;
  const chunk: Chunk = { lines: [], next: from + whole, malformed: 0 };
  if (segment.closed && reachesEnd) chunk.next = segment.end;
  for (const text of buffer.toString('utf8', 0, whole).split('\n')) {
    if (text === '') continue;
    const line = parseLine(text);
    if (line) chunk.lines.push(line);
    else chunk.malformed += 1;
  }
  return chunk;
}

export type Orphan = { segments: Segment[]; release: () => void };

/** The journals whose process is dead, each held by a lock of ours so that nobody else replays it meanwhile. */
export async function claimOrphans(folder: string): Promise<Orphan[]> {
  const byProcess = new Map<string, Segment[]>();
  for (const name of readdirSync(folder)) {
    const [, id, number] = SEGMENT_NAME.exec(name) ?? [];
    if (id === undefined) continue;
    const path = join(folder, name);
    const segment = { journal: `${id}-${number}`, number: Number(number), path, end: 0, closed: true };
    byProcess.set(id, [...(byProcess.get(id) ?? []), segment]);
  }
  const orphans: Orphan[] = [];
  for (const [id, segments] of byProcess) {
    const lock = await takeLock(lockFile(folder, id), 'exclusive', 0);
    if (!lock) continue;
    // Sizes are read under the lock: a living process was still writing until then.
    for (const segment of segments) segment.end = statSync(segment.path, { throwIfNoEntry: false })?.size ?? 0;
    segments.sort((a, b) => a.number - b.number);
    orphans.push({
      segments,
      release: () => {
        lock.release();
        if (segments.length === 0) rmSync(lockFile(folder, id), { force: true });
      },
    });
  }
  return orphans;
}

export const removeSegment = (segment: Segment): void => rmSync(segment.path, { force: true });

const KEPT_MS = 23 * 3_600_000;

/**
 * Network hashes live 24 h at most (PRV-13), even when the database has been away for longer: they are blanked in the
 * files, byte for byte so that places in the file still hold. Those hits are then judged without their neighbours.
 */
export function forgetNetworks(segments: readonly Segment[], now: number): void {
  for (const segment of segments) {
    const stat = statSync(segment.path, { throwIfNoEntry: false });
    if (!segment.closed || !stat || now - stat.mtimeMs < KEPT_MS) continue;
    const text = readFileSync(segment.path, 'latin1');
    const blanked = text.replace(/"network":"[\w-]+"/g, (m) => '"network":null'.padEnd(m.length));
    if (blanked === text) continue;
    writeFileSync(`${segment.path}.nouveau`, blanked, { encoding: 'latin1', mode: 0o600 });
    renameSync(`${segment.path}.nouveau`, segment.path);
  }
}
