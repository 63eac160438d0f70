import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import type { Figure } from '../../src/reports/figure.ts';
import { type Report, readReport } from '../../src/reports/report.ts';
import { reportCsv } from '../../src/reports/report-csv.ts';
import { readFigures } from '../../src/reports/summary.ts';
import type { HitClass } from '../../src/tracking/classify.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { insertHits } from '../../src/tracking/insert-hits.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { type FrozenPush, makeCampaign, makePush } from '../tracking/cast.ts';

const { db, cast, ctx } = await testDatabase();
const { opco, btp, federation } = cast.organisations;
let person = 0;

type Rows = {
  organisationId: number;
  cell?: number;
  level?: string;
  state?: string;
  reason?: string;
  n: number;
  from?: number;
  at?: Date;
};

/** `n` ledger rows; `from` names their first address, so that two pushes can write to the same people. */
async function ledger(
  push: FrozenPush,
  { organisationId, cell, level = 'terrain', state = 'accepted', reason, n, from, at = NOW }: Rows,
): Promise<number> {
  const first = from ?? person;
  person = Math.max(person, first + n);
  await acrossOrganisations(db, (trx) =>
    trx
      .insertInto('deliveries')
      .values(
        Array.from({ length: n }, (_, i) => ({
          push_id: push.pushId,
          organisation_id: organisationId,
          campaign_id: push.campaignId,
          contact_id: first + i,
          address_hash: Buffer.from(`p${first + i}`),
          level,
          cell_id: cell ?? null,
          state,
          reason: reason ?? null,
          handed_at: state === 'accepted' ? at : null,
          settled_at: at,
        })),
      )
      .execute(),
  );
  return first;
}

let seq = 0;
async function clicks(
  push: FrozenPush,
  cell: number,
  link: number,
  counts: Partial<Record<HitClass, number>>,
  at = NOW,
): Promise<void> {
  const tokens = push.tokens.filter((t) => t.cell === cell);
  const organisationId = (
    await acrossOrganisations(db, (trx) =>
      trx.selectFrom('cells').select('organisation_id').where('id', '=', cell).executeTakeFirstOrThrow(),
    )
  ).organisation_id;
  const hits = (Object.entries(counts) as [HitClass, number][]).flatMap(([c, n]) =>
    Array.from({ length: n }, () => {
      seq += 1;
      return {
        journal: 'test',
        seq,
        at: at.getTime(),
        class: c,
        rule: c === 'scanner' ? 'methode' : c === 'suspect' ? 'rafale-courte' : c === 'confirme' ? 'bouton' : 'aucune',
        features: { ...featuresOf('GET', {}), burst: 1, unsubscribe: false },
        row: {
          token: tokens[link]?.token ?? '',
          organisation_id: organisationId,
          campaign_id: push.campaignId,
          push_id: push.pushId,
          cell_id: cell,
          link_id: tokens[link]?.link ?? 0,
          source_id: null,
        },
      };
    }),
  );
  await acrossOrganisations(db, (trx) => insertHits(trx, hits));
}

const value = (f: Figure | undefined) => f?.value;
const table = (report: Report, key: string) => {
  const found = report.tables.find((t) => t.key === key);
  if (!found) throw new Error(`no table ${key}`);
  return Object.fromEntries(
    found.rows.map((r) => [
      r.label,
      Object.fromEntries(Object.entries(r.figures).map(([name, f]) => [name, value(f)])),
    ]),
  );
};

