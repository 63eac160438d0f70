import { sql } from 'kysely';
import { fromParis, parisFields } from '../base/dates.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';

/** What the CNIL gives audience figures; hits hold no address and no browser, and follow it all the same (PRV-14). */
const KEPT_MONTHS = 25;
/** In one transaction: a long one would hold back whatever else runs. */
const AT_ONCE = 10_000;

/** Since when hits are kept one by one, seen from an instant: figures of earlier days can no longer be recounted. */
export function recountableSince(now: Date): Date {
  const { year, month, day } = parisFields(now);
  return fromParis(year, month - KEPT_MONTHS, day);
}

/**
 * Forgets the hits that are older than that, some at a time; answers how many. Totals by hour and day stay, and so do counts
 * of visits and pages, which are nothing but totals: none of them says anything of one person (PRV-13, PRV-20).
 */
export async function purgeHits(db: Database, now: Date): Promise<number> {
  const before = recountableSince(now);
  let purged = 0;
  for (let some = AT_ONCE; some === AT_ONCE; purged += some)
    some = await acrossOrganisations(db, async (trx) => {
      const { numAffectedRows } = await sql`
        delete from hits where ctid = any(array(select ctid from hits where at < ${before} limit ${AT_ONCE}))`.execute(
        trx,
      );
      return Number(numAffectedRows ?? 0);
    });
  return purged;
}
