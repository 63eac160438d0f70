import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Solicitations } from '../pressure/crowded.ts';
import type { Whose } from '../pressure/declared.ts';

/** What left, may have left, or will: not what was set apart, refused by its server or sent back. The most frequent first. */
const SOLICITS = sql`d.state in ('accepted', 'planned', 'handed', 'held', 'deferred', 'unknown', 'complained')`;
/** Handed over, unless another try is due; only a row still owed has a next time. */
const AT = (now: Date) => sql`case when d.handed_at is not null and d.next_at is null then d.handed_at
  else greatest(${now}::timestamptz, d.next_at) end`;

/**
 * The ledger as solicitations: everybody's, one organisation's as it knows them itself (`only`: less the rows that the
 * campaign held, which it is never told of), or all but one's (`except`). A push whose last row is settled solicits
 * nobody any more: what is read grows with the window, not with history. `pushId` is the push one counts for. For the
 * cross role.
 */
export const ledgerSolicitations = (
  trx: Trx,
  { pushId, now }: { pushId: number; now: Date },
  scope: Whose = {},
): Solicitations => ({
  sources: (since) =>
    trx
      .selectFrom('freezes as f')
      .innerJoin('pushes as p', 'p.id', 'f.push_id')
      .leftJoin(
        // Of a push whose links are direct, how many it has is not known here.
        trx
          .selectFrom('cells')
          .select(['push_id', sql<number>`sum(recipients)`.as('people')])
          .groupBy('push_id')
          .as('c'),
        'c.push_id',
        'p.id',
      )
      .select(['p.id', 'c.people'])
      .where('p.id', '<>', pushId)
      .where((eb) => eb.or([eb('p.finished_at', 'is', null), eb('p.finished_at', '>', since)]))
      .execute(),
  rows: (ids) => sql`
    select d.push_id as source, d.address_hash, d.company_hash,
      ${AT(now)} as at
    from deliveries d
    where d.push_id = any(${[...ids]}::bigint[]) and ${SOLICITS}
      and ${scope.only === undefined ? sql`true` : sql`d.organisation_id = ${scope.only} and d.held_at is null`}
      and ${scope.except === undefined ? sql`true` : sql`d.organisation_id <> ${scope.except}`}`,
});
