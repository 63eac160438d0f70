import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';

/**
 * Whether a person agrees that their clicks be counted under their name (PRV-10): their last word to that organisation; none
 * means no. SQL, of a row known as `row` that has an organisation_id and an address_hash.
 */
export const agreesToBeMeasured = (row: 'd' | 'c'): string => `coalesce((
    select k.value = 'granted' from consents k where k.organisation_id = ${row}.organisation_id
      and k.address_hash = ${row}.address_hash and k.purpose = 'mesure_clic' order by k.id desc limit 1
  ), false)`;

/** Everybody whose last word is yes, at once: to be joined. */
export const whoeverAgrees = sql`(
    select organisation_id, address_hash from (
      select distinct on (organisation_id, address_hash) organisation_id, address_hash, value from consents
      where purpose = 'mesure_clic' order by organisation_id, address_hash, id desc
    ) said where value = 'granted'
  )`;

/**
 * Takes these people's names off the clicks that were counted under them; the clicks stay in the totals. Of those who said
 * no meanwhile, or, `gone`, of all of them. In the transaction that writes their no, across organisations (`crossing`).
 */
export async function takeNamesOff(
  trx: Trx,
  { organisationId, hashes, gone = false }: { organisationId: number; hashes: readonly Buffer[]; gone?: boolean },
): Promise<void> {
  if (hashes.length === 0) return;
  // A click that is being written down was asked about before this no: it is waited for, and loses its name too.
  await sql`select pg_advisory_xact_lock(${LOCKS.measure})`.execute(trx);
  await sql`
    with named as (
      select h.journal, h.seq from contacts c
      join deliveries d on d.contact_id = c.id and d.organisation_id = c.organisation_id
      join hits h on h.delivery_id = d.id
      where c.organisation_id = ${organisationId} and c.address_hash = any(${[...hashes]}::bytea[])
        and (${gone} or not ${sql.raw(agreesToBeMeasured('c'))})
      -- In the order of those who classify them again.
      order by h.journal, h.seq for update of h
    )
    update hits h set delivery_id = null from named n where h.journal = n.journal and h.seq = n.seq`.execute(trx);
}
