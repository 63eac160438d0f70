import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { acrossOrganisations, type Database } from '../../src/db/database.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { flushJournal, newReading } from '../../src/tracking/flush.ts';
import { startFlusher } from '../../src/tracking/flusher.ts';
import { openJournal } from '../../src/tracking/journal.ts';
import { encodeLine, type NewLine } from '../../src/tracking/lines.ts';
import { claimOrphans, forgetNetworks } from '../../src/tracking/segments.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makePush } from './cast.ts';
import { recount } from './recount.ts';

const { db, cast } = await testDatabase();
const push = await makePush(db, cast, { cells: [{ recipients: 40 }, { recipients: 30, level: null }] });
const T0 = NOW.getTime();
const BROWSER = featuresOf('GET', {
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
});

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'porte-voix-journal-'));
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  await forget();
});

const hit = (token: string, at = T0, extra: Partial<NewLine> = {}): NewLine =>
  ({ kind: 'hit', at, token, network: null, features: BROWSER, ...extra }) as NewLine;
const anyToken = (n: number): string => push.tokens[n % push.tokens.length]?.token ?? '';

const forget = () =>
  acrossOrganisations(db, (trx) => sql`delete from hits; delete from hit_rollups; delete from hit_days`.execute(trx));

/** A database whose connection is lost in every transaction: nothing is done, or all of it is and nobody learns of it. */
const losing = (when: 'refused' | 'untold'): Database => ({
  ...db,
  kysely: new Proxy(db.kysely, {
    get: (target, name) =>
      name !== 'transaction'
        ? Reflect.get(target, name, target)
        : () => ({
            execute: async (run: Parameters<ReturnType<typeof db.kysely.transaction>['execute']>[0]) => {
              await target.transaction().execute(async (trx) => {
                await run(trx);
                if (when === 'refused') throw new Error('connexion perdue');
              });
              throw new Error('connexion perdue');
            },
          }),
  }),
});

