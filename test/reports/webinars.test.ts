import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations, type Database } from '../../src/db/database.ts';
import { known, toTen } from '../../src/deliveries/told.ts';
import type { Figure } from '../../src/reports/figure.ts';
import { readWebinarReport } from '../../src/reports/read-webinar-report.ts';
import { readReport } from '../../src/reports/report.ts';
import { reportCsv } from '../../src/reports/report-csv.ts';
import { reportText } from '../../src/reports/report-text.ts';
import { purgeWebinars } from '../../src/webinars/purge.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { webinarHistory } from './webinar-history.ts';

const t = await testDatabase();
const { alice, bruno, david, etranger } = t.cast;
const { opco, btp } = t.cast.organisations;
const COMMAND = { kind: 'command', name: 'test', organisationId: opco } as const;
const K = 20;
let campaign: { id: number; slug: string };
let webinars: number[];

beforeAll(async () => {
  campaign = await makeCampaign(t, { k: K });
  ({ webinars } = await webinarHistory(t, campaign.id, { seed: 3 }));
});

type Kept = {
  id: number;
  webinar_id: number;
  organisation_id: number;
  level: string | null;
  public: string;
  region: string | null;
  place: string;
  registered_at: Date;
  cancelled_at: Date | null;
  seen: { state: string; minutes: number }[];
};
/** Every registration that is kept, with what a file says of it. */
const kept = (campaignId = campaign.id): Promise<Kept[]> =>
  acrossOrganisations(t.db, async (trx) => {
    const rows = await trx.selectFrom('registrations').selectAll().where('campaign_id', '=', campaignId).execute();
    const seen = await trx.selectFrom('attendances').selectAll().where('campaign_id', '=', campaignId).execute();
    return rows.map((r) => ({ ...r, seen: seen.filter((a) => a.registration_id === r.id) }));
  });

const came = (r: Kept): boolean => r.seen.some((a) => a.state === 'sur' || a.state === 'oui');
const maybe = (r: Kept): boolean => !came(r) && r.seen.some((a) => a.state === 'douteux');
const stayed = (r: Kept): number =>
  r.seen.filter((a) => a.state === 'sur' || a.state === 'oui').reduce((n, a) => n + a.minutes, 0);
const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
const values = (figures: Partial<Record<string, Figure>> | null | undefined) =>
  Object.fromEntries(Object.entries(figures ?? {}).map(([name, f]) => [name, f?.value]));
const lines = (
  report: { tables: { key: string; rows: { key: string; label: string; figures: object }[] }[] },
  key: string,
) =>
  Object.fromEntries(
    (report.tables.find((x) => x.key === key)?.rows ?? []).map((r) => [
      r.label,
      values(r.figures as Record<string, Figure>),
    ]),
  );

