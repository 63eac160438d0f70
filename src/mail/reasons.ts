/** What the answer says of the message, whatever is then done about it (MAIL-20). */
export type ReplyClass = 'accepted' | 'soft' | 'hard' | 'policy' | 'content';
/** When the address itself is to be left alone: at once, when it happens again on another push, or never. */
export type Suppress = 'now' | 'repeated' | 'never';

type Meaning = { class: ReplyClass; suppress: Suppress; words: string };
const hard = (words: string, suppress: Suppress = 'now'): Meaning => ({ class: 'hard', suppress, words });
const soft = (words: string, suppress: Suppress = 'never'): Meaning => ({ class: 'soft', suppress, words });
/** Speaks of us or of the message: never the contact's fault. */
const policy = (words: string): Meaning => ({ class: 'policy', suppress: 'never', words });
const content = (words: string): Meaning => ({ class: 'content', suppress: 'never', words });

/** Each reason once: its class, what becomes of the address, and how it is told. Source: standards §2.3. */
export const REASONS = {
  accepted: { class: 'accepted', suppress: 'never', words: 'accepté par le serveur' },
  address_unknown: hard('adresse inconnue du serveur destinataire'),
  address_moved: hard('la personne a changé d’adresse'),
  address_accented: hard('adresse accentuée que le serveur ne sait pas traiter', 'never'),
  domain_unknown: hard('domaine inconnu'),
  domain_takes_no_mail: hard('domaine qui ne reçoit pas de courrier'),
  mailbox_disabled: hard('boîte désactivée'),
  refused_unexplained: hard('refus sans explication', 'repeated'),
  mailbox_full: soft('boîte pleine', 'repeated'),
  mailbox_unavailable: soft('boîte indisponible pour le moment', 'repeated'),
  greylisted: soft('nouvel essai demandé par le serveur'),
  slowed_down: soft('le serveur demande de ralentir'),
  too_many_connections: soft('trop de connexions à la fois'),
  too_many_recipients: soft('trop de destinataires à la fois'),
  server_trouble: soft('incident chez le serveur destinataire'),
  network_trouble: soft('serveur destinataire injoignable'),
  expired: soft('abandonné après plusieurs jours d’essais'),
  unexpected: soft('réponse inattendue du serveur'),
  sender_blocked: policy('expéditeur bloqué par le serveur'),
  sender_refused: policy('adresse d’expéditeur refusée'),
  authentication_missing: policy('signature du domaine d’envoi refusée (SPF, DKIM ou DMARC)'),
  spam_suspected: policy('message pris pour du courrier indésirable'),
  virus_suspected: policy('message pris pour un virus'),
  relay_refused: policy('le serveur ne relaie pas vers cette adresse'),
  recipient_restricted: policy('cette adresse n’accepte que certains expéditeurs'),
  too_big: content('message trop lourd'),
  content_refused: content('contenu refusé'),
} as const satisfies Record<string, Meaning>;
export type Reason = keyof typeof REASONS;

/** Each reason in the reader's words. */
export const REASON_TEXTS: Record<string, string> = Object.fromEntries(
  Object.entries(REASONS).map(([reason, { words }]) => [reason, words]),
);
