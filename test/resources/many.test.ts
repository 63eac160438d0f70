import { sql } from 'kysely';
import pg from 'pg';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { publicInventory } from '../../src/resources/public-inventory.ts';
import { type InventoryFilters, PER_PAGE, readInventory } from '../../src/resources/read-inventory.ts';
import { RESOURCE_KINDS } from '../../src/resources/schema.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

const t = await testDatabase();
const read = (campaignId: number, filters: InventoryFilters = {}, { page = 1 } = {}) =>
  readInventory(t.ctx(t.cast.alice), campaignId, { filters, carried: { sent: [], planned: [] }, page });

describe('2 000 resources', () => {
  const many = async (campaignId: number, n: number) =>
    withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      sql`insert into resources (organisation_id, campaign_id, slug, title, summary, kind, axis, url, uses, level_uses, created_at, updated_at)
        select ${t.cast.organisations.opco}, ${campaignId}, 'r-' || i, 'Ressource ' || lpad(i::text, 5, '0'),
          'Un résumé sur ' || case when i % 500 = 0 then 'les raccordeurs' else 'le sujet ' || i end,
          (${RESOURCE_KINDS as unknown as string[]}::text[])[1 + i % 10], 'Axe ' || i % 4, 'https://exemple.fr/' || i,
          '{"entreprise": "Situer ses besoins."}', '{"terrain": "Agir."}', now(), now() from generate_series(1, ${n}) i`.execute(
        trx,
      ),
    );

  /** What is asked of the database while `run` runs. */
  async function queriesOf(run: () => Promise<unknown>): Promise<{ text: string; values: unknown[] }[]> {
    const asked = vi.spyOn(pg.Client.prototype, 'query');
    try {
      await run();
      return asked.mock.calls.flatMap(([query, values]) =>
        typeof query === 'string' ? [{ text: query, values: (values as unknown[] | undefined) ?? [] }] : [],
      );
    } finally {
      asked.mockRestore();
    }
  }

  let [few, lots] = [0, 0];
  let slug = '';
  beforeAll(async () => {
    few = (await makeCampaign(t)).id;
    ({ id: lots, slug } = await makeCampaign(t));
    await many(few, 20);
    await many(lots, 2_000);
    for (let i = 0; i < 5; i += 1) await many((await makeCampaign(t)).id, 2_000);
    const owner = new pg.Client({ connectionString: t.url });
    await owner.connect();
    // As autovacuum does a minute later: statistics, and the words of the index put in their place.
    await owner.query('vacuum analyze resources');
    await owner.end();
  });

  test('ask no more of the database than twenty, and are shown page by page', async () => {
    const page = (id: number) => () => read(id, { search: 'résumé', state: 'jamais' });
    const [small, large] = [await queriesOf(page(few)), await queriesOf(page(lots))];
    expect(large.length).toBe(small.length);
    expect(large.length).toBeLessThan(10);
    const inventory = await read(lots, {}, { page: 40 });
    expect(inventory).toMatchObject({ found: 2_000, page: 40, pages: 40 });
    expect(inventory.lines).toHaveLength(PER_PAGE);
    expect(inventory.lines.at(-1)?.slug).toBe('r-2000');
    expect((await read(lots, {}, { page: 4_000 })).page).toBe(40);
    expect((await read(lots, { search: 'raccordeurs' })).found).toBe(4);
  });

  test('are found without reading the inventories of the other campaigns, by partners and by everybody', async () => {
    const plans = async (queries: { text: string; values: unknown[] }[], role: 'app' | 'cross') => {
      const client = await t.db.pool.connect();
      try {
        await client.query(`begin; set local role ${pg.escapeIdentifier(t.db.roles[role])}`);
        await client.query("select set_config('app.organisation_id', $1, true)", [String(t.cast.organisations.opco)]);
        const texts: string[] = [];
        for (const { text, values } of queries.filter((q) => /from resources r/.test(q.text)))
          texts.push(JSON.stringify((await client.query(`explain (format json) ${text}`, values)).rows));
        return texts;
      } finally {
        await client.query('rollback');
        client.release();
      }
    };
    const signedIn = await plans(await queriesOf(() => read(lots, { search: 'raccordeurs' })), 'app');
    const asked = (filters: object) => () => publicInventory(t, { filters, today: '2026-11-22', page: 1, perPage: 60 });
    const ofCampaign = await plans(await queriesOf(asked({ campaign: slug })), 'cross');
    const searched = await plans(await queriesOf(asked({ search: 'raccordeurs' })), 'cross');
    expect([signedIn.length, ofCampaign.length, searched.length]).toEqual([2, 2, 2]);
    for (const plan of [...signedIn, ...ofCampaign, ...searched])
      expect(plan).not.toMatch(/"Node Type":"Seq Scan"[^{}]*"Relation Name":"resources"/);
    for (const plan of searched) expect(plan).toContain('resources_search');
  });

  test('a page of the public space asks as much of the database for twenty', async () => {
    const page = (campaign: number) => () =>
      publicInventory(t, {
        filters: { search: 'résumé', kind: campaign === few ? 'etude' : 'guide' },
        today: '2026-11-22',
        page: 1,
        perPage: 60,
      });
    expect((await queriesOf(page(few))).length).toBe((await queriesOf(page(lots))).length);
    const all = await publicInventory(t, { filters: { campaign: slug }, today: '2026-11-22', page: 34, perPage: 60 });
    expect(all).toMatchObject({ found: 2_000, page: 34, pages: 34 });
    expect(all.lines).toHaveLength(20);
    expect(all.tree.reduce((sum, { n }) => sum + n, 0)).toBe(2_000);
  });
});