describe('counted again from what is kept', () => {
  test('every figure of every webinar, as whoever holds the machine reads it', async () => {
    const { webinars: told } = (await readReport(t.ctx(COMMAND), campaign.slug)).webinars;
    const all = await kept();
    expect(told).toHaveLength(3);
    for (const [n, id] of webinars.entries()) {
      const own = all.filter((r) => r.webinar_id === id);
      const living = own.filter((r) => r.cancelled_at === null);
      const present = own.filter(came);
      const durations = present
        .map(stayed)
        .filter((m) => m > 0)
        .toSorted((a, b) => b - a);
      const figures = values(told.find((w) => w.slug === `webinaire-${n}`)?.figures);
      expect(figures).toMatchObject({
        inscriptions: own.length,
        inscrits: living.filter((r) => r.place === 'inscrit').length,
        attente: living.filter((r) => r.place === 'attente').length,
        annulations: own.filter((r) => r.cancelled_at !== null && r.cancelled_at < new Date('2026-11-22T23:00:00Z'))
          .length,
        presents: present.length,
        presentsJusqua: present.length + own.filter(maybe).length,
        minutes: sum(present.map(stayed)),
        minutesMediane: durations[Math.ceil(durations.length / 2) - 1],
        // Four invented names, and those that somebody said were not the registrant.
        horsInscrits: 4 + sum(own.map((r) => r.seen.filter((a) => a.state === 'non').length)),
      });
    }
  });

  test('page visits and openings of the recording, robots apart, the window and nothing else', async () => {
    const read = async (from?: string, to?: string) =>
      (await readReport(t.ctx(COMMAND), campaign.slug, { from, to })).webinars.figures;
    const recount = (page: string, where = sql`true`) =>
      acrossOrganisations(t.db, async (trx) => {
        const { rows } = await sql<{ n: number }>`select coalesce(sum(n), 0)::bigint as n from page_counts
          where campaign_id = ${campaign.id} and class = 'inconnu' and page like ${page} and ${where}`.execute(trx);
        return rows[0]?.n;
      });
    const whole = await read();
    expect(whole?.pageVues.value).toBe(await recount('webinaire:%'));
    expect(whole?.revoir.value).toBe(await recount('replay:%'));
    expect(whole?.pageVues.leftOut).toContain('ouvertures de robots déclarés');
    const day = await read('2026-11-20', '2026-11-20');
    expect(day?.pageVues.value).toBe(
      await recount('webinaire:%', sql`hour >= '2026-11-19T23:00Z' and hour < '2026-11-20T23:00Z'`),
    );
  });

  test('the campaign is the sum of its webinars, and each table of its whole', async () => {
    const { webinars: r } = await readReport(t.ctx(COMMAND), campaign.slug);
    const total = (name: 'inscriptions' | 'presents' | 'minutes') =>
      sum(r.webinars.map((w) => w.figures[name].value ?? 0));
    for (const name of ['inscriptions', 'presents', 'minutes'] as const)
      expect([name, r.figures?.[name].value]).toEqual([name, total(name)]);
    const keys = r.tables.map((x) => x.key);
    expect(keys).toEqual([
      ...['level', 'public', 'organisation', 'region', 'channel', 'relay'].map((k) => `registered-${k}`),
      ...['level', 'public', 'organisation', 'region'].map((k) => `attended-${k}`),
    ]);
    for (const table of r.tables) {
      if (table.key === 'registered-relay') continue;
      const column = table.columns[0] ?? 'inscriptionsTenus';
      const whole = table.key.startsWith('registered') ? total('inscriptions') : total('presents');
      expect([table.key, sum(table.rows.map((row) => row.figures[column]?.value ?? 0))]).toEqual([table.key, whole]);
    }
  });

  test('after the purge the figures are the same: what is kept counts people and says nothing of who they were', async () => {
    const other = await makeCampaign(t, { k: K });
    await webinarHistory(t, other.id, { seed: 8, count: 1 });
    const later = new Date(NOW.getTime() + 400 * 86_400_000);
    const read = async () => {
      const window = { from: '2026-11-02', to: '2026-11-22' };
      return (await readReport(t.ctx(COMMAND, later), other.slug, window)).webinars;
    };
    const before = await read();
    expect(before.figures?.presents.value).toBeGreaterThan(20);
    await purgeWebinars(t.ctx(COMMAND, later));
    const after = await read();
    expect({ ...values(after.figures), horsInscrits: null }).toEqual({ ...values(before.figures), horsInscrits: null });
    expect(after.figures?.horsInscrits).toMatchObject({
      value: null,
      leftOut: expect.stringContaining('1 webinaire dont les fichiers sont effacés'),
    });
    expect(after.tables).toEqual(before.tables);
  });
});

