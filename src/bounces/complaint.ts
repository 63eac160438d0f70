import type { Letter } from './letter.ts';
import type { Reading } from './schema.ts';

const PERSON = /[^\s<>"(),;:]{1,64}@[\w.-]{1,255}/;

/** Field of a feedback report; the first one counts. */
const field = (report: string, name: string): string | null =>
  new RegExp(`^${name}:[ \\t]*(.+)$`, 'im').exec(report)?.[1]?.trim() ?? null;

/**
 * Somebody pressed « indésirable »: a feedback report (RFC 5965), or the older forms of Microsoft and AOL. Null when the
 * mail is none. A report of failed authentication (RFC 6591) speaks of nobody's wish.
 */
export function readComplaint(letter: Letter): Reading | null {
  const part = letter.parts.find((p) => p.type === 'message/feedback-report');
  const declared = /report-type="?feedback-report/i.test(letter.header('content-type'));
  const report = part?.text ?? (declared || /^Feedback-Type:/im.test(letter.text) ? letter.text : null);
  if (report !== null) {
    const type = (field(report, 'Feedback-Type') ?? 'abuse').toLowerCase();
    const original = letter.parts.find((p) => /rfc822/.test(p.type))?.text ?? '';
    const address =
      PERSON.exec(field(report, 'Original-Rcpt-To') ?? '')?.[0] ??
      PERSON.exec(field(report, 'Removal-Recipient') ?? '')?.[0] ??
      PERSON.exec(field(original, 'To') ?? '')?.[0] ??
      null;
    if (/^(auth-failure|dmarc)/.test(type)) return nothing('authentication_report', 0.9);
    if (/^not-?spam/.test(type)) return nothing('not_spam', 0.9);
    return complaint(address, 0.95);
  }
  const returned = letter.parts.find((p) => p.type === 'message/rfc822')?.text ?? '';
  const recipient = /^X-HmXmrOriginalRecipient:[ \t]*(\S+)/im.exec(returned)?.[1];
  if (recipient || /\bstaff@hotmail\.com\b|@email-abuse\.amazonses\.com\b/i.test(letter.from))
    return complaint(recipient ?? PERSON.exec(field(returned, 'To') ?? '')?.[0] ?? null, 0.9);
  if (
    returned &&
    /^(?:complaint about message from|email feedback report for ip|abuse report)\b/i.test(letter.subject.trim())
  )
    return complaint(PERSON.exec(field(returned, 'To') ?? '')?.[0] ?? null, 0.8);
  return null;
}

const complaint = (address: string | null, confidence: number): Reading => ({
  class: 'complaint',
  reason: 'complaint',
  confidence,
  recipients: [{ address, status: null, replyCode: null, class: 'complaint', reason: 'complaint' }],
  words: '',
});

const nothing = (reason: string, confidence: number): Reading => ({
  class: 'not-a-bounce',
  reason,
  confidence,
  recipients: [],
  words: '',
});
