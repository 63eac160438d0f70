import type { VisitChannel } from './schema.ts';

/** A visit: what somebody opens on one site without stopping for half an hour (brief.md, « Visites »). */
export const SESSION_MS = 30 * 60_000;
/** About 20 MB: more visitors at once than partner sites have in a day. */
const REMEMBERED = 100_000;
/**
 * Nobody reads faster, nor a partner's site: what comes beyond is not counted, and the figure says so. One network alone
 * never takes a site's whole minute, however many browsers it says it is: others are counted beside it.
 */
export const PER_MINUTE = { visitor: 60, network: 240, site: 1_200 } as const;

/** By what a visit began: its later pages are counted under the same. */
export type Origin = { channel: VisitChannel; relayId: number };
type Session = Origin & { last: number };

export type Sessions = {
  /** `first`: a visit begins; `origin`: what it began by. Known in this memory alone: a restart forgets all of it. */
  see: (visitor: string, at: number, origin: Origin) => { first: boolean; origin: Origin };
  /** False: this visitor, its network, or this site has sent more in this minute than people do. */
  mayCount: (from: { visitor: string; network: string }, siteId: number, at: number) => boolean;
  size: () => number;
};

export function openSessions(remembered = REMEMBERED): Sessions {
  // In the order in which they were last seen: the oldest comes first.
  const sessions = new Map<string, Session>();
  const minute = { at: -1, senders: new Map<string, number>(), sites: new Map<number, number>() };
  const forget = (at: number): void => {
    for (const [visitor, { last }] of sessions) {
      if (at - last < SESSION_MS && sessions.size < remembered) return;
      sessions.delete(visitor);
    }
  };
  const more = <K>(counts: Map<K, number>, key: K): number => {
    const n = (counts.get(key) ?? 0) + 1;
    counts.set(key, n);
    return n;
  };
  return {
    see(visitor, at, origin) {
      const known = sessions.get(visitor);
      // A clock that was put back makes no second visit.
      const first = known === undefined || at - known.last >= SESSION_MS;
      const { channel, relayId } = first ? origin : known;
      sessions.delete(visitor);
      if (known === undefined) forget(at);
      sessions.set(visitor, { channel, relayId, last: at });
      return { first, origin: { channel, relayId } };
    },
    mayCount({ visitor, network }, siteId, at) {
      const now = Math.floor(at / 60_000);
      if (now !== minute.at) {
        minute.at = now;
        minute.senders.clear();
        minute.sites.clear();
      }
      if (more(minute.senders, network) > PER_MINUTE.network) return false;
      if (more(minute.senders, visitor) > PER_MINUTE.visitor) return false;
      return more(minute.sites, siteId) <= PER_MINUTE.site;
    },
    size: () => sessions.size,
  };
}
