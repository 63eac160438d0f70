import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { type Report, readReport } from '../../src/reports/report.ts';
import { sheetsOf } from '../../src/reports/report-tables.ts';
import type { Table } from '../../src/reports/tables.ts';
import { makeRelay } from '../relay-kits/cast.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { type Kept, keptRows, type MadeReport, reportHistory } from './history.ts';

const t = await testDatabase();
const COMMAND = { kind: 'command', name: 'test', organisationId: t.cast.organisations.opco } as const;
const K = 20;
let made: MadeReport;
let report: Report;
let kept: Kept[];

beforeAll(async () => {
  made = await reportHistory(t, 7, K);
  report = await readReport(t.ctx(COMMAND), made.slug);
  kept = await keptRows(t, made.id);
});

const toTen = (n: number): number => Math.round(n / 10) * 10;
const tables = (r: Report): Table[] => sheetsOf(r).map((s) => s.table);
const table = (r: Report, key: string): Table => {
  const found = tables(r).find((x) => x.key === key);
  if (!found) throw new Error(`no table ${key}`);
  return found;
};
const values = (r: Report, key: string) =>
  Object.fromEntries(
    table(r, key).rows.map((row) => [
      row.key,
      Object.fromEntries(Object.entries(row.figures).map(([name, f]) => [name, f.value])),
    ]),
  );
const delivered = (rows: readonly Kept[]): Kept[] => rows.filter((r) => r.state === 'accepted');

describe('what evaluators count, counted again from what is kept', () => {
  test('their six indicators stand in their order, each with its tables or a reason', () => {
    expect(report.indicators.map((i) => i.key)).toEqual([
      'campagnes',
      'frequence',
      'supports',
      'destinataires',
      'usages',
      'satisfaction',
    ]);
    expect(report.unmeasured.map((u) => u.what)).toContain('La satisfaction et l’usage déclaré');
    for (const { what, why } of report.unmeasured) expect([what, why].every((s) => s.length > 5)).toBe(true);
  });

  test('number and types of campaigns, phase by phase', () => {
    expect(values(report, 'types')).toEqual({
      newsletter: { meneesAmont: 1, meneesPendant: 1, meneesApres: 0, menees: 2 },
      'action-publicite': { meneesAmont: 1, meneesPendant: 0, meneesApres: 0, menees: 1 },
      tout: { meneesAmont: 2, meneesPendant: 1, meneesApres: 0, menees: 3 },
    });
  });

  test('supports: one format of one resource is one; those of what was sent are spread', () => {
    expect(values(report, 'formats')).toEqual({
      fiche: { supports: 2, supportsOuverts: 2, supportsDiffuses: 2 },
      video: { supports: 2, supportsOuverts: 2, supportsDiffuses: 2 },
      tout: { supports: 4, supportsOuverts: 4, supportsDiffuses: 4 },
    });
    expect(values(report, 'spread-phase')).toMatchObject({ amont: { ressourcesDiffusees: 1, supportsDiffuses: 2 } });
  });

  test('phases: messages are those of whole pushes, addresses are distinct', () => {
    for (const { id, phase } of made.pushes) {
      const own = delivered(kept.filter((r) => r.push === id));
      expect(values(report, 'phase')[phase]).toMatchObject({
        envois: 1,
        distribues: own.length,
        touches: new Set(own.map((r) => r.hash)).size,
      });
    }
    expect(report.figures.touches.value).toBe(new Set(delivered(kept).map((r) => r.hash)).size);
  });

  test('recipients by kind of public: distinct addresses, to the nearest ten, and the press joins the others', () => {
    const rows = values(report, 'kind');
    expect(Object.keys(rows)).not.toContain('presse');
    for (const [key, row] of Object.entries(rows)) {
      if (key === 'plusieurs') continue;
      const own = delivered(kept.filter((r) => r.public === key));
      expect([key, row]).toEqual([
        key,
        { touches: toTen(new Set(own.map((r) => r.hash)).size), distribues: toTen(own.length) },
      ]);
    }
  });

  test('by branch, which links do not tell: what was sent only, and each table says which', () => {
    const { rows, columns, counted } = table(report, 'idcc');
    expect(columns).toEqual(['adresses', 'distribues']);
    expect(counted).toContain('Envoyé seulement');
    for (const row of rows)
      expect([row.key, row.figures.distribues?.value]).toEqual([
        row.key,
        toTen(delivered(kept.filter((r) => (r.idcc ?? '') === row.key)).length),
      ]);
    for (const key of ['level', 'channel', 'phase', 'day', 'week', 'month'])
      expect([key, table(report, key).counted.startsWith('Envoyé et cliqué')]).toEqual([key, true]);
  });

  test('by what the groups of links are too small to tell: what was sent to whom, to the nearest ten, and no click', () => {
    for (const key of ['region', 'size_class']) {
      const { rows, columns, counted } = table(report, key);
      expect([key, rows.length > 1, columns]).toEqual([key, true, ['adresses', 'distribues']]);
      expect(counted).toContain('les groupes de destinataires sont trop petits');
      const told = rows.reduce((n, r) => n + (r.figures.distribues?.value ?? 0), 0);
      expect(Math.abs(told - delivered(kept).length)).toBeLessThanOrEqual(5 * rows.length);
    }
    expect(report.unmeasured).toContainEqual({
      what: 'Les clics par région et taille d’entreprise',
      why: expect.stringContaining('20 personnes'),
    });
    expect(report.methods.settings).toContainEqual({
      what: 'Et non par',
      value: 'région, taille d’entreprise : les groupes seraient trop petits',
    });
  });

  test('by day, week and month: the same messages and clicks, each line with its own window', () => {
    for (const key of ['day', 'week', 'month']) {
      const of = table(report, key);
      const sum = (name: 'distribues' | 'clics') => of.rows.reduce((n, r) => n + (r.figures[name]?.value ?? 0), 0);
      expect([key, sum('distribues'), sum('clics')]).toEqual([
        key,
        report.figures.distribues.value,
        report.figures.clics.value,
      ]);
      for (const row of of.rows) {
        const { from, to } = row.figures.clics!.window;
        expect(from <= to && from >= report.window.from && to <= report.window.to).toBe(true);
      }
    }
  });

  test('money stands beside what was sent, in euros, for the days of the campaign, and is never divided', () => {
    expect(values(report, 'means')).toMatchObject({
      'envoi-lettre-0': { prevu: 1200.5, engage: 0, paye: 0 },
      'envoi-lettre-1': { prevu: null },
      'action-annonces': { prevu: 40_000, engage: 39_900, paye: 39_900, clicsAction: null },
    });
    expect(values(report, 'means-phase').tout).toEqual({ prevu: 41_200.5, engage: 39_900, paye: 39_900 });
    const { window, leftOut } = table(report, 'means').rows[0]!.figures.prevu!;
    expect([window.from, window.to]).toEqual([report.campaign.startsOn, report.campaign.endsOn]);
    expect(leftOut).toContain('n’a pas de dates');
    const units = new Set(
      tables(report).flatMap((x) => x.rows.flatMap((r) => Object.values(r.figures).map((f) => f.unit))),
    );
    expect([...units].filter((u) => u.includes('euro'))).toEqual(['euros']);
  });

  test('what a partner declares keeps its own unit, window and source', () => {
    const { figures, label } = table(report, 'declared').rows[0]!;
    expect(figures.declare).toMatchObject({
      value: 9000,
      unit: 'visites',
      source: 'Partenaire BTP, d’après : rapport de l’agence',
      window: { from: '2026-11-01', to: '2026-11-20', zone: 'Europe/Paris' },
    });
    expect(label).toContain('selon Partenaire BTP');
  });

  test('relays are told in groups of five or more, and their few clicks are not', () => {
    expect(values(report, 'relay-kind')).toEqual({
      autres: { relais: 6, relaisOuverts: 0, reprises: 0, publications: 0, porteeDeclaree: 0, clicsRelais: null },
    });
  });

  test('each resource: what carried it, and the clicks on its own link', () => {
    const { rows } = table(report, 'resource');
    expect(rows.map((r) => r.label)).toEqual(['=Fiche 0', '=Fiche 1']);
    expect(rows[0]!.figures.envois?.value).toBe(1);
    expect(rows[0]!.figures.distribues?.value).toBe(
      delivered(kept.filter((r) => r.push === made.pushes[0]!.id)).length,
    );
    const links = table(report, 'link').rows.filter((r) => r.label.startsWith('=Fiche 0'));
    expect(rows[0]!.figures.clics?.value).toBe(links.reduce((n, r) => n + (r.figures.clics?.value ?? 0), 0));
  });

  test('the methods page defines every figure in use, and no other', () => {
    const used = new Set<string>([...Object.keys(report.figures), ...tables(report).flatMap((x) => x.columns)]);
    expect(new Set(report.methods.figures.map((f) => f.name))).toEqual(used);
    expect(report.methods.rules.length).toBeGreaterThan(5);
  });
});