const campaignId = await makeCampaign(db, cast, 'infranum');
const first = await makePush(db, cast, {
  slug: 'premiere',
  campaignId,
  cells: [
    { recipients: 60, level: 'terrain', region: 'Bretagne' },
    { recipients: 30, level: 'institutionnel', region: '' },
    { recipients: 25, level: null, organisationId: btp },
  ],
});
const [terrain = 0, institution = 0, mixed = 0] = first.cells;
const firstAddress = await ledger(first, { organisationId: opco, cell: terrain, n: 50 });
await ledger(first, { organisationId: opco, cell: terrain, state: 'failed', n: 6 });
await ledger(first, { organisationId: opco, cell: terrain, state: 'bounced', n: 4 });
await ledger(first, { organisationId: opco, cell: institution, level: 'institutionnel', n: 30 });
await ledger(first, { organisationId: btp, cell: mixed, level: 'terrain', n: 15 });
await ledger(first, { organisationId: btp, cell: mixed, level: 'operationnel', n: 10 });
await ledger(first, { organisationId: federation, level: 'operationnel', n: 5 });
await ledger(first, { organisationId: opco, state: 'set_apart', reason: 'desinscrit', n: 7 });
await ledger(first, { organisationId: btp, state: 'set_apart', reason: 'doublon', n: 34 });
await ledger(first, { organisationId: btp, state: 'set_apart', reason: 'sollicitation', n: 3 });
await clicks(first, terrain, 0, { inconnu: 10, suspect: 2, scanner: 5 });
await clicks(first, terrain, 1, { inconnu: 1 });
await clicks(first, institution, 0, { inconnu: 3, confirme: 1 });
await clicks(first, mixed, 0, { inconnu: 2 });
// A second letter to fifty people of the first.
const second = await makePush(db, cast, {
  slug: 'deuxieme',
  campaignId,
  cells: [{ recipients: 50, level: 'terrain', region: 'Bretagne' }],
});
await ledger(second, { organisationId: opco, cell: second.cells[0], n: 50, from: firstAddress });
/** As whoever holds the machine reads it: everything. What a partner is told is in told-rows.test.ts. */
const report = await readReport(ctx({ kind: 'command', name: 'test', organisationId: opco }), 'infranum');

test('sélectionnés = adressés + écartés, and each figure counts what its definition says', () => {
  const f = report.figures;
  expect(value(f.selectionnes)).toBe(50 + 6 + 4 + 30 + 25 + 5 + 7 + 34 + 3 + 50);
  expect(value(f.selectionnes)).toBe((f.adresses.value ?? 0) + (f.ecartes.value ?? 0));
  expect(value(f.ecartes)).toBe(44);
  expect(value(f.distribues)).toBe(160);
  expect(value(f.touches)).toBe(110);
  expect(value(f.envois)).toBe(2);
  expect(f.distribues.leftOut).toBe('6 messages refusés. 4 messages revenus.');
});

test('raw = robots + doubtful + retained, and the range says how far it could go (BOT-01)', () => {
  const f = report.figures;
  expect([f.clicsBruts, f.clicsRobots, f.clicsDouteux, f.clics, f.clicsJusqua].map(value)).toEqual([24, 5, 2, 17, 19]);
  expect(report.classes.map((c) => [c.rule, value(c.figure)])).toEqual([
    ['aucune', 16],
    ['methode', 5],
    ['rafale-courte', 2],
    ['bouton', 1],
  ]);
  expect(f.clics.leftOut).toBe('2 clics douteux. 5 requêtes de robots.');
});

test('clicks per hundred divide by the messages whose links are followed, and by no other', () => {
  expect(value(report.figures.clicsPour100)).toBe(11);
  expect(report.figures.clicsPour100.leftOut).toContain('5 messages distribués aux liens non suivis');
});

test('by level: the levels of the groups, and those that mix several are said to (PRV-11)', () => {
  expect(table(report, 'level')).toEqual({
    institutionnel: { adresses: 30, distribues: 30, touches: 30, clics: 4, clicsDouteux: 0, clicsPour100: 13.3 },
    terrain: { adresses: 110, distribues: 100, touches: 50, clics: 11, clicsDouteux: 2, clicsPour100: 11 },
    // The five of the federation are too few for a line of their own.
    'plusieurs niveaux': { adresses: 30, distribues: 30, touches: 30, clics: 2, clicsDouteux: 0, clicsPour100: 8 },
  });
});

test('by organisation: a partner with five recipients is not told apart (PRV-11)', () => {
  const rows = table(report, 'organisation');
  expect(Object.keys(rows)).toEqual(['OPCO de test', 'plusieurs organisations']);
  expect(rows['plusieurs organisations']).toMatchObject({
    selectionnes: 67,
    ecartes: 37,
    adresses: 30,
    distribues: 30,
    clics: 2,
  });
});

