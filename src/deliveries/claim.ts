import { sql } from 'kysely';
import type pg from 'pg';
import { agreesToBeMeasured } from '../contacts/click-names.ts';
import { acrossOrganisations, type Database, withClient } from '../db/database.ts';
import { EMBARGO_SQL } from '../pushes/embargo.ts';
import {
  inFlight,
  isLimited,
  type Lane,
  type LaneKey,
  laneKey,
  lockLanes,
  takeOff,
  type WaysOut,
  wholeKey,
  writeLanes,
} from './lanes.ts';
import { allowance, OPEN_LANE, spend } from './pace.ts';
import { LETS_GO } from './persist.ts';

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
  /** They have links of their own, and still agree to it at this moment. */
  personal: boolean;
};

/** Fewer at once would cost more in round trips than in rows. */
export const CLAIM_BATCH = 50;

/**
 * Takes up to `limit` rows whose hour has come and marks them handed, in one statement committed BEFORE the network: a process
 * that dies later leaves them as `unknown`, never as rows that another would send again.
 * - `for update skip locked` by increasing id: workers share a push without waiting for each other;
 * - `may_leave` inside the statement: an edit, a pause or a withdrawn yes committed a moment ago sends nothing, nor does
 *   anything after the deadline, outside the window that was approved or under embargo;
 * - the opposition gate again (PRV-41): somebody who left since the freeze becomes `cancelled`, with the reason; so does
 *   a contact that is gone or has another address now, a row for which nothing is approved any more, and those of an
 *   organisation that has left the campaign;
 * - `personal`: some of this push have links of their own, and are asked about again too (PRV-10).
 */
export function claim(
  db: Database,
  at: { pushId: number; worker: string; now: Date; limit?: number; cursor?: Cursor; paced?: Paced; personal?: boolean },
): Promise<Claim> {
  return withClient(
    db,
    'across',
    (client) => {
      const { paced, ...one } = { limit: CLAIM_BATCH, cursor: startCursor(), personal: false, ...at };
      return paced ? claimByLane(client, one, paced) : take(client, one, { key: '', limit: one.limit });
    },
    IN_ORDER,
  );
}

/**
 * Where a drain stands in the list, by way: it goes through it once by increasing id, then starts again for what has come
 * back meanwhile. Without it each batch would read all that has left already.
 */
export type Cursor = Map<string, number>;
export const startCursor = (): Cursor => new Map();

type At = { pushId: number; worker: string; now: Date; limit: number; cursor: Cursor; personal: boolean };

/** `until`: something is due, and every way is closed or busy; when to ask again. */
export type Claim = { handed: Claimed[]; cancelled: number; until: Date | null };
/** The ways of the push, where any of them has limits or is in trouble. */
export type Paced = { lanes: readonly Lane[]; ways: WaysOut };

/** Takes up to `limit` from where the cursor stands; at the end of the list, from its beginning once. */
async function take(
  client: pg.PoolClient,
  { pushId, now, worker, cursor, personal }: At,
  { key, limit, which = 'any', values = [] }: { key: string; limit: number; which?: Which; values?: unknown[] },
): Promise<Claim> {
  for (;;) {
    const from = cursor.get(key) ?? 0;
    const { rows } = await client.query<Claimed & { state: string }>({
      name: `claim ${which}${personal ? ' personal' : ''}`,
      text: (personal ? PERSONAL_CLAIMS : CLAIMS)[which],
      values: [pushId, now, worker, limit, from, ...values],
    });
    cursor.set(key, rows.length < limit ? 0 : rows.reduce((last, row) => Math.max(last, row.id), from));
    if (rows.length === 0 && from > 0) continue;
    const handed = rows.filter((r) => r.state === 'handed').sort((a, b) => a.id - b.id);
    return { handed, cancelled: rows.length - handed.length, until: null };
  }
}

/**
 * Way by way, where limits or trouble must be watched: their states stay locked until the commit, so that a limit holds
 * over all workers. The ways take turns to be first: a long list of one provider must not keep the others waiting.
 */
