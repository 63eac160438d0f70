import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { startFlusher } from '../../src/tracking/flusher.ts';
import { openJournal } from '../../src/tracking/journal.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makePush } from './cast.ts';
import { recount } from './recount.ts';

const { db, cast, url } = await testDatabase();
const push = await makePush(db, cast, {
  cells: [{ recipients: 40 }, { recipients: 30, level: null }],
  urls: [1, 2, 3, 4, 5].map((n) => `https://a.example/${n}`),
});
const tokens = push.tokens.map((t) => t.token);
const HOUR = 3_600_000;

/** One process to its end, which is kill -9: how many clicks it was asked for, and how many it answered. */
async function liveAndDie(told: object): Promise<{ requested: number; answered: number; signal: string | null }> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      new URL('killed-process.ts', import.meta.url).pathname,
      JSON.stringify({ url, tokens, ...told }),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<string | null>((resolve) => child.on('close', (_, signal) => resolve(signal)));
  let [requested, answered] = [0, 0];
  for await (const line of createInterface({ input: child.stdout }))
    [requested = 0, answered = 0] = line.split(' ').map(Number);
  return { requested, answered, signal: await ended };
}

const life = fc.record({
  seed: fc.nat(),
  dies: fc.record({
    transaction: fc.integer({ min: 1, max: 14 }),
    at: fc.constantFrom('inside' as const, 'after' as const),
  }),
});

test('processes killed with kill -9 in their transactions, or just after: answered ≤ recorded ≤ requested, and every total is the recount', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 3 }), async (lives) => {
      await acrossOrganisations(db, (trx) =>
        sql`delete from hits; delete from hit_rollups; delete from hit_days`.execute(trx),
      );
      const folder = mkdtempSync(join(tmpdir(), 'porte-voix-killed-'));
      let [requested, answered] = [0, 0];
      // Each replays what those before it left, and dies in its turn.
      for (const [i, told] of lives.entries()) {
        const life = await liveAndDie({ folder, from: NOW.getTime() + i * HOUR, ...told });
        expect(life.signal).toBe('SIGKILL');
        requested += life.requested;
        answered += life.answered;
      }
      const last = await openJournal(folder);
      await startFlusher(db, last, { now: () => NOW.getTime() + 4 * HOUR, everyMs: 0 }).flush();
      expect(readdirSync(join(folder, 'journal')).filter((name) => !name.startsWith(last.id))).toEqual([]);
      await last.close();
      rmSync(folder, { recursive: true, force: true });
      const { hits, counted, totals } = await recount(db);
      expect(hits.length).toBeGreaterThanOrEqual(answered);
      expect(hits.length).toBeLessThanOrEqual(requested);
      expect(totals).toEqual(counted);
    }),
    // A smaller history would take as long again, and die elsewhere.
    { numRuns: 5, endOnFailure: true },
  );
}, 120_000);
