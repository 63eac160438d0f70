import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { acrossOrganisations, type Database } from '../../src/db/database.ts';
import { redirect } from '../../src/public/redirect.ts';
import { readReport } from '../../src/reports/report.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { startFlusher } from '../../src/tracking/flusher.ts';
import { type Journal, openJournal } from '../../src/tracking/journal.ts';
import { encodeLine, type HitLine } from '../../src/tracking/lines.ts';
import { claimOrphans } from '../../src/tracking/segments.ts';
import { openTokenStore } from '../../src/tracking/token-store.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { makePush } from './cast.ts';

const { db, cast, ctx } = await testDatabase();
const push = await makePush(db, cast, { slug: 'pannes' });
const token = push.tokens[0]?.token ?? '';
const T0 = NOW.getTime();
const MINUTE = 60_000;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** The database, and whether it answers. */
let reachable = true;
const fickle: Database = {
  ...db,
  kysely: new Proxy(db.kysely, {
    get: (target, name) => {
      if (!reachable) throw new Error('connexion refusée');
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  }),
};

const undo: (() => unknown)[] = [];
afterAll(async () => {
  for (const u of undo.reverse()) await u();
});
beforeEach(async () => {
  reachable = true;
  await acrossOrganisations(db, (trx) =>
    sql`delete from hits; delete from hit_rollups; delete from hit_days`.execute(trx),
  );
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'porte-voix-faults-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type Clock = { at: number };
/** The redirect as it runs: on a real socket, with its journal and its memory of tokens. */
async function listen(journal: Journal, clock: Clock = { at: T0 }) {
  const tokens = openTokenStore(fickle, newFolder(), { now: () => clock.at, everyMs: 0 });
  await tokens.refresh();
  const app = redirect({ tokens, journal, trustedProxies: 1, secrets: SECRETS, now: () => clock.at });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const s = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(s));
  });
  undo.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', headers: { 'user-agent': FIREFOX, ...headers } });
}

const keptHits = async () =>
  acrossOrganisations(db, (trx) => trx.selectFrom('hits').selectAll().orderBy('seq').execute());

const line = (seq: number, at = T0, network: string | null = null): string =>
  encodeLine({ kind: 'hit', seq, at, token, network, features: featuresOf('GET', { userAgent: FIREFOX }) } as HitLine);

test('with the database away for minutes every reader is led on, and nothing is lost', async () => {
  const clock = { at: T0 };
  const journal = await openJournal(newFolder(), { now: () => clock.at });
  const get = await listen(journal, clock);
  const flusher = startFlusher(fickle, journal, { now: () => clock.at, everyMs: 0 });
  reachable = false;
  for (let minute = 0; minute < 14; minute++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => get(`/r/${token}`)));
    expect(answers.map((a) => a.status)).toEqual(Array(10).fill(302));
    await expect(flusher.flush()).rejects.toThrow('connexion refusée');
    clock.at += MINUTE;
  }
  expect(flusher.journalState()).toMatchObject({ written: 140, lost: 0, inserted: 0, error: 'connexion refusée' });
  expect(flusher.journalState().lagSeconds).toBeGreaterThan(13 * 60);
  reachable = true;
  await flusher.flush();
  expect(await keptHits()).toHaveLength(140);
  expect(flusher.journalState()).toMatchObject({ inserted: 140, error: null, lagSeconds: 0 });
  await journal.close();
});

test('with the disk full every reader is led on, and the report says how many clicks are missing, and between when', async () => {
  const clock = { at: T0 };
  const folder = newFolder();
  mkdirSync(join(folder, 'journal'));
  // The kernel's own full disk, for the first file; the next one finds room again.
  symlinkSync('/dev/full', join(folder, 'journal', 'ffff-1.jsonl'));
  const journal = await openJournal(folder, { id: 'ffff', now: () => clock.at });
  const get = await listen(journal, clock);
  for (let i = 0; i < 12; i++) {
    expect((await get(`/r/${token}`)).status).toBe(302);
    clock.at += 30_000;
  }
  expect(journal.gaps()).toEqual([{ number: 1, from: T0, to: T0 + 11 * 30_000, hits: 12 }]);
  // The database is away too: the gap waits in memory, and is not forgotten.
  const flusher = startFlusher(fickle, journal, { now: () => clock.at, everyMs: 0 });
  reachable = false;
  await expect(flusher.flush()).rejects.toThrow('connexion refusée');
  reachable = true;
  await flusher.flush();
  // It goes on: still one gap, longer.
  expect((await get(`/r/${token}`)).status).toBe(302);
  await flusher.flush();
  await flusher.flush();
  const gaps = () => acrossOrganisations(db, (trx) => trx.selectFrom('journal_gaps').selectAll().execute());
  expect(await gaps()).toEqual([
    { journal: 'ffff', number: 1, started_at: NOW, ended_at: new Date(T0 + 6 * MINUTE), hits: 13 },
  ]);
  const missing = async (at: Date, window = {}) =>
    (await readReport(ctx(cast.alice, at), 'campagne-pannes', window)).unmeasured
      .map((u) => u.what)
      .filter((what) => what.includes('requêtes'));
  expect((await missing(new Date(clock.at))).map((what) => what.replace(/\s/g, ' '))).toEqual([
    '13 requêtes, du dimanche 22 novembre 2026, 11 h au dimanche 22 novembre 2026, 11 h 06',
  ]);
  expect(await missing(NOW, { from: '2026-11-01', to: '2026-11-21' })).toEqual([]);
  await journal.close();
});

