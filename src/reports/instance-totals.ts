import { sql } from 'kysely';
import { acrossOrganisations, type Database } from '../db/database.ts';

/** Of the whole instance, nobody's in particular: sums that a machine watches. Ages in seconds; 0: nothing waits. */
export type InstanceTotals = {
  /** Rows of the pushes that are under way, by state. */
  rows: { state: string; n: number }[];
  /** Since when the oldest row that may leave now could have. */
  oldestRow: number;
  outbox: { owed: number; unknown: number; oldest: number };
  importsWaiting: number;
  /** What came back in the last twenty-four hours, by class. */
  bounces: { class: string; n: number }[];
};

/** A machine that watches must not be what slows the house down. */
const LONGEST = '2s';

/**
 * Counts what waits, in one short transaction. Rows of finished pushes, which may be millions, are not looked at. Throws what
 * the database says when it takes too long.
 */
export function readInstanceTotals(db: Database, now: Date): Promise<InstanceTotals> {
  return acrossOrganisations(db, async (trx) => {
    await sql`set transaction read only; set local statement_timeout = ${sql.lit(LONGEST)}`.execute(trx);
    const rows = await sql<{ state: string; n: number; oldest: Date | null }>`
      select d.state, count(*) as n,
        min(greatest(f.at, d.next_at)) filter (where d.state in ('planned', 'held', 'deferred')
          and coalesce(d.next_at <= ${now}, true)) as oldest
      from pushes p join freezes f on f.push_id = p.id join deliveries d on d.push_id = p.id
      where p.finished_at is null group by d.state order by d.state`.execute(trx);
    const outbox = await sql<{ owed: number; unknown: number; oldest: Date | null }>`
      select count(*) filter (where unknown_at is null) as owed, count(*) filter (where unknown_at is not null) as unknown,
        min(next_at) filter (where unknown_at is null and next_at <= ${now}) as oldest
      from outbox where sent_at is null and failed_at is null`.execute(trx);
    const imports = await sql<{ n: number }>`
      select count(*) as n from imports where state in ('queued', 'running')`.execute(trx);
    const bounces = await sql<{ class: string; n: number }>`
      select class, count(*) as n from bounces where received_at > ${new Date(now.getTime() - 86_400_000)}
      group by class order by class`.execute(trx);
    const oldest = rows.rows.flatMap((r) => (r.oldest ? [r.oldest.getTime()] : []));
    const { owed = 0, unknown = 0, oldest: first = null } = outbox.rows[0] ?? {};
    return {
      rows: rows.rows.map(({ state, n }) => ({ state, n })),
      oldestRow: oldest.length > 0 ? ageOf(new Date(Math.min(...oldest)), now) : 0,
      outbox: { owed, unknown, oldest: first ? ageOf(first, now) : 0 },
      importsWaiting: imports.rows[0]?.n ?? 0,
      bounces: bounces.rows,
    };
  });
}

const ageOf = (at: Date, now: Date): number => Math.max(0, (now.getTime() - at.getTime()) / 1_000);
