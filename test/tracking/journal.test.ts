import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { featuresOf } from '../../src/tracking/features.ts';
import { type Journal, type JournalGap, openJournal } from '../../src/tracking/journal.ts';
import { parseLine } from '../../src/tracking/lines.ts';
import { claimOrphans, readChunk } from '../../src/tracking/segments.ts';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'porte-voix-journal-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const hit = (at = 1) => ({
  kind: 'hit' as const,
  at,
  token: 'abcdefghijklmnopqrstuv',
  network: null,
  features: featuresOf('GET', {}),
});

test('every appended line is in the file when append answers, whole and in order', async () => {
  const journal = await openJournal(newFolder());
  await Promise.all(Array.from({ length: 500 }, (_, i) => journal.append(hit(i))));
  const segment = journal.segments[0];
  const lines = readFileSync(segment?.path ?? '', 'utf8')
    .trimEnd()
    .split('\n')
    .map(parseLine);
  expect(lines.map((l) => l?.seq)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  expect(journal.state()).toEqual({ written: 500, lost: 0, failing: false });
  await journal.close();
});

test('a full disk loses the count of a click, never the click: append answers, and the gap is counted', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'journal'));
  // The kernel's own full disk.
  symlinkSync('/dev/full', join(folder, 'journal', 'ffff-1.jsonl'));
  const journal = await openJournal(folder, { id: 'ffff' });
  expect(await journal.append(hit())).toBe(false);
  expect(await journal.append(hit())).toBe(false);
  expect(journal.state()).toEqual({ written: 0, lost: 2, failing: true });
  await journal.close();
});

/** A process that may write files of 100 KB and no more: the kernel refuses what comes after, sometimes in mid-line. */
async function writerUpToTheLimit(folder: string, rounds: number, apart: number) {
  const writer = new URL('journal-writer.ts', import.meta.url).pathname;
  const told = [process.execPath, writer, folder, String(rounds), String(apart)];
  const child = spawn('bash', ['-c', 'ulimit -f 100; exec "$0" --import tsx "$@"', ...told], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  const [requested = 0, answered = 0] = (lines.at(-2) ?? '').split(' ').map(Number);
  const said = JSON.parse(lines.at(-1) ?? '{}') as ReturnType<Journal['state']> & { gaps: JournalGap[] };
  return { requested, answered, said };
}

test('where the kernel refuses to write more, every click is answered, what is written is whole, and the rest is one gap', async () => {
  const folder = newFolder();
  const { requested, answered, said } = await writerUpToTheLimit(folder, 61, 1);
  expect(requested).toBe(31 * 200 + 30);
  expect(answered).toBeGreaterThan(400);
  const lost = requested - answered;
  expect(said).toMatchObject({ written: answered, lost, failing: true, gaps: [{ number: 1, hits: lost }] });
  const [orphan] = await claimOrphans(join(folder, 'journal'));
  const { lines, malformed } = await readChunk(
    orphan?.segments[0] ?? { journal: '', number: 0, path: '', end: 0, closed: true },
    0,
    1 << 20,
  );
  orphan?.release();
  expect([lines.length, malformed]).toEqual([answered, 0]);
});

test('a disk that takes a line now and then is one gap a minute apart at most, and another gap later', async () => {
  const { requested, answered, said } = await writerUpToTheLimit(newFolder(), 60, 61_000);
  expect(said.gaps.length).toBeGreaterThan(3);
  expect(said.gaps.reduce((sum, gap) => sum + gap.hits, 0)).toBe(requested - answered);
});

test('hours in which nothing can be written are one gap, however rare the clicks', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'journal'));
  symlinkSync('/dev/full', join(folder, 'journal', 'ffff-1.jsonl'));
  let at = 0;
  const journal = await openJournal(folder, { id: 'ffff', now: () => at });
  for (; at < 10 * 3_600_000; at += 3_600_000) await journal.append(hit());
  expect(journal.gaps()).toEqual([{ number: 1, from: 0, to: 9 * 3_600_000, hits: 10 }]);
  await journal.close();
});

test('an old file gives way to a new one, so that what is flushed can go', async () => {
  let now = 0;
  const journal = await openJournal(newFolder(), { now: () => now });
  await journal.append(hit());
  now = 11 * 60_000;
  await journal.turn();
  expect(journal.segments.map((s) => s.closed)).toEqual([true, false]);
  await journal.append(hit());
  expect(
    (
      await readChunk(journal.segments[1] ?? { journal: '', number: 0, path: '', end: 0, closed: true }, 0, 1_000)
    ).lines.map((l) => l.seq),
  ).toEqual([2]);
  await journal.close();
});

test('after kill -9 in the middle: answered ≤ recorded ≤ requested', async () => {
  const folder = newFolder();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', new URL('journal-writer.ts', import.meta.url).pathname, folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let requested = 0;
  let answered = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    [requested = 0, answered = 0] = line.split(' ').map(Number);
    if (answered > 2_000) child.kill('SIGKILL');
  }
  const [orphan] = await claimOrphans(join(folder, 'journal'));
  let recorded = 0;
  for (const segment of orphan?.segments ?? [])
    for (let from = 0; from < segment.end; ) {
      const chunk = await readChunk(segment, from, 1 << 20);
      recorded += chunk.lines.length;
      from = chunk.next;
    }
  orphan?.release();
  expect(answered).toBeGreaterThan(2_000);
  expect(recorded).toBeGreaterThanOrEqual(answered);
  expect(requested + 200).toBeGreaterThanOrEqual(recorded);
});
