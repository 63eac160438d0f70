import ICAL from 'ical.js';
import type { Letter } from './letter.ts';
import type { Reading } from './schema.ts';

/** What a person's calendar answers to an invitation (RFC 5546, METHOD:REPLY). */
export type CalendarReply = {
  uid: string;
  /** Whose answer it claims to be. */
  address: string;
  answer: 'accepte' | 'peut_etre' | 'decline';
  /** Of the invitation that is answered. */
  sequence: number;
  /** When it was answered; null: it does not say. */
  at: Date | null;
};

const ANSWERS: Record<string, CalendarReply['answer']> = {
  ACCEPTED: 'accepte',
  TENTATIVE: 'peut_etre',
  DECLINED: 'decline',
};
const CALENDARS = ['text/calendar', 'application/ics'];

/** The answer in a mail, if there is one that can be understood: one event, one person, yes, maybe or no. Never throws. */
export function calendarReply(letter: Letter): CalendarReply | null {
  for (const { type, text } of letter.parts)
    if (CALENDARS.includes(type) && /^METHOD:\s*REPLY\s*$/im.test(text)) {
      const reply = parsed(text);
      if (reply) return reply;
    }
  return null;
}

function parsed(text: string): CalendarReply | null {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const events = calendar.getAllSubcomponents('vevent');
    const people = events[0]?.getAllProperties('attendee') ?? [];
    const [event, attendee] = [events[0], people[0]];
    if (!event || !attendee || events.length > 1 || people.length > 1) return null;
    const answer = ANSWERS[String(attendee.getParameter('partstat') ?? '').toUpperCase()];
    const address = /^mailto:(.+)$/i.exec(String(attendee.getFirstValue()))?.[1]?.trim();
    const uid = String(event.getFirstPropertyValue('uid') ?? '');
    if (!answer || !address || uid === '') return null;
    const stamp = event.getFirstPropertyValue('dtstamp');
    const at = stamp instanceof ICAL.Time ? stamp.toJSDate() : null;
    return {
      uid,
      address,
      answer,
      sequence: Number(event.getFirstPropertyValue('sequence') ?? 0) || 0,
      at: at && !Number.isNaN(at.getTime()) ? at : null,
    };
  } catch {
    // Anybody may write to this mailbox: what no parser understands is no answer.
    return null;
  }
}

/** An answer of a calendar, whatever it says: of a person, and not of a mail server. */
export const readCalendarReply = (letter: Letter): Reading | null =>
  calendarReply(letter) && {
    class: 'auto-reply',
    reason: 'calendar_reply',
    confidence: 0.95,
    recipients: [],
    words: '',
  };