describe('what a partner reads', () => {
  const report = async (who: typeof alice | typeof COMMAND) => (await readReport(t.ctx(who), campaign.slug)).webinars;

  test('its own exactly, the others’ from k up: registrations exactly, attendance to the nearest ten (no oracle)', async () => {
    const all = await kept();
    for (const [who, organisation] of [
      [alice, opco],
      [bruno, btp],
    ] as const) {
      const told = await report(who);
      for (const [n, id] of webinars.entries()) {
        const rows = all.filter((r) => r.webinar_id === id);
        const own = rows.filter((r) => r.organisation_id === organisation);
        const others = rows.filter((r) => r.organisation_id !== organisation);
        const f = told.webinars.find((w) => w.slug === `webinaire-${n}`)?.figures;
        const exact = (of: (r: Kept) => boolean) =>
          own.filter(of).length + (others.filter(of).length < K ? 0 : others.filter(of).length);
        expect(f?.inscriptions.value).toBe(exact(() => true));
        expect(f?.attente.value).toBe(exact((r) => r.cancelled_at === null && r.place === 'attente'));
        expect(f?.presents.value).toBe(own.filter(came).length + known(others.filter(came).length, K));
        expect(f?.presents.leftOut).toContain('à la dizaine');
        const timed = others.filter((r) => stayed(r) > 0);
        // Nobody's stay is longer than the hour that the webinar lasted.
        const mean = sum(timed.map((r) => Math.min(stayed(r), 60))) / timed.length;
        expect(f?.minutes.value).toBe(
          sum(own.filter(came).map(stayed)) + toTen(timed.length) * Math.round(mean / 5) * 5,
        );
        expect((f?.minutesMediane.value ?? 1) % 5).toBe(0);
      }
    }
  });

  test('one more name in a file, matched at a partner or not, moves no figure of whoever runs the webinar', async () => {
    const other = await makeCampaign(t, { k: K });
    const [id = 0] = (await webinarHistory(t, other.id, { seed: 21, count: 1, people: 150 })).webinars;
    const read = async () => (await readReport(t.ctx(alice), other.slug)).webinars;
    const settle = (n: number) =>
      acrossOrganisations(t.db, async (trx) => {
        const rows = await trx
          .selectFrom('registrations')
          .select(['id', 'organisation_id'])
          .where('webinar_id', '=', id)
          .where('organisation_id', '<>', opco)
          .orderBy('id')
          .limit(n)
          .execute();
        await trx.deleteFrom('attendances').where('webinar_id', '=', id).where('organisation_id', '<>', opco).execute();
        await trx
          .insertInto('attendances')
          .values(
            rows.map((r) => ({
              registration_id: r.id,
              person: `p${r.id}`,
              organisation_id: r.organisation_id,
              campaign_id: other.id,
              webinar_id: id,
              // Made to be found again: nobody else stays so long.
              minutes: r === rows.at(-1) ? 1440 : 40,
              how: 'adresse',
              state: 'sur',
            })),
          )
          .execute();
      });
    await settle(31);
    const before = await read();
    await settle(32);
    const after = await read();
    expect(values(after.figures)).toEqual(values(before.figures));
  });

  test('no line is about fewer than k, nor holds fewer than k of somebody else’s (PRV-11)', async () => {
    const all = await kept();
    for (const [n, id] of webinars.entries()) {
      const told = await readWebinarReport(t.ctx(alice), campaign.slug, `webinaire-${n}`);
      for (const key of ['level', 'public', 'region'] as const) {
        const table = told.tables.find((x) => x.key === `registered-${key}`);
        const alone = new Set(table?.rows.map((r) => r.key));
        expect(alone.size).toBeGreaterThan(0);
        for (const row of table?.rows ?? []) {
          const value = row.figures.inscriptionsTenus?.value ?? 0;
          expect(value).toBeGreaterThanOrEqual(K);
          const isHere = (r: Kept) => (row.key === 'plusieurs' ? !alone.has(r[key] ?? '') : (r[key] ?? '') === row.key);
          const own = all.filter((r) => r.webinar_id === id && r.organisation_id === opco && isHere(r)).length;
          expect(value - own === 0 || value - own >= K).toBe(true);
        }
      }
    }
    expect(Object.keys(lines(await report(alice), 'registered-organisation'))).toContain('OPCO de test');
  });

  test('an evaluator reads what everybody of the organisation reads; who takes no part, nothing', async () => {
    expect(await report(david)).toEqual(await report(alice));
    await expect(readReport(t.ctx(etranger), campaign.slug)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(readWebinarReport(t.ctx(etranger), campaign.slug, 'webinaire-0')).rejects.toMatchObject({
      kind: 'not-found',
    });
    expect(await readWebinarReport(t.ctx(alice), campaign.slug, 'inconnu')).toMatchObject({ figures: null });
  });

  test('the page of one webinar says what the report of the campaign says of it', async () => {
    const whole = await report(alice);
    const one = await readWebinarReport(t.ctx(alice), campaign.slug, 'webinaire-1');
    expect(one.webinars).toEqual(whole.webinars.filter((w) => w.slug === 'webinaire-1'));
    expect(one.figures).toEqual(one.webinars[0]?.figures);
  });
});

describe('a group of three', () => {
  test('never shows, in no table and by no subtraction', async () => {
    const other = await makeCampaign(t, { k: K });
    const [id = 0] = (await webinarHistory(t, other.id, { seed: 5, count: 1, people: 90 })).webinars;
    await acrossOrganisations(t.db, async (trx) => {
      await trx
        .updateTable('registrations')
        .set({ region: 'Bretagne', level: 'terrain' })
        .where('webinar_id', '=', id)
        .execute();
      await sql`update registrations set region = 'Corse', level = 'institutionnel' where id in
        (select id from registrations where webinar_id = ${id} order by id limit 3)`.execute(trx);
    });
    for (const who of [COMMAND, alice, bruno]) {
      const told = (await readReport(t.ctx(who), other.slug)).webinars;
      expect(JSON.stringify(told)).not.toContain('Corse');
      expect(lines(told, 'registered-region')).toEqual({
        'plusieurs régions': { inscriptionsTenus: told.figures?.inscriptions.value },
      });
      expect(Object.keys(lines(told, 'registered-level'))).toEqual(['plusieurs niveaux']);
    }
  });

  test('while registrations come in nothing is broken down, and nobody was present', async () => {
    const other = await makeCampaign(t, { k: K });
    const [id = 0] = (await webinarHistory(t, other.id, { seed: 5, count: 1 })).webinars;
    const coming = new Date(NOW.getTime() + 86_400_000);
    await acrossOrganisations(t.db, async (trx) => {
      await trx
        .updateTable('webinars')
        .set({ starts_at: coming, ends_at: new Date(coming.getTime() + 3_600_000) })
        .where('id', '=', id)
        .execute();
    });
    const told = (await readReport(t.ctx(alice), other.slug)).webinars;
    expect(told.tables).toEqual([]);
    expect(told.figures?.inscriptions.value).toBeGreaterThan(100);
    expect(told.figures?.presents).toMatchObject({
      value: null,
      leftOut: expect.stringContaining('Aucun webinaire ne s’est tenu dans la période.'),
    });
  });
});

describe('wherever it is read', () => {
  test('each figure has its passport, in JSON, CSV and text; what cannot be told is told', async () => {
    const report = await readReport(t.ctx(alice), campaign.slug);
    const seen: Figure[] = [];
    JSON.stringify(report.webinars, (_, v) => {
      if (v !== null && typeof v === 'object' && 'ruleVersion' in v) seen.push(v);
      return v;
    });
    expect(seen.length).toBeGreaterThan(80);
    for (const f of seen) {
      expect(f.window).toEqual({ from: '2026-11-02', to: '2026-11-22', zone: 'Europe/Paris' });
      for (const text of [f.definition, f.leftOut, f.source, f.unit]) expect(text).not.toBe('');
    }
    const csv = reportCsv(report);
    const presents = report.webinars.figures?.presents;
    expect(csv).toContain(
      `Webinaires;tous ensemble;Présents;${presents?.value};personnes inscrites;2026-11-02;2026-11-22;`,
    );
    expect(csv).toContain('Inscriptions par niveau;');
    const text = reportText(report);
    expect(text).toContain('Webinaire 0 (');
    for (const words of [csv, text]) expect(words).toContain('ni par canal ni par type de relais');
  });

  test('a campaign without a webinar asks one question more, one with a hundred as few as one with three', async () => {
    const empty = await makeCampaign(t);
    const many = await makeCampaign(t, { k: K });
    await webinarHistory(t, many.id, { seed: 9, count: 12, people: 2 });
    const count = async (slug: string) => {
      const { db, asked } = counting(t.db);
      await readReport({ ...t.ctx(alice), db }, slug);
      return asked();
    };
    const none = await count(empty.slug);
    const three = await count(campaign.slug);
    expect(three - none).toBeLessThanOrEqual(8);
    expect(await count(many.slug)).toBe(three);
    expect((await readReport(t.ctx(alice), empty.slug)).webinars).toEqual({
      figures: null,
      webinars: [],
      tables: [],
      notes: [],
    });
  });
});

/** The same database, which counts what it is asked. */
function counting(db: Database): { db: Database; asked: () => number } {
  let asked = 0;
  const kysely = db.kysely.withPlugin({
    transformQuery: ({ node }) => {
      asked += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  return { db: { ...db, kysely }, asked: () => asked };
}
