import { withoutAddresses } from '../base/without-addresses.ts';
import { classify } from '../mail/classify.ts';
import type { SendResult } from '../mail/smtp-client.ts';
import type { Claimed } from './claim.ts';
import { type LaneKey, type LaneSignal, laneKey, SHARED, type WaysOut } from './lanes.ts';
import type { Signal } from './pace.ts';

/** In a row, from one provider: its word about us, not about one mailbox. Elsewhere each server speaks for itself only. */
const BLOCKED_AFTER = { provider: 3, others: 10 };
/** The content is refused again and again: the rest of the push would be too (MAIL-20). */
const CONTENT_AFTER = 3;
const SLOW = new Set(['slowed_down', 'too_many_connections']);

/** Why a push is paused by the service itself, as `pushes.paused_why` keeps it. */
export const CONTENT_REFUSED = 'contenu_refuse';
export const UNSIGNED = 'signature';

/**
 * Hears the answers of one drain and tells what they mean for the ways out. `troubled`: the lanes that are known to be
 * in trouble, of which a good answer is news too.
 */
export function breaker(ways: WaysOut) {
  const blocked = new Map<string, number>();
  let contentRefused = 0;
  const laneOf = (row: Pick<Claimed, 'organisation_id' | 'provider'>): LaneKey => ({
    transport: ways.limitsOf().has(row.organisation_id) ? row.organisation_id : SHARED,
    provider: ways.paced ? (row.provider ?? '') : '',
  });
  const signalOf = (key: string, lane: LaneKey, result: SendResult): Signal | null => {
    switch (result.outcome) {
      case 'accepted':
        blocked.delete(key);
        contentRefused = 0;
        return 'well';
      case 'not-sent':
        return 'unreachable';
      case 'unknown':
        return null;
    }
    const said = classify(result);
    if (result.code === 421 || SLOW.has(said.reason)) return 'slow';
    contentRefused = said.class === 'content' ? contentRefused + 1 : 0;
    if (said.class !== 'policy') return null;
    const times = (blocked.get(key) ?? 0) + 1;
    blocked.set(key, times);
    if (times < (lane.provider === '' ? BLOCKED_AFTER.others : BLOCKED_AFTER.provider)) return null;
    blocked.delete(key);
    return 'blocked';
  };
  return {
    /** What this answer says of the way it took; null when nothing. */
    hear(row: Pick<Claimed, 'organisation_id' | 'provider'>, result: SendResult): LaneSignal | null {
      const lane = laneOf(row);
      const signal = signalOf(laneKey(lane), lane, result);
      // A way is shared: its last words are read by whoever sends that way, and the addresses in them are others'.
      const words = withoutAddresses('code' in result ? `${result.code} ${result.text}` : result.text);
      return signal && { ...lane, signal, reply: words };
    },
    contentRefused: () => contentRefused >= CONTENT_AFTER,
  };
}
