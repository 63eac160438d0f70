import { sql } from 'kysely';
import type pg from 'pg';
import { acrossOrganisations, type Database, withClient } from '../db/database.ts';
import { inFlight, type Lane, type LaneKey, laneKey, lockLanes, type WaysOut, wholeKey, writeLanes } from './lanes.ts';
import { allowance, OPEN_LANE, spend } from './pace.ts';

export type Claimed = {
  id: number;
  organisation_id: number;
  level: string;
  cell_id: number | null;
  attempts: number;
  handed_at: Date;
  contact_id: number;
  provider: string | null;
  address: string;
  first_name: string | null;
  last_name: string | null;
  notice: boolean;
  source: string;
  collected_on: string | null;
  proof_id: number;
};

/** Fewer at once would cost more in round trips than in rows. */
export const CLAIM_BATCH = 50;

/**
 * Takes up to `limit` rows whose hour has come and marks them handed, in one statement committed BEFORE the network: a process
 * that dies later leaves them as `unknown`, never as rows that another would send again.
 * - `for update skip locked` by increasing id: workers share a push without waiting for each other;
 * - `may_leave` inside the statement: an edit, a pause or a withdrawn yes committed a moment ago sends nothing, nor does
 *   anything after the deadline;
 * - the opposition gate again (PRV-41): somebody who left since the freeze becomes `cancelled`, with the reason; so does
 *   a contact that is gone or has another address now, and a row for which nothing is approved any more.
 */
export function claim(
  db: Database,
  at: { pushId: number; worker: string; now: Date; limit?: number; paced?: Paced },
): Promise<Claim> {
  return withClient(db, 'across', (client) => {
    const { pushId, now, worker, limit = CLAIM_BATCH, paced } = at;
    if (paced) return claimByLane(client, { pushId, now, worker, limit }, paced);
    return take(client, claimSql(''), [pushId, now, worker, limit]);
  });
}

/** `until`: something is due, and every way is closed or busy; when to ask again. */
export type Claim = { handed: Claimed[]; cancelled: number; until: Date | null };
/** The ways of the push, where any of them has limits or is in trouble. */
export type Paced = { lanes: readonly Lane[]; ways: WaysOut };

async function take(client: pg.PoolClient, statement: string, values: unknown[]): Promise<Claim> {
  const { rows } = await client.query<Claimed & { state: string }>(statement, values);
  const handed = rows.filter((r) => r.state === 'handed').sort((a, b) => a.id - b.id);
  return { handed, cancelled: rows.length - handed.length, until: null };
}

/**
 * Way by way, where limits or trouble must be watched: their states stay locked until the commit, so that a limit holds
 * over all workers. The ways take turns to be first: a long list of one provider must not keep the others waiting.
 */
async function claimByLane(
  client: pg.PoolClient,
  at: { pushId: number; worker: string; now: Date; limit: number },
  { lanes, ways }: Paced,
): Promise<Claim> {
  const { now } = at;
  const states = await lockLanes(client, lanes);
  const busy = await inFlight(client, ways);
  const changed = new Map<string, LaneKey>();
  const all: Claim = { handed: [], cancelled: 0, until: null };
  const first = Math.floor(Math.random() * lanes.length);
  for (const lane of [...lanes.slice(first), ...lanes.slice(0, first)]) {
    const asked = [
      { key: wholeKey(lane), provider: '', limits: lane.server },
      ...(lane.provider === '' ? [] : [{ key: laneKey(lane), provider: lane.provider, limits: lane.limits }]),
    ];
    const allowed = asked.map(({ key, limits }) =>
      allowance(limits, states.get(key) ?? OPEN_LANE, { now, inFlight: busy.get(key) ?? 0 }),
    );
    const n = Math.min(at.limit - all.handed.length, ...allowed.map((a) => a.n));
    if (n <= 0) {
      for (const { until } of allowed) if (until && (all.until === null || until < all.until)) all.until = until;
      continue;
    }
    const which = lane.provider !== '' ? 'd.provider = $6' : ways.paced ? 'd.provider is null' : 'true';
    const taken = await take(client, claimSql(`and d.organisation_id = any($5::bigint[]) and ${which}`), [
      at.pushId,
      now,
      at.worker,
      n,
      lane.organisations,
      ...(lane.provider === '' ? [] : [lane.provider]),
    ]);
    all.handed.push(...taken.handed);
    all.cancelled += taken.cancelled;
    if (taken.handed.length === 0) continue;
    for (const { key, provider, limits } of asked) {
      states.set(key, spend(limits, states.get(key) ?? OPEN_LANE, taken.handed.length, now));
      busy.set(key, (busy.get(key) ?? 0) + taken.handed.length);
      changed.set(key, { transport: lane.transport, provider });
    }
  }
  await writeLanes(
    client,
    [...changed].map(([key, of]) => ({ ...of, state: states.get(key) ?? OPEN_LANE })),
    now,
  );
  return all;
}

