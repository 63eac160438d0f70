import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { drain, freeze, ledger } from './ledger.ts';
import { startSink } from './sink.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

describe('who shares a link (PRV-11)', () => {
  const shape = {
    level: (i: number) => (i % 5 === 0 ? 'institutionnel' : 'terrain'),
    region: (i: number) => (i % 7 === 0 ? null : i % 2 ? 'Bretagne' : 'Normandie'),
    sizeClass: (i: number) => (i % 11 === 0 ? '50-249' : '<11'),
  };

  test('every addressed row has a cell of k people or more, and every cell its own link', async () => {
    const push = await makeApprovedPush(t, { campaign: { k: 20 }, contacts: { opco: 137, btp: 61 }, contact: shape });
    await freeze(t, push.id);
    const rows = await ledger(t, push.id);
    expect(rows.filter((r) => r.cell_id === null)).toEqual([]);
    const sizes = new Map<number, number>();
    for (const { cell_id } of rows) sizes.set(cell_id ?? 0, (sizes.get(cell_id ?? 0) ?? 0) + 1);
    const { cells, tokens } = await acrossOrganisations(t.db, async (trx) => ({
      cells: await trx
        .selectFrom('cells')
        .select(['id', 'organisation_id', 'recipients'])
        .where('push_id', '=', push.id)
        .execute(),
      tokens: await trx.selectFrom('tokens').select(['token', 'cell_id']).where('push_id', '=', push.id).execute(),
    }));
    expect(cells.length).toBeGreaterThan(3);
    for (const cell of cells) {
      expect(cell.recipients).toBeGreaterThanOrEqual(20);
      expect(sizes.get(cell.id)).toBe(cell.recipients);
    }
    for (const row of rows) expect(cells.find((c) => c.id === row.cell_id)?.organisation_id).toBe(row.organisation_id);
    expect(new Set(tokens.map((x) => x.token)).size).toBe(cells.length);
    const sink = await startSink();
    await drain(t, push.id, sink.pool());
    await sink.close();
    const seen = new Map<string, number>();
    for (const { raw } of sink.received) {
      const token = /pv\.example\/r\/([\w-]+)/.exec(raw.replace(/=\r\n/g, ''))?.[1] ?? 'direct';
      seen.set(token, (seen.get(token) ?? 0) + 1);
    }
    expect([...seen.values()].toSorted()).toEqual(cells.map((c) => c.recipients).toSorted());
  });

  test('under k people in all, links lead straight to their page and nobody is told apart', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 12, btp: 7 }, contact: shape });
    await freeze(t, push.id);
    expect((await ledger(t, push.id)).filter((r) => r.cell_id !== null)).toEqual([]);
    const sink = await startSink();
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(sink.received).toHaveLength(19);
    for (const { raw } of sink.received) {
      expect(raw).not.toContain('/r/');
      expect(raw.replace(/=\r\n/g, '')).toContain('https://ressources.example/etude');
    }
  });

  test('a campaign without tracking mints no link at all', async () => {
    const push = await makeApprovedPush(t, { campaign: { linkMode: 'direct' }, contacts: { opco: 40 } });
    await freeze(t, push.id);
    const made = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('tokens').select('token').where('push_id', '=', push.id).execute(),
    );
    expect(made).toEqual([]);
    expect((await ledger(t, push.id)).filter((r) => r.cell_id !== null)).toEqual([]);
  });

  test('a list cut into thousands of groups still fits in one statement', async () => {
    const push = await makeApprovedPush(t, {
      campaign: { k: 10, cellDimensions: ['level', 'region', 'size_class'] },
      contacts: { opco: 10_000, btp: 0 },
      contact: { region: (i) => `Région ${i}`, sizeClass: () => '<11' },
    });
    await freeze(t, push.id);
    expect((await ledger(t, push.id)).filter((r) => r.cell_id === null)).toEqual([]);
  });
});
