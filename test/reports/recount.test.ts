import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { toParisDay } from '../../src/base/dates.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { readReport } from '../../src/reports/report.ts';
import { reasonOf } from '../../src/tracking/classify.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { flushJournal, newReading } from '../../src/tracking/flush.ts';
import { startFlusher } from '../../src/tracking/flusher.ts';
import { openJournal } from '../../src/tracking/journal.ts';
import { purgeHits, recountableSince } from '../../src/tracking/purge.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign, makePush } from '../tracking/cast.ts';

const { db, cast, ctx } = await testDatabase();
const { opco, btp } = cast.organisations;
const campaignId = await makeCampaign(db, cast, 'recomptee', { starts_on: '2026-10-01' });
const CELLS = [
  { organisationId: opco, level: 'terrain', region: 'Bretagne', recipients: 40 },
  { organisationId: opco, level: 'institutionnel', region: 'Bretagne', recipients: 30 },
  { organisationId: btp, level: 'terrain', region: null, recipients: 25 },
];
const URLS = [1, 2, 3, 4, 5].map((n) => `https://a.example/${n}`);
const pushes = [
  await makePush(db, cast, { slug: 'une', campaignId, cells: CELLS, urls: URLS }),
  await makePush(db, cast, { slug: 'deux', campaignId, cells: CELLS, urls: URLS }),
];
// Whose groups may be told: everybody in them received both letters.
await acrossOrganisations(db, (trx) =>
  sql`
    insert into deliveries (push_id, organisation_id, campaign_id, contact_id, address_hash, level, cell_id, state, handed_at, settled_at)
    select c.push_id, c.organisation_id, c.campaign_id, n, convert_to(c.organisation_id || '/' || c.level || '/' || n, 'UTF8'), c.level, c.id,
      'accepted', ${NOW}::timestamptz, ${NOW}::timestamptz
    from cells c, generate_series(1, c.recipients) n`.execute(trx),
);
const tokens = pushes.flatMap((p) => p.tokens.map((t) => t.token));
const T0 = NOW.getTime();
const READERS = ['Firefox/140.0', 'Chrome/141.0 Safari/537.36', 'Googlebot/2.1', ''].map((agent) =>
  featuresOf('GET', { userAgent: agent && `Mozilla/5.0 (X11; Linux x86_64) ${agent}` }),
);

const forget = () =>
  acrossOrganisations(db, async (trx) => {
    for (const table of ['hits', 'hit_rollups', 'hit_days']) await sql`delete from ${sql.table(table)}`.execute(trx);
  });

/** A few minutes of one evening or another: readers here and there, gateways that open everything, people who leave. */
const burst = fc.record({
  do: fc.constant('burst' as const),
  token: fc.nat({ max: tokens.length - 1 }),
  hits: fc.integer({ min: 1, max: 12 }),
  network: fc.nat({ max: 3 }),
  apart: fc.constantFrom(0, 900, 6_000, 30_000),
  sameLink: fc.boolean(),
  reader: fc.nat({ max: READERS.length - 1 }),
  unsubscribes: fc.option(fc.boolean()),
  hours: fc.integer({ min: 0, max: 40 }),
  /** After which of its hits those that came are carried away: what comes next may change what they were taken for. */
  carriedAt: fc.option(fc.nat({ max: 8 })),
});
const step = fc.oneof(
  { weight: 6, arbitrary: burst },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('die' as const) }) },
);

type Kept = {
  push: number;
  organisation: number;
  level: string;
  link: number;
  day: string;
  rule: string;
  class: string;
};

/** Hit by hit, with nothing but what is kept of each. */
async function keptHits(): Promise<Kept[]> {
  const rows = await acrossOrganisations(db, (trx) =>
    trx
      .selectFrom('hits as h')
      .innerJoin('cells as c', 'c.id', 'h.cell_id')
      .select(['h.push_id', 'h.organisation_id', 'c.level', 'h.link_id', 'h.at', 'h.reason', 'h.class'])
      .execute(),
  );
  return rows.map((r) => ({
    push: r.push_id,
    organisation: r.organisation_id,
    level: r.level ?? '',
    link: r.link_id,
    day: toParisDay(r.at),
    rule: r.reason,
    class: r.class,
  }));
}

const RETAINED = ['inconnu', 'qualifie', 'confirme'];
const retained = (h: Kept): boolean => RETAINED.includes(h.class);
const doubtful = (h: Kept): boolean => h.class === 'suspect';
const robot = (h: Kept): boolean => h.class === 'scanner';
const per = (hits: readonly Kept[], key: (h: Kept) => string | number): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const h of hits.filter(retained)) found[key(h)] = (found[key(h)] ?? 0) + 1;
  return found;
};

