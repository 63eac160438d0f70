import type { Secrets } from '../base/context.ts';
import { openReturn } from '../base/return-address.ts';
import { openId, sha256 } from '../base/tokens.ts';
import { normaliseAddress } from '../contacts/addresses.ts';
import type { Letter } from './letter.ts';
import type { Reading, ReturnClass } from './schema.ts';

export type ReturnSource = 'imap' | 'fichier' | 'brevo';

/** What came back, whoever brought it: one fact about one message to one person. */
export type ReturnFact = Pick<Reading, 'class' | 'reason' | 'confidence' | 'words'> & {
  class: ReturnClass;
  source: ReturnSource;
  status: string | null;
  replyCode: number | null;
  /** Proven by a token of ours: the return address, or our own Message-ID. */
  deliveryId: number | null;
  /** Normalised; kept as a keyed hash only. */
  address: string | null;
  /** Whoever told it proved to be our provider, so that an address is enough to find the row. */
  trusted: boolean;
  /** When it happened, as far as it can be believed. */
  at: Date;
  /** Tells it from any other when nobody is found. */
  digest: Buffer;
};

/** The row of the ledger a fact is about. */
export type Returned = {
  id: number;
  organisation_id: number;
  campaign_id: number;
  push_id: number;
  address_hash: Buffer;
};

const WEEKS = 30 * 86_400_000;

/** A mail's own date, if it is of the last weeks: the same mail read again another day is the same return (MAIL-31). */
export function believable(at: Date, now: Date): Date {
  return at <= now && now.getTime() - at.getTime() < WEEKS ? at : now;
}

/** `recipient`: the envelope's, when the mail server says it. */
export function factOfMail(
  secrets: Secrets,
  mail: { source: ReturnSource; bytes: Buffer; letter: Letter; reading: Reading; recipient?: string; now: Date },
): ReturnFact {
  const { letter, reading, now } = mail;
  const about = reading.recipients.find((r) => r.class === reading.class) ?? reading.recipients[0];
  const address = about?.address ? normaliseAddress(about.address) : null;
  return {
    source: mail.source,
    class: reading.class,
    reason: reading.reason,
    confidence: reading.confidence,
    words: reading.words,
    status: about?.status ?? null,
    replyCode: about?.replyCode ?? null,
    deliveryId: deliveryOf(secrets, letter, mail.recipient),
    address: address && 'normalised' in address ? address.normalised : null,
    trusted: false,
    at: believable(new Date(letter.header('date')), now),
    digest: sha256(mail.bytes),
  };
}

const ENVELOPE = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to', 'cc'];

function deliveryOf(secrets: Secrets, letter: Letter, recipient: string | undefined): number | null {
  for (const address of [recipient ?? '', ...ENVELOPE.flatMap((name) => letter.headers(name))]) {
    const id = openReturn(secrets, address);
    if (id !== null) return id;
  }
  return deliveryOfMessageId(secrets, [
    letter.header('in-reply-to'),
    letter.header('references'),
    ...letter.parts.map((p) => p.text),
    letter.text,
  ]);
}

/** Our own Message-ID, sealed as in deliveries/compose.ts, wherever a server repeats it. */
export function deliveryOfMessageId(secrets: Secrets, texts: readonly string[]): number | null {
  for (const text of texts)
    for (const match of [...text.matchAll(/<([\w-]{43})@[\w.-]{1,255}>/g)].slice(0, 20)) {
      const id = openId(secrets.unsubscribe, 'message', match[1]!);
      if (id !== null) return id;
    }
  return null;
}
