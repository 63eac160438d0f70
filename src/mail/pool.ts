import type { OutgoingMail, SendResult, SmtpConnection } from './smtp-client.ts';
import { connectSmtp } from './smtp-client.ts';
import type { ConnectFailure } from './smtp-handshake.ts';
import type { Transport } from './transport.ts';

export type PoolStatus = {
  live: number;
  waiting: number;
  /** Set while the server cannot be used: until when nothing is tried, and why. */
  resting: { until: Date; failure: ConnectFailure } | null;
};

export type Pool = {
  /** Resolves with the message's fate, never rejects. `not-sent`: no connection could be had, or the pool was cut. */
  send: (mail: OutgoingMail) => Promise<SendResult>;
  status: () => PoolStatus;
  /** Sends what was given, then says QUIT everywhere. After `withinMs`, cuts: what has no answer yet is told so. */
  close: (withinMs?: number) => Promise<void>;
};

type Waiting = { mail: OutgoingMail; resolve: (result: SendResult) => void; cuts: number };
type Lane = { connection: SmtpConnection | null; opening: boolean; inFlight: number; handed: number; answered: number };

/** One past its dot, one whose envelope is out, one ready to follow: more would only be lost together. */
const WINDOW = 3;
/** A message whose connections keep being cut before its dot goes back to the caller. */
const MAX_CUTS = 3;
const STOPPED = 'l’envoi est arrêté';
const FIRST_REST_MS = 500;
const MAX_REST_MS = 30_000;

/**
 * Keeps up to `connections` open towards one transport, opened as work comes. A message certainly not sent is given to
 * another connection; one whose fate is unknown never is. When the server cannot be used the waiting messages come back
 * `not-sent` and the pool rests, longer each time (0.5 s to 30 s); what is given meanwhile waits for the next try.
 */
export function openPool(transport: Transport, { connections = transport.connections } = {}): Pool {
  const stop = new AbortController();
  const waiting: Waiting[] = [];
  const lanes: Lane[] = Array.from({ length: connections }, () => ({
    connection: null,
    opening: false,
    inFlight: 0,
    handed: 0,
    answered: 0,
  }));
  let failures = 0;
  let resting: PoolStatus['resting'] = null;
  let alarm: NodeJS.Timeout | undefined;
  let closed = false;
  let owed = 0;
  let onQuiet: () => void = () => undefined;

  const give = (one: Waiting, result: SendResult) => {
    owed -= 1;
    one.resolve(result);
    if (owed === 0) onQuiet();
  };
  const giveBack = (text: string) => {
    for (const one of waiting.splice(0)) give(one, { outcome: 'not-sent', text });
  };

  const hand = (lane: Lane, connection: SmtpConnection, one: Waiting) => {
    lane.inFlight += 1;
    lane.handed += 1;
    void connection.send(one.mail).then((result) => {
      lane.inFlight -= 1;
      if ('code' in result && result.code !== 421) {
        lane.answered += 1;
        failures = 0;
      }
      if (result.outcome === 'not-sent') putBack(lane, connection, one, result);
      // So many messages a connection, and no more: a new one takes the next. At the first message it is said to us.
      else if (result.outcome === 'temporary' && result.code === 421 && lane.answered > 0)
        putBack(lane, connection, one, { outcome: 'not-sent', text: result.text });
      else give(one, result);
      feed();
    });
  };

  /** A message certainly not sent: to another connection, unless those it was given to answered nothing at all. */
  const putBack = (lane: Lane, connection: SmtpConnection, one: Waiting, result: SendResult) => {
    if (lane.answered === 0) one.cuts += 1;
    drop(lane, connection, result.text);
    if (one.cuts >= MAX_CUTS || stop.signal.aborted) return give(one, result);
    waiting.unshift(one);
    if (resting !== null) stranded(result.text);
  };

  const drop = (lane: Lane, connection: SmtpConnection, text: string) => {
    if (lane.connection !== connection) return;
    lane.connection = null;
    // A server that opens its door and answers nothing is no better than a closed one.
    if (lane.handed > 0 && lane.answered === 0) rest({ stage: 'connect', code: null, text });
  };

  /** Nobody is left to take what waits: the caller is told rather than kept waiting. */
  const stranded = (text: string) => {
    if (!lanes.some((lane) => lane.connection !== null || lane.opening)) giveBack(text);
  };

  const rest = (failure: ConnectFailure) => {
    if (resting !== null || closed) return stranded(failure.text);
    const ms = Math.min(FIRST_REST_MS * 2 ** failures, MAX_REST_MS);
    failures += 1;
    resting = { until: new Date(Date.now() + ms), failure };
    alarm = setTimeout(() => {
      resting = null;
      feed();
    }, ms);
    stranded(failure.text);
  };

  const open = async (lane: Lane) => {
    lane.opening = true;
    const opened = await connectSmtp(transport, stop.signal);
    lane.opening = false;
    if ('failure' in opened) return rest(opened.failure);
    lane.connection = opened.connection;
    lane.handed = 0;
    lane.answered = 0;
    const { connection } = opened;
    void connection.ended.then((text) => {
      drop(lane, connection, text);
      feed();
    });
    feed();
  };

  /** The connection with the least to do, or none when all have their share. */
  const freest = (): Lane | null => {
    let best: Lane | null = null;
    for (const lane of lanes)
      if (lane.connection !== null && lane.inFlight < WINDOW && (best === null || lane.inFlight < best.inFlight))
        best = lane;
    return best;
  };

  const feed = () => {
    for (let lane = freest(); lane?.connection && waiting[0]; lane = freest()) {
      const one = waiting.shift();
      if (one) hand(lane, lane.connection, one);
    }
    // A new connection only for work that no open one can take now: one at a time per message waiting.
    let wanted = waiting.length - lanes.filter((lane) => lane.opening).length;
    if (resting !== null) return;
    for (const lane of lanes)
      if (wanted > 0 && lane.connection === null && !lane.opening) {
        wanted -= 1;
        void open(lane);
      }
  };

  return {
    send: (mail) =>
      new Promise((resolve) => {
        if (closed) return resolve({ outcome: 'not-sent', text: STOPPED });
        owed += 1;
        waiting.push({ mail, resolve, cuts: 0 });
        feed();
      }),
    status: () => ({ live: lanes.filter((lane) => lane.connection !== null).length, waiting: waiting.length, resting }),
    close: async (withinMs = 10_000) => {
      closed = true;
      const cut = setTimeout(() => stop.abort(), withinMs);
      if (resting !== null) stranded(STOPPED);
      if (owed > 0)
        await new Promise<void>((resolve) => {
          onQuiet = resolve;
          stop.signal.addEventListener('abort', () => resolve(), { once: true });
        });
      clearTimeout(alarm);
      giveBack(STOPPED);
      await Promise.all(lanes.map((lane) => lane.connection?.close()));
      clearTimeout(cut);
      stop.abort();
    },
  };
}