test('a gap that the last round did not see is noted as the process stops', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'journal'));
  symlinkSync('/dev/full', join(folder, 'journal', 'eeee-1.jsonl'));
  const journal = await openJournal(folder, { id: 'eeee', now: () => T0 - 400 * 24 * 60 * MINUTE });
  const flusher = startFlusher(db, journal, { everyMs: 0 });
  await journal.append({ kind: 'hit', at: T0, token, network: null, features: featuresOf('GET', {}) });
  await flusher.stop();
  const kept = await acrossOrganisations(db, (trx) =>
    trx.selectFrom('journal_gaps').select('hits').where('journal', '=', 'eeee').execute(),
  );
  expect(kept).toEqual([{ hits: 1 }]);
  await journal.close();
});

test('a journal file that comes back, whole or longer, is counted once; one that comes late is counted where it belongs', async () => {
  const folder = newFolder();
  const journal = await openJournal(folder);
  const file = join(folder, 'journal', 'cafe-3.jsonl');
  const replay = async (text: string): Promise<number> => {
    writeFileSync(file, text);
    const { inserted } = await startFlusher(db, journal, { now: () => T0 + 3 * 86_400_000, everyMs: 0 }).flush();
    return inserted;
  };
  const old = line(1, T0 - 86_400_000) + line(2, T0 - 86_400_000);
  expect(await replay(old)).toBe(2);
  // A backup restored over it: the same lines, then some that had not been seen; and twice within the file.
  expect(await replay(old + line(2, T0 - 86_400_000) + line(3))).toBe(1);
  expect(await replay(old)).toBe(0);
  expect((await keptHits()).map((h) => [h.seq, h.at.toISOString()])).toEqual([
    [1, '2026-11-21T10:00:00.000Z'],
    [2, '2026-11-21T10:00:00.000Z'],
    [3, '2026-11-22T10:00:00.000Z'],
  ]);
  const totals = await acrossOrganisations(db, (trx) =>
    sql<{ day: string; n: number }>`select day, sum(hits)::int as n from hit_days group by 1 order by 1`.execute(trx),
  );
  expect(totals.rows).toEqual([
    { day: '2026-11-21', n: 2 },
    { day: '2026-11-22', n: 1 },
  ]);
  await journal.close();
});

test('a clock that goes back an hour between two clicks loses neither and blocks nobody', async () => {
  const clock = { at: T0 };
  const journal = await openJournal(newFolder(), { now: () => clock.at });
  const get = await listen(journal, clock);
  const flusher = startFlusher(db, journal, { now: () => clock.at, everyMs: 0 });
  for (const jump of [0, -60, 1, -10, 300]) {
    clock.at += jump * MINUTE;
    await get(`/r/${token}`);
    await flusher.flush();
  }
  clock.at += 2 * MINUTE;
  await flusher.flush();
  expect(await keptHits()).toHaveLength(5);
  expect((await claimOrphans(journal.folder)).length).toBe(0);
  await journal.close();
});