test('each table adds up to the total it details', () => {
  for (const key of ['level', 'organisation', 'link', 'day', 'region'])
    expect([key, Object.values(table(report, key)).reduce((n, row) => n + (row.clics ?? 0), 0)]).toEqual([key, 17]);
  const drawn = report.series.flatMap((s) => s.points);
  expect(drawn.reduce((n, p) => n + p.clics, 0)).toBe(17);
  expect(drawn.reduce((n, p) => n + p.distribues, 0)).toBe(160);
});

test('no organisation learns what a partner holds: duplicates rounded from k up, and silent under it', () => {
  const byReason = Object.fromEntries(report.setApart.map((s) => [s.reason, s.figure]));
  // Said exactly, it would give the duplicates by subtraction from all the écartés.
  expect(value(byReason.desinscrit)).toBeNull();
  expect(value(byReason.doublon)).toBe(30);
  expect(value(byReason.sollicitation)).toBeNull();
  expect(byReason.sollicitation?.leftOut).toContain('Moins de 20');
});

test('a partner of whom too few are set apart to be told has no number, which is not a nought', async () => {
  const told = await readReport(ctx(cast.bruno), 'infranum');
  const line = table(told, 'organisation');
  const whole = report.tables.find((x) => x.key === 'organisation')?.rows ?? [];
  for (const r of [whole, told.tables.find((x) => x.key === 'organisation')?.rows ?? []].flat()) {
    const { ecartes, selectionnes, adresses } = r.figures;
    if (ecartes?.value !== null) expect(selectionnes?.value).toBe((adresses?.value ?? 0) + (ecartes?.value ?? 0));
    else expect([selectionnes?.value, ecartes.leftOut]).toEqual([null, expect.stringContaining('Moins de 20')]);
  }
  // To Bruno, seven of the OPCO's: fewer than may be told.
  expect(Object.values(line).filter((l) => l.ecartes === null).length).toBeGreaterThan(0);
});

test('every figure carries its whole passport, in the JSON and in the CSV', () => {
  const seen: Figure[] = [];
  JSON.stringify(report, (_, v) => {
    if (v !== null && typeof v === 'object' && 'ruleVersion' in v) seen.push(v);
    return v;
  });
  expect(seen.length).toBeGreaterThan(60);
  for (const f of seen) {
    expect(Object.keys(f).sort()).toEqual([
      'definition',
      'leftOut',
      'ruleVersion',
      'source',
      'unit',
      'value',
      'window',
    ]);
    // A line of time has its own days, inside those of the report; a budget those of the campaign.
    expect(f.window.from >= '2026-11-01' && f.window.from <= f.window.to).toBe(true);
    expect(f.window.zone).toBe('Europe/Paris');
    for (const text of [f.definition, f.leftOut, f.source, f.unit]) expect(text).not.toBe('');
  }
  const csv = reportCsv(report);
  const lines = csv.trimEnd().split('\r\n');
  expect(lines.filter((l) => l.includes('Europe/Paris'))).toHaveLength(
    seen.filter((f) => f !== report.pages.visits.own).length,
  );
  expect(csv).toContain('Ensemble;Campagne infranum;Clics retenus;17;clics;2026-11-01;2026-11-22;Europe/Paris;');
});

test('every screen gives the same number, whoever of an organisation looks', async () => {
  const own = await readReport(ctx(cast.alice), 'infranum');
  expect(await readFigures(ctx(cast.alice), 'infranum')).toEqual(own.figures);
  expect(await readFigures(ctx(cast.david), 'infranum')).toEqual(own.figures);
  const parts = await Promise.all(
    [first, second].map((p) => readFigures(ctx(cast.alice), 'infranum', { pushId: p.pushId })),
  );
  expect(parts.reduce((n, p) => n + (p.distribues.value ?? 0), 0)).toBe(value(own.figures.distribues));
});

