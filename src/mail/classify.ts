import { PHRASES } from './answer-phrases.ts';
import { REASONS, type Reason, type ReplyClass, type Suppress } from './reasons.ts';

export { REASON_TEXTS, type ReplyClass, type Suppress } from './reasons.ts';
export type Classified = { class: ReplyClass; reason: Reason; suppress: Suppress; version: number };

/** Raised at each change of the tables, so that a stored class says which one decided. */
export const CLASSIFIER_VERSION = 2;

/** All those given must match. */
type Rule = { reason: Reason; code?: RegExp; enhanced?: RegExp; text?: RegExp };

/** `OFR_416`, `OFR004_416`, `LPN416`, `LPNAAA_101`, `SFR_IN_103`: Orange, La Poste, SFR. */
const french = (numbers: string): RegExp =>
  new RegExp(`\\b(?:OFR|LPN|OUK|SFR)(?:AAA|\\d{3})?(?:_IN)?[-_]?(?:${numbers})\\b`, 'i');

/**
 * The first rule that matches decides: what French providers write, then the cases where 552 lies, then the enhanced
 * code (RFC 3463) where it is precise.
 */
const PRECISE: readonly Rule[] = [
  { text: french('41[68]'), reason: 'address_unknown' },
  { text: french('417'), reason: 'mailbox_full' },
  { text: french('42[06]'), reason: 'mailbox_disabled' },
  { text: french('10[49]'), reason: 'too_many_connections' },
  { text: french('99\\d|108'), reason: 'slowed_down' },
  { text: french('505'), reason: 'server_trouble' },
  { text: french('51[579]|39\\d|401'), reason: 'authentication_missing' },
  { text: french('506|513'), reason: 'spam_suspected' },
  { text: french('40[35]|415|421|425'), reason: 'sender_refused' },
  { text: french('514'), reason: 'too_big' },
  { text: french('10[01237]|20\\d|305|402|510|630'), reason: 'sender_blocked' },

  // 552 is written for a full mailbox and for too many recipients: both are to be tried again (RFC 5321 §4.5.3.1.10).
  { enhanced: /^[245]\.2\.2$/, reason: 'mailbox_full' },
  { code: /^552$/, text: /too many recipients/i, reason: 'too_many_recipients' },
  { code: /^552$/, enhanced: /^5\.5\.3$/, reason: 'too_many_recipients' },

  { enhanced: /^5\.1\.10$/, reason: 'domain_takes_no_mail' },
  { enhanced: /^5\.(1\.2|4\.310)$/, reason: 'domain_unknown' },
  // A server that says 5.1.1 of a full or closed mailbox says so in words.
  {
    enhanced: /^5\.1\.1$/,
    text: /over ?quota|mailbox (is )?full|boite du destinataire pleine/i,
    reason: 'mailbox_full',
  },
  { enhanced: /^5\.1\.1$/, text: /recipient preferences/i, reason: 'recipient_restricted' },
  { enhanced: /^5\.1\.(1|3|4|6|1[1-9]|2\d)$/, reason: 'address_unknown' },
  { enhanced: /^5\.2\.1$/, reason: 'mailbox_disabled' },
  { enhanced: /^5\.3\.2$/, text: /not accept|null ?mx/i, reason: 'domain_takes_no_mail' },
  // Exchange Online writes so of a recipient that is not in the directory.
  { enhanced: /^5\.4\.1$/, text: /recipient address rejected/i, reason: 'address_unknown' },
  { enhanced: /^5\.6\.7$/, reason: 'address_accented' },
  // 5.1.7 and 5.1.8 speak of the sender's address, not the recipient's.
  { enhanced: /^[45]\.1\.[78]$/, reason: 'sender_refused' },
  { enhanced: /^5\.7\.(2[0-7]|515|509|9)$/, reason: 'authentication_missing' },
  { enhanced: /^5\.7\.(12|13[346]|124)$/, reason: 'recipient_restricted' },
  { enhanced: /^5\.7\./, text: /\bdmarc\b|\bdkim\b|\bspf\b/i, reason: 'authentication_missing' },
  { enhanced: /^5\.7\./, text: /relay|rcpthosts|not a gateway/i, reason: 'relay_refused' },
  { enhanced: /^5\.7\./, text: /authrequired|restricted|only accepts/i, reason: 'recipient_restricted' },
  { enhanced: /^5\.7\./, text: /\bvirus\b|infected|malware/i, reason: 'virus_suspected' },
  { enhanced: /^5\.7\./, text: /\bspam(?!haus|cop)|unsolicited|bulk/i, reason: 'spam_suspected' },
  { enhanced: /^5\.7\./, reason: 'sender_blocked' },
  { enhanced: /^4\.7\./, text: /gr[ea]y ?-?list/i, reason: 'greylisted' },
  { enhanced: /^4\.7\./, reason: 'slowed_down' },
  { enhanced: /^[45]\.(2\.3|3\.4)$/, reason: 'too_big' },
  { enhanced: /^5\.6\./, reason: 'content_refused' },
  { enhanced: /^[45]\.4\.7$/, reason: 'expired' },
  { enhanced: /^4\.2\./, reason: 'mailbox_unavailable' },
  { enhanced: /^4\.4\./, reason: 'network_trouble' },
  { enhanced: /^4\.[1356]\./, reason: 'server_trouble' },
];