test('what cells tell is exact: a campaign cut by public counts its clicks by public too', async () => {
  const campaign = await makeCampaign(t, { cellDimensions: ['public'] });
  const empty = await readReport(t.ctx(COMMAND), campaign.slug);
  expect(empty.tables.find((x) => x.key === 'public')?.columns).toContain('clics');
  expect(empty.tables.find((x) => x.key === 'region')?.columns).toEqual(['adresses', 'distribues']);
});

test('of fewer than five relays, how often their kits are opened is not told: it would be what each of them does', async () => {
  const { id, slug } = await makeCampaign(t);
  const opened = async () => {
    const told = await readReport(t.ctx(t.cast.bruno), slug);
    return tables(told).some((x) => x.key === 'interest') ? values(told, 'interest') : {};
  };
  await acrossOrganisations(t.db, (trx) =>
    trx
      .insertInto('page_counts')
      .values({
        ...{ organisation_id: t.cast.organisations.opco, campaign_id: id, page: 'kits', what: 'visite' },
        ...{ class: 'inconnu', hour: NOW, n: 7 },
      })
      .execute(),
  );
  for (let n = 0; n < 4; n += 1) await makeRelay(t, slug, { kind: 'guichet' });
  expect(await opened()).toEqual({});
  await makeRelay(t, slug, { kind: 'guichet' });
  expect(await opened()).toMatchObject({ kits: { consultations: 7 }, tout: { consultations: 7 } });
});

test('an empty campaign has a report: noughts, no line, and why', async () => {
  const { slug } = await makeCampaign(t);
  const empty = await readReport(t.ctx(t.cast.alice), slug);
  expect(empty.indicators.every((i) => i.tables.length === 0)).toBe(true);
  expect(empty.means).toEqual([]);
  expect(empty.unmeasured.map((u) => u.what)).toEqual(
    expect.arrayContaining(['Ce que font les relais', 'La présence aux webinaires']),
  );
  expect(tables(empty).map((x) => x.key)).toEqual(['main', 'set-apart']);
});

test('another window counts what is in it: the week before the letters has none', async () => {
  const before = await readReport(t.ctx(COMMAND), made.slug, { from: '2026-10-20', to: '2026-10-26' });
  expect(before.figures.distribues.value).toBe(0);
  expect(values(before, 'means-phase').tout).toEqual(values(report, 'means-phase').tout);
});