test('whatever comes, crashes and is replayed: every figure of clicks is what the kept hits give, counted one by one', async () => {
  const classes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      await forget();
      const folder = mkdtempSync(join(tmpdir(), 'porte-voix-recount-'));
      let journal = await openJournal(folder);
      let reading = newReading(journal.segments);
      let requested = 0;
      let answered = 0;
      for (const s of steps) {
        if (s.do === 'burst') {
          const from = T0 - s.hours * 3_600_000;
          for (let i = 0; i < s.hits; i++) {
            requested += 1;
            const written = await journal.append({
              kind: 'hit',
              at: from + i * s.apart,
              token: tokens[(s.token + (s.sameLink ? 0 : i)) % tokens.length] ?? '',
              network: `reseau-n-${s.network}`,
              features: READERS[s.reader] ?? READERS[0]!,
            });
            if (written) answered += 1;
            if (i === s.carriedAt) await flushJournal(db, reading, () => T0, 60_000);
          }
          if (s.unsubscribes !== null)
            await journal.append({
              kind: 'unsubscribe',
              at: from + s.hits * s.apart,
              network: `reseau-n-${s.network}`,
              confirmed: s.unsubscribes,
            });
        } else if (s.do === 'flush') await flushJournal(db, reading, () => T0, 60_000);
        else if (s.do === 'forget') reading = newReading([...journal.segments]);
        else {
          const path = journal.segments.at(-1)?.path ?? '';
          await journal.close();
          appendFileSync(path, '{"kind":"hit","seq":99999');
          journal = await openJournal(folder);
          reading = newReading(journal.segments);
        }
      }
      await journal.close();
      const last = await openJournal(folder);
      await startFlusher(db, last, { now: () => T0, everyMs: 0 }).flush();
      await last.close();
      rmSync(folder, { recursive: true, force: true });

      const hits = await keptHits();
      for (const h of hits) classes.add(h.rule);
      expect(answered).toBeLessThanOrEqual(hits.length);
      expect(hits.length).toBeLessThanOrEqual(requested);

      const report = await readReport(
        ctx({ kind: 'command', name: 'test', organisationId: opco }, new Date(T0 + 86_400_000)),
        'recomptee',
      );
      const f = report.figures;
      expect([f.clicsBruts, f.clicsRobots, f.clicsDouteux, f.clics, f.clicsJusqua].map((x) => x.value)).toEqual([
        hits.length,
        hits.filter(robot).length,
        hits.filter(doubtful).length,
        hits.filter(retained).length,
        hits.filter((h) => retained(h) || doubtful(h)).length,
      ]);
      expect(f.clicsPour100.value).toBe(Math.round((hits.filter(retained).length / 190) * 1_000) / 10);
      expect(Object.fromEntries(report.classes.map((c) => [c.rule, c.figure.value]))).toEqual(
        Object.fromEntries([...Map.groupBy(hits, (h) => h.rule)].map(([rule, of]) => [rule, of.length])),
      );
      for (const c of report.classes) expect(c.reason).toBe(reasonOf(c.rule));
      const clicks = (key: string) =>
        Object.fromEntries(
          (report.tables.find((t) => t.key === key)?.rows ?? [])
            .map((r) => [r.key, r.figures.clics?.value ?? 0] as const)
            .filter(([, n]) => n > 0),
        );
      expect(clicks('level')).toEqual(per(hits, (h) => h.level));
      expect(clicks('organisation')).toEqual(per(hits, (h) => h.organisation));
      expect(clicks('link')).toEqual(per(hits, (h) => h.link));
      expect(clicks('day')).toEqual(per(hits, (h) => h.day));
      for (const { key, points } of report.series)
        expect(points.reduce((sum, p) => sum + p.clics, 0)).toBe(per(hits, (h) => h.level)[key] ?? 0);
    }),
    { numRuns: 20 },
  );
  // The histories are worth something: gateways, leavers and robots were among them.
  expect([...classes]).toEqual(expect.arrayContaining(['aucune', 'robot-declare', 'sans-navigateur']));
  await forget();
}, 60_000);

test('after twenty-five months the hits go, some at a time, the totals stay, and the report says since when (PRV-14)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'porte-voix-purge-'));
  const journal = await openJournal(folder);
  const old = Date.parse('2026-10-03T09:00:00Z');
  for (const at of [old, old, T0])
    await journal.append({ kind: 'hit', at, token: tokens[0] ?? '', network: null, features: READERS[0]! });
  await startFlusher(db, journal, { now: () => T0 + 120_000, everyMs: 0 }).flush();
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
  const kept = async () => (await keptHits()).length;
  const told = async (now: string) => {
    const report = await readReport(ctx(cast.alice, new Date(now)), 'recomptee', {
      from: '2026-10-01',
      to: '2026-11-30',
    });
    return { clicks: report.figures.clics.value, notes: report.notes.filter((n) => n.includes('une à une')) };
  };
  expect(recountableSince(new Date('2028-11-03T23:30:00Z')).toISOString()).toBe('2026-10-03T22:00:00.000Z');
  expect(await purgeHits(db, new Date('2028-11-03T09:00:00Z'))).toBe(0);
  expect([await kept(), await told('2028-11-01T09:00:00Z')]).toEqual([3, { clicks: 3, notes: [] }]);
  expect(await purgeHits(db, new Date('2028-11-04T09:00:00Z'))).toBe(2);
  expect(await purgeHits(db, new Date('2028-11-04T09:00:00Z'))).toBe(0);
  expect(await kept()).toBe(1);
  const after = await told('2028-11-04T09:00:00Z');
  expect(after.clicks).toBe(3);
  expect(after.notes).toEqual([expect.stringMatching(/avant le .*4 octobre 2026 : .* ne peuvent plus être recomptés/)]);
});
