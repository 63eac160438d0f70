import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { testDatabase } from '../support/database.ts';
import { seeded } from '../support/random.ts';

const { db } = await testDatabase();
const ROWS = 'organisation_id, campaign_id, push_id, cell_id, link_id, day, class, rule, rule_version, hits';

/** What the totals without links, and without groups, should be: counted again from the totals by day. */
async function expectSums(after: string): Promise<void> {
  for (const [table, kept] of [
    ['group_days', 'cell_id'],
    ['link_days', 'link_id'],
  ] as const) {
    const { rows } = await acrossOrganisations(db, (trx) =>
      sql<{ wrong: number; right: number }>`
        with there as (select push_id, ${sql.ref(kept)} as of, day, class, rule, sum(hits)::int as n from ${sql.table(table)} group by 1, 2, 3, 4, 5),
        recount as (select push_id, ${sql.ref(kept)} as of, day, class, rule, sum(hits)::int as n from hit_days group by 1, 2, 3, 4, 5)
        select count(*) filter (where coalesce(t.n, 0) <> coalesce(r.n, 0)) as wrong, count(*) filter (where r.n > 0) as right
        from there t full join recount r using (push_id, of, day, class, rule)`.execute(trx),
    );
    expect([table, after, rows[0]?.wrong]).toEqual([table, after, 0]);
  }
}

test('totals without links, and without groups, follow the totals by day whatever is done to these', async () => {
  const random = seeded(5);
  const pick = (n: number): number => Math.floor(random() * n);
  const some = () => sql`(select ctid from hit_days order by md5(ctid::text || ${random()}) limit 9)`;
  const moves = [
    () =>
      sql`insert into hit_days (${sql.raw(ROWS)})
        select 1, 1, ${pick(3)}, g % 4, 1 + g % 3, date '2026-11-20' + g % 5, (array['inconnu', 'scanner'])[1 + g % 2], 'aucune', 2, 1 + g
        from generate_series(${pick(20)}::int, 40) g
        on conflict (push_id, cell_id, link_id, day, class, rule, rule_version) do update set hits = hit_days.hits + 3`,
    () => sql`update hit_days set hits = hits + ${pick(9)} where ctid in ${some()}`,
    () => sql`update hit_days set hits = 0 where ctid in ${some()}`,
    () => sql`update hit_days set rule = 'rafale', rule_version = 3 where rule = 'aucune' and ctid in ${some()}`,
    () => sql`delete from hit_days where ctid in ${some()}`,
  ];
  for (let step = 0; step < 30; step++) {
    const move = step === 0 ? 0 : pick(moves.length);
    // Two versions of one rule may not meet on one row: that move then does nothing, and neither do the sums.
    await acrossOrganisations(db, (trx) => (moves[move] as () => ReturnType<typeof sql>)().execute(trx)).catch((e) => {
      expect(e.code).toBe('23505');
    });
    await expectSums(`step ${step}, move ${move}`);
  }
  const { rows } = await acrossOrganisations(db, (trx) =>
    sql<{
      days: number;
      sums: number;
    }>`select (select sum(hits)::int from hit_days) as days, (select sum(hits)::int from group_days) as sums`.execute(
      trx,
    ),
  );
  expect(rows[0]?.days).toBeGreaterThan(0);
  expect(rows[0]?.sums).toBe(rows[0]?.days);
});
