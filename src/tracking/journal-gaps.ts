import { sql } from 'kysely';
import { acrossOrganisations, type Database } from '../db/database.ts';
import type { JournalGap } from './journal.ts';

/**
 * Keeps what a journal could not write, so that reports say it for as long as they are read. A gap that goes on is written
 * again, longer; the same one twice changes nothing.
 */
export async function keepGaps(db: Database, journal: string, gaps: readonly JournalGap[]): Promise<void> {
  if (gaps.length === 0) return;
  await acrossOrganisations(db, (trx) =>
    sql`
      insert into journal_gaps as g (journal, number, started_at, ended_at, hits)
      select ${journal}, number, started, ended, hits from unnest(
        ${gaps.map((g) => g.number)}::int[], ${gaps.map((g) => new Date(g.from).toISOString())}::timestamptz[],
        ${gaps.map((g) => new Date(g.to).toISOString())}::timestamptz[], ${gaps.map((g) => g.hits)}::bigint[]
      ) as line (number, started, ended, hits)
      on conflict (journal, number) do update set ended_at = excluded.ended_at, hits = greatest(g.hits, excluded.hits)`.execute(
      trx,
    ),
  );
}
