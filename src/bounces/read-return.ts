import { readAutoReply } from './auto-reply.ts';
import { readCalendarReply } from './calendar-reply.ts';
import { readComplaint } from './complaint.ts';
import { readDeliveryStatus } from './delivery-status.ts';
import { type Letter, openLetter } from './letter.ts';
import { readPlainBounce } from './plain-bounce.ts';
import type { Reading } from './schema.ts';
import { readSesNotification } from './ses-notification.ts';

/**
 * What a mail that came back is taken for (RFC 3464, 5965, 5546, 3834, or its words). Pure, and total: any bytes have an
 * answer, and no mail can stop the job (MAIL-31). The most formal reading wins.
 */
export const readReturn = async (bytes: Buffer): Promise<Reading> => readLetter(await openLetter(bytes));

export function readLetter(letter: Letter): Reading {
  const reading =
    readComplaint(letter) ??
    readDeliveryStatus(letter) ??
    readSesNotification(letter) ??
    readCalendarReply(letter) ??
    readMachine(letter) ??
    nothing(letter);
  return { ...reading, words: reading.words.slice(0, 500) };
}

/** Mail servers mark their returns as answers of a machine too: what reads like a return is one, unless it says "away". */
function readMachine(letter: Letter): Reading | null {
  const auto = readAutoReply(letter);
  if (auto && auto.confidence >= 0.9) return auto;
  return readPlainBounce(letter) ?? auto;
}

const nothing = (letter: Letter): Reading => ({
  class: 'not-a-bounce',
  reason: letter.from === '' && letter.subject === '' ? 'unreadable' : 'ordinary_mail',
  confidence: letter.from === '' && letter.subject === '' ? 0.5 : 0.8,
  recipients: [],
  words: '',
});