async function claimByLane(client: pg.PoolClient, at: At, { lanes, ways }: Paced): Promise<Claim> {
  const { now } = at;
  const states = await lockLanes(client, lanes);
  const busy = await inFlight(client);
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
    const which = lane.provider !== '' ? 'provider' : ways.paced ? 'others' : 'organisations';
    const taken = await take(client, at, {
      key: laneKey(lane),
      limit: n,
      which,
      values: [lane.organisations, ...(which === 'provider' ? [lane.provider] : [])],
    });
    all.handed.push(...taken.handed);
    all.cancelled += taken.cancelled;
    if (taken.handed.length === 0) continue;
    // A way without limits, and well, is not counted: another one of this push is why it is watched.
    if (!isLimited(lane) && asked.every(({ key }) => (states.get(key) ?? OPEN_LANE).why === null)) continue;
    await takeOff(
      client,
      lane,
      at.worker,
      taken.handed.map((row) => row.id),
    );
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
 * In the order of the list whatever the planner believes: right after a freeze its statistics know nothing of the new rows,
 * and it would read and sort all that is left for each batch (38 ms instead of 4). The plan is then the same every
 * time, so it is kept: making it costs a third of the call.
 */
const IN_ORDER = `set local enable_sort = off; set local enable_bitmapscan = off; set local enable_seqscan = off; set local plan_cache_mode = force_generic_plan; ${LETS_GO}`;

/** One statement for each way of narrowing it, kept prepared under its name. */
const WHICH = {
  any: '',
  organisations: 'and d.organisation_id = any($6::bigint[])',
  others: 'and d.organisation_id = any($6::bigint[]) and d.provider is null',
  provider: 'and d.organisation_id = any($6::bigint[]) and d.provider = $7',
} as const;
type Which = keyof typeof WHICH;

const claimSql = (which: string, personal: string): string => `
  with picked as materialized (
    select d.id from deliveries d
    where d.push_id = $1 and d.id > $5 and d.state in ('planned', 'held', 'deferred') ${which}
      and (d.next_at is null or d.next_at <= $2) and (select may_leave($1))
      and not (select coalesce(least(p.deadline_at, p.window_to) <= $2, false) or coalesce(p.window_from > $2, false)
        or coalesce(${EMBARGO_SQL} > $2, false) from pushes p where p.id = $1)
    order by d.push_id, d.id limit $4 for update of d skip locked
  ), due as materialized (
    select d.id, c.address, c.first_name, c.last_name, c.notice_sent_at is null as notice, c.source, c.collected_on,
      p.current_proof_id as proof_id,
      case when d.organisation_id in (select w.organisation_id from withdrawals w join pushes q on q.campaign_id = w.campaign_id
          where q.id = $1 and w.effective_at <= now()) then 'retrait'
        when c.id is null or not exists (select 1 from proof_variants v
          where v.proof_id = p.current_proof_id and v.organisation_id = d.organisation_id and v.level = d.level) then 'annule'
        -- Asked only of an address of which something is recorded, unless that means no (PRV-30): two look-ups cost a tenth of the call.
        when k.nature = 'prospection_b2c'
          or exists (select from suppressions x where x.address_hash = d.address_hash)
          or exists (select from consents k where k.organisation_id = d.organisation_id and k.address_hash = d.address_hash and k.purpose = 'message')
        then refusal_reason(d.organisation_id, d.campaign_id, d.address_hash) end as refusal, ${personal} as personal
    from picked join deliveries d using (id)
    join pushes p on p.id = d.push_id join campaigns k on k.id = p.campaign_id
    left join contacts c on c.id = d.contact_id and c.address_hash = d.address_hash
  )
  update deliveries d set
    state = case when due.refusal is null then 'handed' else 'cancelled' end,
    reason = due.refusal, worker = $3, next_at = null,
    handed_at = case when due.refusal is null then $2::timestamptz else d.handed_at end,
    settled_at = case when due.refusal is null then d.settled_at else $2::timestamptz end,
    attempts = attempts + case when due.refusal is null then 1 else 0 end
  from due where d.id = due.id
  returning d.id, d.state, d.organisation_id, d.contact_id, d.provider, d.level, d.cell_id, d.attempts, d.handed_at,
    due.address, due.first_name, due.last_name, due.notice, due.source, due.collected_on, due.proof_id, due.personal`;

const claimsWith = (personal: string): Record<Which, string> => ({
  any: claimSql(WHICH.any, personal),
  organisations: claimSql(WHICH.organisations, personal),
  others: claimSql(WHICH.others, personal),
  provider: claimSql(WHICH.provider, personal),
});
const CLAIMS = claimsWith('false');
const PERSONAL_CLAIMS = claimsWith(`(k.link_mode = 'individuel'
  and exists (select from cells x where x.id = d.cell_id and x.individual) and ${agreesToBeMeasured('d')})`);

/**
 * Gives back what a claim took when its commit succeeded and its answer was lost: this worker never saw those rows, so
 * they were not sent. `held` are the rows it does know, whose answers are still to be written.
 */
export const takeBack = (db: Database, at: { pushId: number; worker: string; held: number[] }): Promise<unknown> =>
  acrossOrganisations(db, (trx) =>
    sql`
      with landed as (
        delete from flights where worker = ${at.worker} and delivery_id <> all(${at.held}::bigint[])
      )
      update deliveries set state = 'planned', handed_at = null, settled_at = null, worker = null, attempts = attempts - 1
      where push_id = ${at.pushId} and worker = ${at.worker} and state in ('handed', 'unknown') and id <> all(${at.held}::bigint[])`.execute(
      trx,
    ),
  );
