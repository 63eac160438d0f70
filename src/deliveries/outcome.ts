import { classify } from '../mail/classify.ts';
import type { SendResult } from '../mail/smtp-client.ts';
import type { Answer } from './settle.ts';

const MINUTE = 60_000;
/** When a refused-for-now message is tried again: 5 min (greylisting), 30 min, 1 h, 2 h, 4 h, then every 4 h (MAIL-21). */
const WAITS = [5, 30, 60, 120, 240].map((m) => m * MINUTE);
/** The server was not reached at all: soon, but not at once. */
const UNREACHED = 5_000;
/** Where no deadline says it, a server that refuses for now is asked for four to five days (RFC 5321 §4.5.4.1). */
const TRIES = 30;

/** What one answer of the network means for its ledger row. `attempts` counts this one; `jitter` is in [0, 1). */
export function outcomeOf(
  row: { id: number; attempts: number; handed_at: Date },
  result: SendResult,
  now: Date,
  jitter: number,
): Answer {
  const after = (ms: number) => new Date(now.getTime() + ms * (1 + jitter / 10));
  const base = { id: row.id, handedAt: row.handed_at, reason: null, said: null, nextAt: null, reply: result.text };
  switch (result.outcome) {
    case 'accepted':
      return { ...base, state: 'accepted', reply: `${result.code} ${result.text}` };
    case 'temporary':
    case 'permanent': {
      const { class: kind, suppress, reason } = classify(result);
      const said = { ...base, said: reason, reply: `${result.code} ${result.text}` };
      // A full mailbox or too many recipients come as 552 too, and are to be tried again (MAIL-20).
      if ((result.outcome === 'temporary' || kind === 'soft') && row.attempts < TRIES)
        return {
          ...said,
          state: 'deferred',
          nextAt: after(WAITS[Math.min(row.attempts, WAITS.length) - 1] ?? UNREACHED),
        };
      // Only what says that the address itself is dead shuts it: a blocked sender or an unexplained 5xx does not.
      return { ...said, state: 'failed', reason: suppress === 'now' ? 'adresse_invalide' : 'refus' };
    }
    case 'not-sent':
      return { ...base, state: 'planned', nextAt: after(UNREACHED) };
    case 'unknown':
      return { ...base, state: 'unknown' };
  }
}