test('hostile browsers and referrers (length, control bytes, SQL, HTML) leave nothing of themselves, in the journal or in the database', async () => {
  const folder = newFolder();
  const journal = await openJournal(folder);
  const get = await listen(journal);
  const hostile = [
    '<script>alert(1)</script> bot',
    "'; drop table hits; --",
    `Mozilla/5.0 ${'x'.repeat(3_000)}`,
    'Mozilla/5.0 \t\u00e9\u00ff {"kind":"hit","seq":1} bot',
    '%00%0a%0d Set-Cookie: a=b',
    '../../etc/passwd',
  ];
  for (const agent of hostile) {
    const headers = {
      'user-agent': agent,
      referer: `https://evil.example/${encodeURIComponent(agent)}`,
      'x-forwarded-for': agent.replace(/[^ -~]/g, ''),
    };
    const answer = await get(`/r/${token}`, headers);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([302, null]);
    expect(answer.headers.get('location')).toBe('https://a.example/');
  }
  const written = readFileSync(journal.segments[0]?.path ?? '', 'utf8');
  expect(written.trimEnd().split('\n')).toHaveLength(hostile.length);
  await startFlusher(db, journal, { now: () => T0 + 2 * MINUTE, everyMs: 0 }).flush();
  const hits = await keptHits();
  expect(hits).toHaveLength(hostile.length);
  for (const text of [written, JSON.stringify(hits)])
    expect(text).not.toMatch(/script|drop|xxxx|evil|passwd|Cookie|\u00e9/);
  await journal.close();
});

test('the links of a deleted push lead to a plain page, once nobody remembers them; what was counted stays', async () => {
  const gone = await makePush(db, cast, { slug: 'retiree' });
  const old = gone.tokens[0]?.token ?? '';
  const journal = await openJournal(newFolder());
  const get = await listen(journal);
  expect((await get(`/r/${old}`)).status).toBe(302);
  const flusher = startFlusher(db, journal, { now: () => T0 + 2 * MINUTE, everyMs: 0 });
  await flusher.flush();
  await acrossOrganisations(db, (trx) => sql`delete from tokens where push_id = ${gone.pushId}`.execute(trx));
  // This process still knows the link and leads there; its click belongs to nothing any more, and is said to.
  expect((await get(`/r/${old}`)).status).toBe(302);
  expect(await flusher.flush()).toEqual({ inserted: 0, malformed: 0, unknown: 1 });
  const other = await listen(journal);
  const answer = await other(`/r/${old}`);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('Ce lien ne mène nulle part');
  expect(await keptHits()).toHaveLength(1);
  await journal.close();
});

test('hits on a link that a hundred thousand ask for at once are counted once each, and said to be a crowd', async () => {
  const folder = newFolder();
  const journal = await openJournal(folder);
  const lines = Array.from({ length: 100_000 }, (_, i) => line(i + 1, T0 + Math.floor(i / 2), `reseau-${i % 500}`));
  writeFileSync(join(folder, 'journal', 'beef-1.jsonl'), lines.join(''));
  const { inserted } = await startFlusher(db, journal, { now: () => T0, everyMs: 0 }).flush();
  expect(inserted).toBe(100_000);
  const { rows } = await acrossOrganisations(db, (trx) =>
    sql<{ rule: string; n: number }>`select rule, sum(hits)::int as n from hit_days where hits <> 0 group by 1`.execute(
      trx,
    ),
  );
  expect(rows).toEqual([{ rule: 'foule', n: 100_000 }]);
  await journal.close();
});

test('on the days on which clocks change, both ways, each click is of its day in Paris: none twice, none lost', async () => {
  const HOURS = {
    '2026-03-28': ['2026-03-28T22:59:59Z'],
    // From midnight to midnight, 23 hours: there is no half past two.
    '2026-03-29': ['2026-03-28T23:00:00Z', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-29T21:59:59Z'],
    '2026-03-30': ['2026-03-29T22:00:00Z'],
    '2026-10-24': ['2026-10-24T21:59:59Z'],
    // 25 hours: half past two comes twice, and both are kept.
    '2026-10-25': ['2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T22:59:59Z'],
    '2026-10-26': ['2026-10-25T23:00:00Z'],
  };
  const folder = newFolder();
  const journal = await openJournal(folder);
  const times = Object.values(HOURS).flat();
  const file = join(folder, 'journal', 'dada-1.jsonl');
  writeFileSync(file, times.map((at, i) => line(i + 1, Date.parse(at))).join(''));
  await startFlusher(db, journal, { now: () => T0, everyMs: 0 }).flush();
  const raw = async (from: string, to: string) =>
    (await readReport(ctx(cast.alice), 'campagne-pannes', { from, to })).figures.clicsBruts.value;
  for (const [day, of] of Object.entries(HOURS)) expect([day, await raw(day, day)]).toEqual([day, of.length]);
  expect(await raw('2026-03-28', '2026-03-30')).toBe(6);
  expect(await raw('2026-10-24', '2026-10-26')).toBe(6);
  expect((await keptHits()).filter((h) => h.at.toISOString().startsWith('2026-10-25T0')).map((h) => h.at)).toEqual([
    new Date('2026-10-25T00:00:00Z'),
    new Date('2026-10-25T01:00:00Z'),
  ]);
  await journal.close();
});