/** After the words: what an enhanced code says at least, then the bare code. */
const VAGUE: readonly Rule[] = [
  { enhanced: /^5\.4\.4$/, reason: 'domain_unknown' },
  { enhanced: /^5\.4\./, reason: 'network_trouble' },
  { enhanced: /^5\.(3|2\.4)/, reason: 'server_trouble' },
  { code: /^421$/, reason: 'slowed_down' },
  { code: /^45[01]$/, reason: 'greylisted' },
  { code: /^4/, reason: 'server_trouble' },
  { code: /^552$/, reason: 'too_big' },
  { code: /^521$/, reason: 'domain_takes_no_mail' },
  { code: /^(530|534|535|538)$/, reason: 'sender_refused' },
  { code: /^5/, reason: 'refused_unexplained' },
];

/** Bounds the work on words that are a stranger's. */
const MAX_TEXT = 2000;

/**
 * Reads one final answer of a server (MAIL-20): its code (0: it gave none), its enhanced code if any, its words. Pure;
 * the enhanced code wins over the code, except where 552 or x.2.2 means a full mailbox. Source of the tables: standards
 * MAIL-20, RFC 3463, what Orange and La Poste publish for their senders.
 */
export function classify(answer: { code: number; enhanced: string | null; text: string }): Classified {
  const { code, enhanced } = answer;
  if (code >= 200 && code < 300) return meaning('accepted');
  const text = answer.text.slice(0, MAX_TEXT);
  const matches = (one: Rule): boolean =>
    (one.code === undefined || one.code.test(String(code))) &&
    (one.enhanced === undefined || (enhanced !== null && one.enhanced.test(enhanced))) &&
    (one.text === undefined || one.text.test(text));
  const lasting = code >= 500 || (code === 0 && !enhanced?.startsWith('4'));
  // While a 4xx is still being tried, its words add nothing to its code but a full mailbox or a size.
  const phrase = () =>
    PHRASES.find((p) => (lasting || (!p.permanent && REASONS[p.reason].suppress === 'repeated')) && p.text.test(text));
  return meaning((PRECISE.find(matches) ?? phrase() ?? VAGUE.find(matches))?.reason ?? 'unexpected');
}

const meaning = (reason: Reason): Classified => ({
  class: REASONS[reason].class,
  reason,
  suppress: REASONS[reason].suppress,
  version: CLASSIFIER_VERSION,
});

/** What a reason means for the address; a reason of nobody's, or of another version, never shuts one. */
export const suppressionOf = (reason: string): Suppress =>
  reason in REASONS ? REASONS[reason as Reason].suppress : 'never';

/** When « repeated » shuts an address: a mailbox full or away, over this many pushes and days; an unexplained refusal, over two pushes. */
export const SOFT_PUSHES = 3;
export const SOFT_DAYS = 14;
export const UNEXPLAINED_PUSHES = 2;