test('another partner reads the same numbers, but for what is too few people of somebody else’s', async () => {
  const [alice, bruno, chloe] = await Promise.all(
    [cast.alice, cast.bruno, { ...cast.chloe, roles: ['evaluateur' as const] }].map((person) =>
      readReport(ctx(person), 'infranum'),
    ),
  );
  // The five of the federation count for the federation alone; everybody is told that something is left out.
  expect([alice, bruno, chloe].map((r) => value(r?.figures.distribues))).toEqual([155, 155, 160]);
  expect(alice?.figures.distribues.leftOut).toContain('à moins de 20 personnes');
  expect(chloe?.figures.distribues.leftOut).not.toContain('à moins de 20 personnes');
  expect(alice?.figures.touches).toEqual(bruno?.figures.touches);
  expect(value(alice?.figures.touches)).toBe(105);
  // Écartés: one’s own exactly, those of the others from k up and to the nearest ten.
  expect([alice, bruno, chloe].map((r) => value(r?.figures.ecartes))).toEqual([7 + 40, 37, 40]);
  for (const told of [alice, bruno, chloe])
    expect(value(told?.figures.selectionnes)).toBe(
      (told?.figures.adresses.value ?? 0) + (told?.figures.ecartes.value ?? 0),
    );
  // Taking one’s own away from a line never leaves fewer than twenty people of somebody else’s.
  if (!alice || !bruno || !chloe) throw new Error('no report');
  expect(Object.keys(table(alice, 'organisation'))).toEqual(['OPCO de test', 'Partenaire BTP']);
  expect(Object.keys(table(chloe, 'organisation'))).toEqual(['OPCO de test', 'plusieurs organisations']);
  expect(table(bruno, 'level')['plusieurs niveaux']).toMatchObject({ adresses: 25, touches: 25 });
  expect(alice.figures.clicsPour100.leftOut).not.toContain('non suivis');
});

test('who takes no part in a campaign does not learn that it exists, and a relais alone reads no report', async () => {
  await expect(readReport(ctx(cast.etranger), 'infranum')).rejects.toMatchObject({ kind: 'not-found' });
  await expect(readReport(ctx(cast.alice), 'inconnue')).rejects.toMatchObject({ kind: 'not-found' });
  await expect(readReport(ctx({ ...cast.chloe, roles: ['relais'] }), 'infranum')).rejects.toMatchObject({
    kind: 'forbidden',
  });
});

test('in the demonstration what was delivered is called simulated', async () => {
  const demo = await readFigures(ctx(cast.alice), 'infranum', { simulated: true });
  expect(demo.distribues.unit).toBe('messages (simulés)');
  expect(demo.clics.unit).toBe('clics');
});

test('a window holds its days and nothing else, across the change of hour', async () => {
  const push = await makePush(db, cast, { slug: 'octobre', at: new Date('2026-10-24T08:00:00Z') });
  const cell = push.cells[0] ?? 0;
  await ledger(push, { organisationId: opco, cell, n: 40, at: new Date('2026-10-24T08:00:00Z') });
  await clicks(push, cell, 0, { inconnu: 1 }, new Date('2026-10-24T21:59:00Z'));
  await clicks(push, cell, 0, { inconnu: 10 }, new Date('2026-10-24T22:00:00Z'));
  await clicks(push, cell, 0, { inconnu: 100 }, new Date('2026-10-25T22:59:00Z'));
  await clicks(push, cell, 0, { inconnu: 1_000 }, new Date('2026-10-25T23:00:00Z'));
  const day = await readReport(ctx(cast.alice), 'campagne-octobre', { from: '2026-10-25', to: '2026-10-25' });
  expect(value(day.figures.clics)).toBe(110);
  expect(Object.keys(table(day, 'day'))).toEqual(['2026-10-25']);
  // Sent the day before: outside this window, and said to be nothing rather than guessed.
  expect([day.figures.envois, day.figures.distribues, day.figures.clicsPour100].map(value)).toEqual([0, 0, null]);
  const all = await readReport(ctx(cast.alice), 'campagne-octobre', { from: '2026-10-01', to: '2026-10-31' });
  expect(Object.entries(table(all, 'day')).map(([d, row]) => [d, row.clics])).toEqual([
    ['2026-10-24', 1],
    ['2026-10-25', 110],
    ['2026-10-26', 1_000],
  ]);
});

test('a campaign in which nothing has happened has a report of zeros, and no line', async () => {
  await makeCampaign(db, cast, 'vide');
  const empty = await readReport(ctx(cast.alice), 'vide');
  expect(new Set(Object.values(empty.figures).map(value))).toEqual(new Set([0, null]));
  expect(empty.tables.every((t) => t.rows.length === 0)).toBe(true);
  expect(empty.series.every((s) => s.points.length === 0)).toBe(true);
  expect(reportCsv(empty)).toContain('Destinataires touchés;0;adresses');
});