/**
 * Planned anew for every batch, a third of its cost: a plan made before a freeze, when the table was small, would read
 * all of it for each batch after (535 rows/s, measured, instead of 6 000). `which` narrows it to one way.
 */
const claimSql = (which: string): string => `
  with due as (
    select d.id, c.address, c.first_name, c.last_name, c.notice_sent_at is null as notice, c.source, c.collected_on,
      case when c.id is null or not exists (select 1 from pushes p join proof_variants v on v.proof_id = p.current_proof_id
          where p.id = d.push_id and v.organisation_id = d.organisation_id and v.level = d.level) then 'annule'
        -- Asked only of an address of which something is recorded, unless that means no (PRV-30): two look-ups cost a tenth of the call.
        when (select k.nature = 'prospection_b2c' from pushes p join campaigns k on k.id = p.campaign_id where p.id = $1)
          or exists (select from suppressions x where x.address_hash = d.address_hash)
          or exists (select from consents k where k.organisation_id = d.organisation_id and k.address_hash = d.address_hash and k.purpose = 'message')
        then refusal_reason(d.organisation_id, d.campaign_id, d.address_hash) end as refusal
    from deliveries d left join contacts c on c.id = d.contact_id and c.address_hash = d.address_hash
    where d.push_id = $1 and d.state in ('planned', 'held', 'deferred') ${which}
      and (d.next_at is null or d.next_at <= $2) and (select may_leave($1))
      and not (select coalesce(p.deadline_at <= $2, false) from pushes p where p.id = $1)
    order by d.id limit $4 for update of d skip locked
  )
  update deliveries d set
    state = case when due.refusal is null then 'handed' else 'cancelled' end,
    reason = due.refusal, worker = $3, next_at = null,
    handed_at = case when due.refusal is null then $2::timestamptz else d.handed_at end,
    settled_at = case when due.refusal is null then d.settled_at else $2::timestamptz end,
    attempts = attempts + case when due.refusal is null then 1 else 0 end
  from due where d.id = due.id
  returning d.id, d.state, d.organisation_id, d.contact_id, d.provider, d.level, d.cell_id, d.attempts, d.handed_at,
    due.address, due.first_name, due.last_name, due.notice, due.source, due.collected_on,
    (select p.current_proof_id from pushes p where p.id = d.push_id) as proof_id`;

/**
 * Gives back what a claim took when its commit succeeded and its answer was lost: this worker never saw those rows, so
 * they were not sent. `held` are the rows it does know, whose answers are still to be written.
 */
export const takeBack = (db: Database, at: { pushId: number; worker: string; held: number[] }): Promise<unknown> =>
  acrossOrganisations(db, (trx) =>
    sql`
      update deliveries set state = 'planned', handed_at = null, worker = null, attempts = attempts - 1
      where push_id = ${at.pushId} and worker = ${at.worker} and state = 'handed' and id <> all(${at.held}::bigint[])`.execute(
      trx,
    ),
  );
