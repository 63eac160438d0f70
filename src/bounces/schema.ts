/** What comes back, from the worst to what says nothing (design §7, `inspect bounce`). */
export const RETURN_CLASSES = ['complaint', 'hard', 'policy', 'soft', 'delayed', 'auto-reply', 'not-a-bounce'] as const;
export type ReturnClass = (typeof RETURN_CLASSES)[number];

/** The classes that end a delivery: its message was not, or will not be, in anybody's mailbox. */
export const FINAL: readonly ReturnClass[] = ['hard', 'soft', 'policy'];

/** One person the return speaks of. `status` per RFC 3463; `reason` is a word of mail/reasons.ts, or of below. */
export type ReturnedRecipient = {
  address: string | null;
  status: string | null;
  replyCode: number | null;
  class: ReturnClass;
  reason: string;
};

/** What one mail is taken for. `confidence` in [0, 1]; `words` are the server's own, addresses left out. */
export type Reading = {
  class: ReturnClass;
  reason: string;
  confidence: number;
  recipients: ReturnedRecipient[];
  words: string;
};

/** Reasons that no server answer gives, in the reader's words. */
export const RETURN_REASONS: Record<string, string> = {
  complaint: 'signalé comme indésirable par la personne',
  delayed: 'pas encore remis, le serveur essaie toujours',
  delivered: 'accusé de remise',
  auto_reply: 'réponse automatique',
  challenge: 'demande de confirmation automatique',
  read_receipt: 'accusé de lecture',
  calendar_reply: 'réponse d’un agenda à une invitation',
  authentication_report: 'rapport d’authentification',
  not_spam: 'signalé comme légitime',
  ordinary_mail: 'courrier ordinaire',
  unreadable: 'message illisible',
};

/** The worst of several, by class; of equals the first. */
export const worst = <T extends { class: ReturnClass }>(all: readonly T[]): T | undefined =>
  [...all].sort((a, b) => RETURN_CLASSES.indexOf(a.class) - RETURN_CLASSES.indexOf(b.class))[0];