test('whatever crashes and replays: totals = recount of the hits = each line once', async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('hits' as const),
        count: fc.integer({ min: 1, max: 20 }),
        minutes: fc.integer({ min: -90, max: 0 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
    // The connection is lost: before the commit, or after it and before anybody was told.
    { weight: 2, arbitrary: fc.constantFrom({ do: 'refused' as const }, { do: 'untold' as const }) },
    // A crash right after the commit: the process forgets what it had read, and reads its files again from the start.
    { weight: 2, arbitrary: fc.record({ do: fc.constant('forget' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('die' as const), cut: fc.boolean() }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      await forget();
      const folder = newFolder();
      let journal = await openJournal(folder);
      let reading = newReading(journal.segments);
      let asked = 0;
      for (const s of steps) {
        if (s.do === 'hits') {
          const done = await Promise.all(
            Array.from({ length: s.count }, (_, i) => journal.append(hit(anyToken(i), T0 + s.minutes * 60_000 + i))),
          );
          asked += done.filter(Boolean).length;
        } else if (s.do === 'flush') await flushJournal(db, reading, () => T0, 60_000);
        else if (s.do === 'refused' || s.do === 'untold')
          await flushJournal(losing(s.do), reading, () => T0, 60_000).catch((error: Error) =>
            expect(error.message).toBe('connexion perdue'),
          );
        else if (s.do === 'forget') reading = newReading(journal.segments);
        else {
          const path = journal.segments.at(-1)?.path ?? '';
          await journal.close();
          if (s.cut) appendFileSync(path, '{"kind":"hit","seq":9');
          journal = await openJournal(folder);
          reading = newReading(journal.segments);
        }
      }
      await journal.close();
      journal = await openJournal(folder);
      const flusher = startFlusher(db, journal, { now: () => T0, everyMs: 0 });
      await flusher.flush();
      await flusher.flush();
      await journal.close();
      const { hits, counted, totals } = await recount(db);
      expect(hits).toHaveLength(asked);
      expect(totals).toEqual(counted);
    }),
    { numRuns: 25 },
  );
});

test('a hit is counted at once, and its hour is all that is kept of its time (PRV-13)', async () => {
  const journal = await openJournal(newFolder());
  const reading = newReading(journal.segments);
  await journal.append(hit(anyToken(0), T0 + 1_234));
  expect((await flushJournal(db, reading, () => T0 + 2_000, 60_000)).inserted).toBe(1);
  expect((await flushJournal(db, reading, () => T0 + 62_000, 60_000)).inserted).toBe(0);
  const { hits } = await recount(db);
  expect(hits[0]?.at).toEqual(NOW);
  expect(Object.keys(hits[0]?.features as object).sort()).toEqual([
    'bot',
    'burst',
    'crowd',
    'even',
    'family',
    'method',
    'networks',
    'prefetch',
    'unsubscribe',
  ]);
  await journal.close();
});

test('a burst is judged when its neighbours are known, and moves in the totals, whatever process judges it (BOT-03, BOT-05)', async () => {
  const urls = [1, 2, 3, 4, 5, 6].map((n) => `https://a.example/${n}`);
  const many = await makePush(db, cast, { slug: 'rafale', urls });
  const journal = await openJournal(newFolder());
  const network = 'abcdefghijklmnopqrstuv';
  const click = (i: number, at: number) => journal.append(hit(many.tokens[i]?.token ?? '', at, { network }));
  const classes = async () => (await recount(db)).hits.map((h) => h.class);
  const first = newReading(journal.segments);
  for (const i of [0, 1]) await click(i, T0 + i * 1_500);
  await flushJournal(db, first, () => T0 + 2_000, 60_000);
  expect(await classes()).toEqual(['inconnu', 'inconnu']);
  for (const i of [2, 3, 4, 5]) await click(i, T0 + i * 1_500);
  await click(0, T0 + 40_000);
  await flushJournal(db, first, () => T0 + 41_000, 60_000);
  // The first process dies here; another replays the same journal from its beginning.
  await flushJournal(db, newReading(journal.segments), () => T0 + 120_000, 60_000);
  const { hits, counted, totals } = await recount(db);
  expect(Map.groupBy(hits, (h) => h.class).get('scanner')).toHaveLength(6);
  expect(hits.find((h) => h.seq === 7)?.class).toBe('inconnu');
  expect(totals).toEqual(counted);
  await journal.close();
});

test('a hit dated in the future, after the clock went back, does not block those behind it', async () => {
  const journal = await openJournal(newFolder());
  await journal.append(hit(anyToken(0), T0 + 3_600_000));
  await journal.append(hit(anyToken(1), T0 - 120_000));
  expect((await flushJournal(db, newReading(journal.segments), () => T0, 60_000)).inserted).toBe(2);
  await journal.close();
});

test('the token of a deleted push is counted apart and poisons nothing', async () => {
  const gone = await makePush(db, cast, { slug: 'effacee' });
  await acrossOrganisations(db, (trx) => sql`delete from tokens where push_id = ${gone.pushId}`.execute(trx));
  const journal = await openJournal(newFolder());
  await Promise.all(
    [gone.tokens[0]?.token ?? '', anyToken(0), gone.tokens[1]?.token ?? ''].map((t) => journal.append(hit(t))),
  );
  const counts = await flushJournal(db, newReading(journal.segments), () => T0 + 61_000, 60_000);
  expect(counts).toEqual({ inserted: 1, malformed: 0, unknown: 2 });
  await journal.close();
});

test('damaged journals of a dead process are replayed once, their bad lines counted, their files removed', async () => {
  const folder = newFolder();
  const dead = join(folder, 'journal', 'dead0001-1.jsonl');
  const journal = await openJournal(folder);
  const line = (seq: number, token = anyToken(0)) =>
    encodeLine({ ...hit(token), seq } as Parameters<typeof encodeLine>[0]);
  writeFileSync(
    dead,
    [
      line(1),
      '\u0000\u0001 pas une ligne\n',
      line(2),
      '{"kind":"hit"}\n',
      `${'x'.repeat(700_000)}\n`,
      line(3),
      line(3),
      line(4, "'; drop table hits; --"),
      line(5).slice(0, -20),
    ].join(''),
  );
  const flusher = startFlusher(db, journal, { now: () => T0, everyMs: 0 });
  const counts = await flusher.flush();
  expect(counts.inserted).toBe(3);
  expect(counts.malformed).toBeGreaterThanOrEqual(5);
  expect(readdirSync(join(folder, 'journal')).filter((f) => f.startsWith('dead'))).toEqual([]);
  expect((await recount(db)).hits.map((h) => h.seq).sort()).toEqual([1, 2, 3]);
  await journal.close();
});

test('the journal of a living process is nobody else’s to replay', async () => {
  const journal = await openJournal(newFolder());
  await journal.append(hit(anyToken(0)));
  expect(await claimOrphans(journal.folder)).toEqual([]);
  await journal.close();
});

test('with the database away the journal goes on, and everything arrives when it is back', async () => {
  const journal = await openJournal(newFolder());
  const away = {
    ...db,
    kysely: new Proxy(db.kysely, {
      get: () => () => {
        throw new Error('connexion refusée');
      },
    }),
  };
  const reading = newReading(journal.segments);
  await journal.append(hit(anyToken(0)));
  await expect(flushJournal(away, reading, () => T0 + 61_000, 60_000)).rejects.toThrow('connexion refusée');
  expect(await journal.append(hit(anyToken(1)))).toBe(true);
  expect((await flushJournal(db, reading, () => T0 + 61_000, 60_000)).inserted).toBe(2);
  await journal.close();
});

test('network hashes are blanked in journals that have waited for a day, and the hits still count (PRV-13)', async () => {
  const folder = newFolder();
  const journal = await openJournal(folder);
  await journal.append(hit(anyToken(0), T0, { network: 'abcdefghijklmnopqrstuv' }));
  await journal.close();
  const [orphan] = await claimOrphans(join(folder, 'journal'));
  if (!orphan) throw new Error('the closed journal was not found');
  forgetNetworks(orphan.segments, Date.now() + 24 * 3_600_000);
  const text = readFileSync(orphan.segments[0]?.path ?? '', 'utf8');
  expect(text).not.toContain('abcdefghijklmnopqrstuv');
  expect(text.length).toBe(orphan.segments[0]?.end);
  expect((await flushJournal(db, newReading(orphan.segments), () => T0, 0)).inserted).toBe(1);
  orphan.release();
});
