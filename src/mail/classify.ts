/** What the answer says of the message, whatever is then done about it (MAIL-20). */
export type ReplyClass = 'accepted' | 'soft' | 'hard' | 'policy' | 'content';
/** When the address itself is to be left alone: at once, when it happens again on another campaign, or never. */
export type Suppress = 'now' | 'repeated' | 'never';
export type Classified = { class: ReplyClass; reason: string; suppress: Suppress; version: number };

/** Raised at each change of the table, so that a stored class says which one decided. */
export const CLASSIFIER_VERSION = 1;

type Rule = {
  class: Exclude<ReplyClass, 'accepted'>;
  reason: string;
  suppress: Suppress;
  /** All those given must match. */
  code?: RegExp;
  enhanced?: RegExp;
  text?: RegExp;
};

/**
 * The first rule that matches decides: what French providers write, then the two cases where 552 lies, then the enhanced
 * code (RFC 3463), then what a server without one says in words, then the bare code.
 */
const RULES: readonly Rule[] = [
  // Orange (OFR_) and La Poste (LPN_) say more than the code beside it.
  { text: /\b(OFR|LPN)_?416\b/, class: 'hard', reason: 'address_unknown', suppress: 'now' },
  { text: /\b(OFR|LPN)_?417\b/, class: 'soft', reason: 'mailbox_full', suppress: 'repeated' },
  { text: /\b(OFR|LPN)_?(104|109)\b/, class: 'soft', reason: 'too_many_connections', suppress: 'never' },
  { text: /\b(OFR|LPN)_?505\b/, class: 'soft', reason: 'server_trouble', suppress: 'never' },
  { text: /\b(OFR_?(102|103|506)|LPN_?517)\b/, class: 'policy', reason: 'sender_blocked', suppress: 'never' },

  // 552 is written for a full mailbox and for too many recipients: both are to be tried again (RFC 5321 §4.5.3.1.10).
  { enhanced: /^[245]\.2\.2$/, class: 'soft', reason: 'mailbox_full', suppress: 'repeated' },
  { code: /^552$/, text: /too many recipients/i, class: 'soft', reason: 'too_many_recipients', suppress: 'never' },
  { code: /^552$/, enhanced: /^5\.5\.3$/, class: 'soft', reason: 'too_many_recipients', suppress: 'never' },

  { enhanced: /^5\.1\.10$/, class: 'hard', reason: 'domain_takes_no_mail', suppress: 'now' },
  { enhanced: /^5\.1\.2$/, class: 'hard', reason: 'domain_unknown', suppress: 'now' },
  { enhanced: /^5\.1\.(1|3|6)$/, class: 'hard', reason: 'address_unknown', suppress: 'now' },
  { enhanced: /^5\.2\.1$/, class: 'hard', reason: 'mailbox_disabled', suppress: 'now' },
  { enhanced: /^5\.6\.7$/, class: 'hard', reason: 'address_accented', suppress: 'never' },
  // 5.1.7 and 5.1.8 speak of the sender's address, not the recipient's.
  { enhanced: /^[45]\.1\.[78]$/, class: 'policy', reason: 'sender_refused', suppress: 'never' },
  { enhanced: /^5\.7\.(2[0-7]|515)$/, class: 'policy', reason: 'authentication_missing', suppress: 'never' },
  { enhanced: /^5\.7\./, class: 'policy', reason: 'sender_blocked', suppress: 'never' },
  { enhanced: /^4\.7\./, class: 'soft', reason: 'slowed_down', suppress: 'never' },
  { enhanced: /^[45]\.(2\.3|3\.4)$/, class: 'content', reason: 'too_big', suppress: 'never' },
  { enhanced: /^5\.6\./, class: 'content', reason: 'content_refused', suppress: 'never' },
  { enhanced: /^4\.2\./, class: 'soft', reason: 'mailbox_unavailable', suppress: 'repeated' },
  { enhanced: /^4\.[1346]\./, class: 'soft', reason: 'server_trouble', suppress: 'never' },
  { enhanced: /^4\.5\./, class: 'soft', reason: 'server_trouble', suppress: 'never' },

  {
    code: /^5/,
    text: /spf|dkim|dmarc|blacklist|blocklist|black list|spamhaus|spam|reputation|blocked|poor sender|not authenticated/i,
    class: 'policy',
    reason: 'sender_blocked',
    suppress: 'never',
  },
  {
    code: /^5/,
    text: /over ?quota|quota exceeded|mailbox (is )?full|insufficient (disk|storage)/i,
    class: 'soft',
    reason: 'mailbox_full',
    suppress: 'repeated',
  },
  {
    code: /^55[0134]$/,
    text: /user (is )?unknown|unknown (user|recipient)|no such (user|recipient|mailbox)|does not exist|no mailbox|invalid (recipient|mailbox)|recipient (not found|rejected)/i,
    class: 'hard',
    reason: 'address_unknown',
    suppress: 'now',
  },

  { code: /^421$/, class: 'soft', reason: 'slowed_down', suppress: 'never' },
  { code: /^45[01]$/, class: 'soft', reason: 'greylisted', suppress: 'never' },
  { code: /^452$/, class: 'soft', reason: 'server_trouble', suppress: 'never' },
  { code: /^4/, class: 'soft', reason: 'server_trouble', suppress: 'never' },
  { code: /^552$/, class: 'content', reason: 'too_big', suppress: 'never' },
  { code: /^(530|534|535|538)$/, class: 'policy', reason: 'sender_refused', suppress: 'never' },
  { code: /^5/, class: 'hard', reason: 'refused_unexplained', suppress: 'repeated' },
];

