import type pg from 'pg';
import { acrossOrganisations, type Database, withClient } from '../db/database.ts';
import { type LaneState, type Limits, NO_LIMITS, OPEN_LANE, PROFILES, react, type Signal, type Why } from './pace.ts';
import { LETS_GO } from './persist.ts';

/**
 * One way a push's messages take: the server they leave by (0: the instance's) and its limits, whose mailboxes they go
 * to ('': any other) and what these put up with.
 */
export type Lane = { transport: number; server: Limits; provider: string; limits: Limits; organisations: number[] };
export type LaneKey = Pick<Lane, 'transport' | 'provider'>;

/** The instance's own server, which organisations without one leave by. */
export const SHARED = 0;

/** The servers, as the drain needs to know them. */
export type WaysOut = {
  /** Of organisations with a server of their own, and of SHARED where it has limits. */
  limitsOf: () => ReadonlyMap<number, Limits>;
  /** False towards the demonstration's mailbox: no provider is behind it. */
  paced: boolean;
  /** Where what comes back is read; null: nowhere, answers go to the sender's own mailbox. */
  bounceAddress: string | null;
};
export const ONE_WAY: WaysOut = { limitsOf: () => new Map(), paced: false, bounceAddress: null };

export const laneKey = ({ transport, provider }: LaneKey): string => `${transport}/${provider}`;
/** The whole server, whoever the mailboxes belong to. */
export const wholeKey = ({ transport }: Pick<Lane, 'transport'>): string => laneKey({ transport, provider: '' });

const limited = (limits: Limits): boolean => Object.values(limits).some((limit) => limit !== null);
export const isLimited = (lane: Lane): boolean => limited(lane.limits) || limited(lane.server);

/**
 * The lanes of a push that still has something to hand over; null when nothing about them must be watched, neither limits
 * nor trouble, which is most of the time and costs nothing then.
 */
export async function lanesOf(db: Database, pushId: number, ways: WaysOut): Promise<Lane[] | null> {
  const own = ways.limitsOf();
  const { groups, troubled } = await acrossOrganisations(db, async (trx) => {
    const trouble = await trx.selectFrom('lanes').select('transport').distinct().where('why', 'is not', null).execute();
    const idle = !ways.paced && trouble.length === 0 && ![...own.values()].some(limited);
    return {
      troubled: new Set(trouble.map((row) => row.transport)),
      groups: idle
        ? []
        : await trx
            .selectFrom('deliveries')
            .select(['organisation_id', 'provider'])
            .distinct()
            .where('push_id', '=', pushId)
            .where('state', 'in', ['planned', 'held', 'deferred'])
            .execute(),
    };
  });
  const lanes = new Map<string, Lane>();
  for (const { organisation_id, provider } of groups) {
    const transport = own.has(organisation_id) ? organisation_id : SHARED;
    const name = ways.paced ? (provider ?? '') : '';
    const key = laneKey({ transport, provider: name });
    const lane = lanes.get(key) ?? {
      transport,
      provider: name,
      organisations: [],
      server: own.get(transport) ?? NO_LIMITS,
      limits: PROFILES[name] ?? NO_LIMITS,
    };
    if (!lane.organisations.includes(organisation_id)) lane.organisations.push(organisation_id);
    lanes.set(key, lane);
  }
  const found = [...lanes.values()];
  // Company addresses by an unlimited server: a worker need not wait for another to look at it.
  if (!found.some((lane) => isLimited(lane) || troubled.has(lane.transport))) return null;
  return found.sort((a, b) => a.transport - b.transport || a.provider.localeCompare(b.provider));
}

type Row = {
  transport: number;
  provider: string;
  free_at: Date | null;
  day: string | null;
  day_count: number;
  strikes: number;
  paused_until: Date | null;
  why: string | null;
  reply: string | null;
};

const stateOf = (row: Row): LaneState => ({
  freeAt: row.free_at,
  day: row.day,
  dayCount: row.day_count,
  strikes: row.strikes,
  pausedUntil: row.paused_until,
  why: row.why as Why | null,
  reply: row.reply,
});

