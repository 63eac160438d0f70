import { toParisDay } from '../../src/base/dates.ts';
import { acrossOrganisations, type Database } from '../../src/db/database.ts';

/** The slow, obvious recount: every kept hit, one by one, by hour and by day in Paris; beside it, the totals as they stand. */
export async function recount(db: Database) {
  const { hits, hours, days } = await acrossOrganisations(db, async (trx) => ({
    hits: await trx.selectFrom('hits').selectAll().execute(),
    hours: await trx.selectFrom('hit_rollups').selectAll().execute(),
    days: await trx.selectFrom('hit_days').selectAll().execute(),
  }));
  const counted = new Map<string, number>();
  for (const h of hits)
    for (const when of [h.at.toISOString(), toParisDay(h.at)]) {
      const key = [h.push_id, h.cell_id ?? 0, h.link_id, when, h.class, h.reason, h.rule_version].join(' ');
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
  const totals = new Map(
    [...hours.map((r) => ({ ...r, when: r.hour.toISOString() })), ...days.map((r) => ({ ...r, when: r.day }))]
      // A class that every hit has left keeps its line, at zero.
      .filter((r) => r.hits !== 0)
      .map((r) => [[r.push_id, r.cell_id, r.link_id, r.when, r.class, r.rule, r.rule_version].join(' '), r.hits]),
  );
  return { hits, counted, totals };
}
