import { z } from 'zod';
import { withoutAddresses } from '../../base/without-addresses.ts';
import { judge } from '../judge.ts';
import type { ProviderEvent, ReadEvents } from './provider.ts';

const text = (max: number) =>
  z
    .string()
    .transform((s) => s.slice(0, max))
    .nullish()
    .catch(null);
const eventSchema = z.object({
  event: z.string().max(60),
  email: text(320),
  reason: text(1000),
  'message-id': text(300),
  'X-Mailin-custom': text(500),
  ts_event: z.number().nullish().catch(null),
  ts: z.number().nullish().catch(null),
});
type BrevoEvent = z.infer<typeof eventSchema>;

/** What each event says by itself; the server's words, when there are any, say it better. Others are no returns. */
const KINDS: Record<string, Pick<ProviderEvent, 'class' | 'reason'>> = {
  hard_bounce: { class: 'hard', reason: 'address_unknown' },
  invalid_email: { class: 'hard', reason: 'address_unknown' },
  soft_bounce: { class: 'soft', reason: 'server_trouble' },
  // Brevo itself did not try: it holds the address for dead or complaining, or the sender for suspect.
  blocked: { class: 'policy', reason: 'sender_blocked' },
  deferred: { class: 'delayed', reason: 'delayed' },
  spam: { class: 'complaint', reason: 'complaint' },
  complaint: { class: 'complaint', reason: 'complaint' },
};

/** Webhook of Brevo, transactional or marketing: one event, or an array of them. */
export const readBrevo: ReadEvents = (body) => {
  const parsed = z
    .array(eventSchema)
    .max(1000)
    .safeParse(Array.isArray(body) ? body : [body]);
  if (!parsed.success) return null;
  return parsed.data.map(eventOf).filter((e) => e !== null);
};

function eventOf(event: BrevoEvent): ProviderEvent | null {
  const name = event.event
    .toLowerCase()
    .replace(/[\s-]/g, '_')
    .replace('hardbounce', 'hard_bounce')
    .replace('softbounce', 'soft_bounce');
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) return null;
  const words = (event.reason ?? '').replaceAll('\0', '');
  const seconds = event.ts_event ?? event.ts;
  const said = {
    address: event.email ?? null,
    references: [event['message-id'] ?? '', event['X-Mailin-custom'] ?? ''].filter((r) => r !== ''),
    words: withoutAddresses(words).slice(0, 500),
    at: seconds ? new Date(seconds * 1000) : null,
  };
  if (!/bounce/.test(name) || words === '') return { ...kind, ...said, confidence: 0.9, status: null, replyCode: null };
  const { sure, ...verdict } = judge(null, words);
  const explained = verdict.reason !== 'refused_unexplained' && sure >= 0.7;
  return {
    ...said,
    confidence: 0.9,
    status: verdict.status,
    replyCode: verdict.replyCode,
    ...(explained ? { class: verdict.class, reason: verdict.reason } : kind),
  };
}