/**
 * The states of these lanes and of the whole server of each, locked until the transaction ends: two workers cannot both
 * take the last place. Made when missing; always in the same order, so that nobody waits in a circle.
 */
export async function lockLanes(client: pg.PoolClient, lanes: readonly LaneKey[]): Promise<Map<string, LaneState>> {
  const keys = new Map(
    lanes.flatMap(({ transport, provider }) => [
      [laneKey({ transport, provider: '' }), { transport, provider: '' }],
      [laneKey({ transport, provider }), { transport, provider }],
    ]),
  );
  const transports = [...keys.values()].map((k) => k.transport);
  const providers = [...keys.values()].map((k) => k.provider);
  const select = `select l.* from lanes l join unnest($1::bigint[], $2::text[]) as k(transport, provider) using (transport, provider)
    order by l.transport, l.provider for update of l`;
  let { rows } = await client.query<Row>(select, [transports, providers]);
  if (rows.length < keys.size) {
    await client.query(
      'insert into lanes (transport, provider) select * from unnest($1::bigint[], $2::text[]) order by 1, 2 on conflict do nothing',
      [transports, providers],
    );
    ({ rows } = await client.query<Row>(select, [transports, providers]));
  }
  const found = new Map(rows.map((row) => [laneKey(row), stateOf(row)]));
  return new Map([...keys.keys()].map((key) => [key, found.get(key) ?? OPEN_LANE]));
}

/** Writes back what changed; the lanes are locked by the caller. */
export async function writeLanes(
  client: pg.PoolClient,
  changed: readonly { transport: number; provider: string; state: LaneState }[],
  now: Date,
): Promise<void> {
  for (const { transport, provider, state } of changed)
    await client.query(
      `update lanes set free_at = $3, day = $4, day_count = $5, strikes = $6, paused_until = $7,
         changed_at = case when why is distinct from $8 then $10 else changed_at end, why = $8, reply = $9
       where transport = $1 and provider = $2`,
      [
        transport,
        provider,
        state.freeAt,
        state.day,
        state.dayCount,
        state.strikes,
        state.pausedUntil,
        state.why,
        state.reply?.slice(0, 500) ?? null,
        now,
      ],
    );
}

/** How much each way has under way now, over all workers and pushes: by `laneKey`, and by `wholeKey`. */
export async function inFlight(client: pg.PoolClient): Promise<Map<string, number>> {
  const { rows } = await client.query<LaneKey & { n: number }>(
    'select transport, provider, count(*) as n from flights group by 1, 2',
  );
  const counts = new Map<string, number>();
  for (const { n, ...lane } of rows)
    for (const key of new Set([laneKey(lane), wholeKey(lane)])) counts.set(key, (counts.get(key) ?? 0) + n);
  return counts;
}

/** Written by the claim itself; taken away with the answer. */
export const takeOff = (client: pg.PoolClient, lane: LaneKey, worker: string, ids: number[]) =>
  client.query(
    'insert into flights (delivery_id, worker, transport, provider) select id, $2, $3, $4 from unnest($1::bigint[]) as id',
    [ids, worker, lane.transport, lane.provider],
  );

export type LaneSignal = LaneKey & { signal: Signal; reply: string };

/** Applies what the last answers said of their ways. */
export function signalLanes(db: Database, signals: readonly LaneSignal[], now: Date): Promise<void> {
  return withClient(
    db,
    'across',
    async (client) => {
      const states = await lockLanes(client, signals);
      const changed = new Map<string, { transport: number; provider: string; state: LaneState }>();
      for (const { transport, provider, signal, reply } of signals) {
        const key = laneKey({ transport, provider });
        const before = changed.get(key)?.state ?? states.get(key) ?? OPEN_LANE;
        const state = react(before, signal, { provider, reply, now });
        if (state !== before) changed.set(key, { transport, provider, state });
      }
      await writeLanes(client, [...changed.values()], now);
    },
    LETS_GO,
  );
}
