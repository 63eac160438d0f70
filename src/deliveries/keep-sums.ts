import { sql } from 'kysely';
import { ZONE } from '../base/dates.ts';
import { acrossOrganisations, type Database, type Trx } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';
import { ledgerSums, TRAITS } from './sums.ts';

/**
 * Adds up the ledgers that moved since they were last added up, and in which nothing leaves any more, so that their reports
 * need not. Nothing but time depends on it: a report counts again what is not kept. Returns how many were added up.
 */
export async function keepSums(db: Database, now: Date): Promise<number> {
  const moved = await acrossOrganisations(db, (trx) =>
    sql<{ id: number }>`
      select distinct f.campaign_id as id from freezes f left join kept_sums k on k.campaign_id = f.campaign_id
      where k.campaign_id is null or exists (select from moved_sums m where m.campaign_id = f.campaign_id)`.execute(
      trx,
    ),
  );
  let kept = 0;
  for (const { id } of moved.rows) if (await acrossOrganisations(db, (trx) => keepCampaign(trx, id, now))) kept += 1;
  return kept;
}

/**
 * Whatever changes a row that counts holds the lock too, until its end (migration 0005): alone with it, this reads a ledger
 * that stands still. It never waits for it: while a long list is drawn, it is for another time.
 */
async function keepCampaign(trx: Trx, campaignId: number, now: Date): Promise<boolean> {
  const { rows } = await sql<{ alone: boolean }>`select pg_try_advisory_xact_lock(${LOCKS.sums}) as alone`.execute(trx);
  if (!rows[0]?.alone) return false;
  const leaving = await sql`
    select from deliveries where campaign_id = ${campaignId} and state in ('planned', 'handed') limit 1`.execute(trx);
  if (leaving.rows.length > 0) return false;
  await sql`set local jit = off; set local work_mem = '64MB'`.execute(trx);
  for (const table of ['kept_sums', 'moved_sums', 'reached_people'])
    await sql`delete from ${sql.table(table)} where campaign_id = ${campaignId}`.execute(trx);
  await sql`
    insert into kept_sums (campaign_id, organisations, ledger, at)
    select ${campaignId}, array(select distinct organisation_id from deliveries where campaign_id = ${campaignId}), s.ledger, ${now}::timestamptz
    from (${ledgerSums(campaignId, sql`true`, TRAITS)}) s`.execute(trx);
  await keepReached(trx, campaignId);
  return true;
}

/** People in rows of one bit each; neighbours have the same level in the same organisation, so that most rows are never written. */
const keepReached = (trx: Trx, campaignId: number) =>
  sql`
    with reached as materialized (
      select d.push_id, d.organisation_id, d.cell_id is not null as measured, coalesce(c.level, case when d.cell_id is null then d.level end) as level,
        c.public as cell_public, k.public as contact_public, (coalesce(d.handed_at, d.settled_at) at time zone ${ZONE})::date as day,
        d.address_hash
      from deliveries d
      left join cells c on c.id = d.cell_id
      left join contacts k on k.id = d.contact_id
      where d.campaign_id = ${campaignId} and d.state in ('accepted', 'complained') and coalesce(d.handed_at, d.settled_at) is not null
    ), places as (
      select address_hash, (row_number() over (order by min(organisation_id), min(level)) - 1)::int as place from reached group by 1
    )
    insert into reached_people (campaign_id, push_id, organisation_id, measured, level, cell_public, contact_public, day, block, people)
    select ${campaignId}, push_id, organisation_id, measured, level, cell_public, contact_public, day, place / 4096,
      bit_or(set_bit(0::bit(4096), place % 4096, 1))
    from reached join places using (address_hash)
    group by 2, 3, 4, 5, 6, 7, 8, 9`.execute(trx);
