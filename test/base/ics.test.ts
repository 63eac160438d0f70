import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { type IcsEvent, icsCalendar } from '../../src/base/ics.ts';

const EVENT: IcsEvent = {
  uid: 'action-12@porte-voix.example',
  sequence: 3,
  stamp: new Date('2026-09-01T06:00:00Z'),
  start: fromParis(2026, 11, 26, 9, 30),
  summary: 'Salon des métiers',
};

/** An independent parser's reading, its time zones taken from the file itself. */
function readBack(file: string): { calendar: ICAL.Component; events: ICAL.Event[] } {
  const calendar = new ICAL.Component(ICAL.parse(file));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  return { calendar, events: calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event)) };
}
const one = (event: Partial<IcsEvent>): ICAL.Event =>
  readBack(icsCalendar({ name: 'Plan', events: [{ ...EVENT, ...event }] })).events[0]!;

describe('a calendar file', () => {
  test('is what it always was, to the octet (CAL-04)', () => {
    const file = icsCalendar({
      name: 'Les essentiels, plan',
      events: [
        { ...EVENT, end: fromParis(2026, 11, 26, 17), location: 'Lyon ; hall 4', url: 'https://exemple.fr/a,b' },
      ],
    });
    expect(file.replaceAll('\r\n', '\n')).toBe(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Porte-voix//Calendrier//FR
CALSCALE:GREGORIAN
REFRESH-INTERVAL;VALUE=DURATION:PT4H
X-PUBLISHED-TTL:PT4H
NAME:Les essentiels\\, plan
X-WR-CALNAME:Les essentiels\\, plan
X-WR-TIMEZONE:Europe/Paris
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:action-12@porte-voix.example
SEQUENCE:3
DTSTAMP:20260901T060000Z
DTSTART;TZID=Europe/Paris:20261126T093000
DTEND;TZID=Europe/Paris:20261126T170000
SUMMARY:Salon des métiers
LOCATION:Lyon \\; hall 4
URL:https://exemple.fr/a,b
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
`);
    expect(file.split('\r\n').join('')).not.toMatch(/[\r\n]/);
  });

  test.each([
    ['the last minute of summer', fromParis(2026, 10, 25, 1, 59)],
    ['the repeated half past two, the first time', new Date('2026-10-25T00:30:00Z')],
    ['the repeated half past two, the second time', new Date('2026-10-25T01:30:00Z')],
    ['the first hour of winter', fromParis(2026, 10, 25, 3)],
    ['nine, the morning after', fromParis(2026, 10, 26, 9)],
    ['the last minute of winter', fromParis(2027, 3, 28, 1, 59)],
    ['the hour that does not exist', fromParis(2027, 3, 28, 2, 30)],
    ['nine, that Sunday of March', fromParis(2027, 3, 28, 9)],
  ])('keeps the instant across a change of hour: %s (CAL-04)', (_, start) => {
    expect(one({ start }).startDate.toJSDate().toISOString()).toBe(start.toISOString());
  });

  test('an event that lasts over the change of hour keeps both its ends (CAL-04)', () => {
    const read = one({ start: fromParis(2026, 10, 24, 22), end: fromParis(2026, 10, 25, 9) });
    expect(read.endDate.toJSDate().getTime() - read.startDate.toJSDate().getTime()).toBe(12 * 3_600_000);
  });

  test('gives back commas, semicolons, backslashes, line breaks, accents and emoji as they were (CAL-04)', () => {
    const summary = 'Café, thé ; \\n n’est pas un retour 👩🏽‍🔧 « œuvre »';
    const read = one({ summary, description: 'Première ligne\r\nDeuxième\rTroisième\u2028Quatrième\u0007' });
    expect(read.summary).toBe(summary);
    expect(read.description).toBe('Première ligne\nDeuxième\nTroisième\nQuatrième');
  });

  test.each([['é'.repeat(300)], ['📣'.repeat(300)], ['abc '.repeat(75)], [`a${'é'.repeat(300)}`]])(
    'folds 300 characters at 75 octets, between characters (CAL-04)',
    (summary) => {
      const file = icsCalendar({ name: 'Plan', events: [{ ...EVENT, summary }] });
      for (const line of file.split('\r\n')) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        expect(line.isWellFormed()).toBe(true);
      }
      expect(readBack(file).events[0]?.summary).toBe(summary);
    },
  );

  test('a line break in a text or in an address adds no property and no event', () => {
    const hostile = 'x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:a@b.fr';
    const { events } = readBack(
      icsCalendar({
        name: hostile,
        events: [
          {
            ...EVENT,
            uid: hostile,
            summary: hostile,
            location: hostile,
            url: `https://exemple.fr/${hostile}`,
            organizer: { name: `"${hostile}`, address: `c@d.fr${hostile}` },
          },
        ],
      }),
    );
    expect(events).toHaveLength(1);
    expect(events[0]?.attendees).toHaveLength(0);
  });

  test('a whole day is a date without an hour, and ends the day after its last one', () => {
    const read = one({ start: '2026-12-30', end: '2026-12-31' });
    expect(read.startDate.isDate).toBe(true);
    expect([read.startDate.toString(), read.endDate.toString()]).toEqual(['2026-12-30', '2027-01-01']);
    expect(one({ start: '2026-10-25' }).endDate.toString()).toBe('2026-10-26');
  });

  test('nothing ends before it begins', () => {
    expect(one({ end: fromParis(2026, 11, 25) }).endDate.toString()).toBe(one({}).startDate.toString());
    expect(one({ start: '2026-12-30', end: '2026-12-01' }).endDate.toString()).toBe('2026-12-31');
  });

  test('only http(s) addresses are written', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'pas une adresse'])
      expect(one({ url }).component.getFirstPropertyValue('url')).toBeNull();
  });

  test('an update keeps its UID and grows; a cancellation says so (CAL-03)', () => {
    const cancelled = readBack(
      icsCalendar({
        name: 'Plan',
        method: 'CANCEL',
        events: [
          { ...EVENT, sequence: 4, status: 'CANCELLED', organizer: { name: 'Afdas', address: 'com@afdas.example' } },
        ],
      }),
    );
    expect(cancelled.calendar.getFirstPropertyValue('method')).toBe('CANCEL');
    expect(cancelled.events[0]).toMatchObject({ uid: EVENT.uid, sequence: 4 });
    expect(cancelled.events[0]?.component.getFirstPropertyValue('status')).toBe('CANCELLED');
  });

  test('a publication invites nobody; an invitation names one person (CAL-01)', () => {
    expect(icsCalendar({ name: 'Plan', method: 'PUBLISH', events: [EVENT] })).not.toContain('ATTENDEE');
    const invited = one({
      organizer: { name: 'Afdas, « com »', address: 'com@afdas.example' },
      attendee: { name: 'Alice', address: 'alice@exemple.fr' },
    });
    expect(invited.attendees.map((a) => a.getFirstValue())).toEqual(['mailto:alice@exemple.fr']);
    expect(invited.organizer).toBe('mailto:com@afdas.example');
  });
});