/** Each reason in the reader's words. */
export const REASON_TEXTS: Record<string, string> = {
  accepted: 'accepté par le serveur',
  address_unknown: 'adresse inconnue du serveur destinataire',
  address_accented: 'adresse accentuée que le serveur ne sait pas traiter',
  domain_unknown: 'domaine inconnu',
  domain_takes_no_mail: 'domaine qui ne reçoit pas de courrier',
  mailbox_disabled: 'boîte désactivée',
  mailbox_full: 'boîte pleine',
  mailbox_unavailable: 'boîte indisponible pour le moment',
  greylisted: 'nouvel essai demandé par le serveur',
  slowed_down: 'le serveur demande de ralentir',
  too_many_connections: 'trop de connexions à la fois',
  too_many_recipients: 'trop de destinataires à la fois',
  server_trouble: 'incident chez le serveur destinataire',
  sender_blocked: 'expéditeur bloqué par le serveur',
  sender_refused: 'adresse d’expéditeur refusée',
  authentication_missing: 'signature du domaine d’envoi refusée (SPF, DKIM ou DMARC)',
  too_big: 'message trop lourd',
  content_refused: 'contenu refusé',
  refused_unexplained: 'refus sans explication',
  unexpected: 'réponse inattendue du serveur',
};

/**
 * Reads one final answer of a server (MAIL-20): its code, its enhanced code if any, its words. Pure; the enhanced code
 * wins over the code, except where 552 or x.2.2 means a full mailbox. Source of the table: standards MAIL-20, RFC 3463.
 */
export function classify({
  code,
  enhanced,
  text,
}: {
  code: number;
  enhanced: string | null;
  text: string;
}): Classified {
  const version = CLASSIFIER_VERSION;
  if (code >= 200 && code < 300) return { class: 'accepted', reason: 'accepted', suppress: 'never', version };
  const rule = RULES.find(
    (one) =>
      (one.code === undefined || one.code.test(String(code))) &&
      (one.enhanced === undefined || (enhanced !== null && one.enhanced.test(enhanced))) &&
      (one.text === undefined || one.text.test(text)),
  );
  if (!rule) return { class: 'soft', reason: 'unexpected', suppress: 'never', version };
  return { class: rule.class, reason: rule.reason, suppress: rule.suppress, version };
}
