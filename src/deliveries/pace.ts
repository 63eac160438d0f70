import { toParisDay } from '../base/dates.ts';

/** How fast one way may be used. Null: no limit of ours. `connections` bounds what is in flight over all workers. */
export type Limits = { connections: number | null; perMinute: number | null; perDay: number | null };

export const NO_LIMITS: Limits = { connections: null, perMinute: null, perDay: null };

/**
 * What providers of personal mailboxes put up with from one sender, to start from; their own answers slow us further.
 * Orange, La Poste, SFR and Free close the door from a few connections on (OFR_104, LPN_104: MAIL-20).
 */
export const PROFILES: Record<string, Limits> = {
  orange: { connections: 2, perMinute: 100, perDay: null },
  laposte: { connections: 2, perMinute: 100, perDay: null },
  sfr: { connections: 3, perMinute: 150, perDay: null },
  free: { connections: 3, perMinute: 150, perDay: null },
  bouygues: { connections: 3, perMinute: 150, perDay: null },
  google: { connections: 10, perMinute: 600, perDay: null },
  microsoft: { connections: 5, perMinute: 300, perDay: null },
  yahoo: { connections: 5, perMinute: 300, perDay: null },
};

export const PROVIDER_NAMES: Record<string, string> = {
  orange: 'Orange',
  laposte: 'La Poste',
  sfr: 'SFR',
  free: 'Free',
  bouygues: 'Bouygues Telecom',
  google: 'Gmail',
  microsoft: 'Outlook, Hotmail',
  yahoo: 'Yahoo',
};

/** Why a way is slowed or closed: the circuit breaker's own words, each said to people in `WHY_NAMES`. */
export type Why = 'ralenti' | 'bloque' | 'injoignable';
export const WHY_NAMES: Record<Why, string> = {
  ralenti: 'demande de ralentir',
  bloque: 'refuse nos messages',
  injoignable: 'ne répond pas',
};

export type LaneState = {
  freeAt: Date | null;
  day: string | null;
  dayCount: number;
  strikes: number;
  pausedUntil: Date | null;
  why: Why | null;
  reply: string | null;
};

export const OPEN_LANE: LaneState = {
  freeAt: null,
  day: null,
  dayCount: 0,
  strikes: 0,
  pausedUntil: null,
  why: null,
  reply: null,
};

const MINUTE = 60_000;
/** A pace of a hundred a minute lets eight leave together, then waits: not a hundred at each full minute. */
const BURST_MS = 5_000;

/** How many messages may be handed over now, and when to ask again if that is none. `inFlight`: on this way, by all workers. */
export function allowance(
  limits: Limits,
  lane: LaneState,
  { now, inFlight }: { now: Date; inFlight: number },
): { n: number; until: Date | null } {
  if (lane.pausedUntil && lane.pausedUntil > now) return { n: 0, until: lane.pausedUntil };
  // After trouble one message is tried, and the others wait for its answer.
  const connections = lane.strikes > 0 ? 1 : limits.connections;
  const free = connections === null ? Number.POSITIVE_INFINITY : connections - inFlight;
  const today = lane.day === toParisDay(now) ? lane.dayCount : 0;
  const left = limits.perDay === null ? Number.POSITIVE_INFINITY : limits.perDay - today;
  if (left <= 0) return { n: 0, until: new Date(now.getTime() + 15 * MINUTE) };
  let paced = Number.POSITIVE_INFINITY;
  let until: Date | null = null;
  if (limits.perMinute !== null) {
    const each = MINUTE / limits.perMinute;
    const burst = Math.max(BURST_MS, each);
    const from = Math.max(lane.freeAt?.getTime() ?? 0, now.getTime());
    paced = Math.floor((now.getTime() + burst - from) / each);
    if (paced <= 0) until = new Date(from - burst + each);
  }
  const n = Math.max(0, Math.min(free, left, paced));
  return { n, until: n === 0 ? (until ?? now) : null };
}

/** The lane after `n` more were handed over. */
export function spend(limits: Limits, lane: LaneState, n: number, now: Date): LaneState {
  const day = toParisDay(now);
  const from = Math.max(lane.freeAt?.getTime() ?? 0, now.getTime());
  return {
    ...lane,
    freeAt: limits.perMinute === null ? lane.freeAt : new Date(from + (n * MINUTE) / limits.perMinute),
    day,
    dayCount: (lane.day === day ? lane.dayCount : 0) + n,
  };
}

/** What an answer says about the way, not about the message. */
export type Signal = 'well' | 'slow' | 'blocked' | 'unreachable';

/** Gmail: pause a quarter of an hour, one test, then go on (MAIL-13). The others say "slow down" for shorter troubles. */
const FIRST_PAUSE: Record<'slow' | 'blocked', (provider: string) => number> = {
  slow: (provider) => (provider === 'google' ? 15 * MINUTE : MINUTE),
  blocked: () => 15 * MINUTE,
};
const LONGEST_PAUSE = 4 * 60 * MINUTE;

/**
 * The circuit breaker, as a pure function: trouble closes the way for a time that doubles at each strike; then one
 * message is tried, and each one taken lifts a strike.
 */
export function react(lane: LaneState, signal: Signal, of: { provider: string; reply: string; now: Date }): LaneState {
  const { provider, reply, now } = of;
  if (signal === 'well') {
    if (lane.why === null) return lane;
    const strikes = Math.max(0, lane.strikes - 1);
    return strikes === 0 ? { ...lane, strikes, pausedUntil: null, why: null, reply: null } : { ...lane, strikes };
  }
  // Only said: the pool of connections rests by itself, and the rows come back a few seconds later.
  if (signal === 'unreachable') return lane.why ? lane : { ...lane, why: 'injoignable', reply };
  // Several answers to one moment of trouble are one strike.
  if (lane.pausedUntil && lane.pausedUntil > now && lane.strikes > 0) return lane;
  const strikes = lane.strikes + 1;
  const pause = Math.min(FIRST_PAUSE[signal](provider) * 2 ** (strikes - 1), LONGEST_PAUSE);
  return {
    ...lane,
    strikes,
    why: signal === 'slow' ? 'ralenti' : 'bloque',
    reply,
    pausedUntil: new Date(now.getTime() + pause),
  };
}
