import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { CALENDAR_CASES, type CalendarCase } from './calendar-cases.ts';

const golden = (file: string): Buffer => readFileSync(new URL(`../fixtures/ics/${file}.ics`, import.meta.url));

type Read = {
  method: string;
  uid: string;
  sequence: number;
  start: string;
  end: string;
  summary: string;
  status: string;
  attendees: string[];
  organizer: string;
};

/** As ical.js reads it, its time zones taken from the file itself. */
function byIcalJs(file: string): Read {
  const calendar = new ICAL.Component(ICAL.parse(file));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const all = calendar.getAllSubcomponents('vevent');
  expect(all).toHaveLength(1);
  const event = new ICAL.Event(all[0]);
  return {
    method: String(calendar.getFirstPropertyValue('method')),
    uid: event.uid,
    sequence: event.sequence,
    start: event.startDate.toJSDate().toISOString(),
    end: event.endDate.toJSDate().toISOString(),
    summary: event.summary,
    status: String(event.component.getFirstPropertyValue('status')),
    attendees: event.attendees.map((a) => String(a.getFirstValue())),
    organizer: String(event.organizer),
  };
}

// Debian's python3-icalendar; its zones come from the system, so that a wrong TZID would show.
const PYTHON = `
import json, sys
from datetime import timezone
from icalendar import Calendar
def read(text):
    calendar = Calendar.from_ical(text)
    events = calendar.walk('VEVENT')
    assert len(events) == 1, len(events)
    e = events[0]
    at = lambda name: e.decoded(name).astimezone(timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.000Z')
    people = e.get('attendee')
    people = people if isinstance(people, list) else [people]
    return {'method': str(calendar['method']), 'uid': str(e['uid']), 'sequence': int(e['sequence']), 'start': at('dtstart'),
            'end': at('dtend'), 'summary': str(e['summary']), 'status': str(e['status']),
            'attendees': [str(p) for p in people], 'organizer': str(e['organizer'])}
print(json.dumps([read(open(path, 'rb').read()) for path in sys.argv[1:]]))
`;

const paths = CALENDAR_CASES.map(({ file }) => new URL(`../fixtures/ics/${file}.ics`, import.meta.url).pathname);
const byPython = (): Read[] =>
  JSON.parse(execFileSync('/usr/bin/python3', ['-c', PYTHON, ...paths], { encoding: 'utf8' }));

const expected = ({ made, start, end, summary, sequence }: CalendarCase): Read => ({
  method: made.method,
  uid: 'Zk3vX9qLw0aTjH2yPnR5cA@porte-voix.example',
  sequence,
  start: start.toISOString(),
  end: end.toISOString(),
  summary,
  status: made.method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED',
  attendees: ['mailto:lea.petit@fibre.example'],
  organizer: 'mailto:webinaires@opco.example',
});

describe.each(CALENDAR_CASES)('the calendar file $file (CAL-04)', (one) => {
  test('is what it always was, to the octet', () => {
    expect(one.made.content).toBe(golden(one.file).toString('utf8'));
  });

  test('an independent parser reads one event, its instants, its text and the one person invited (CAL-01)', () => {
    expect(byIcalJs(golden(one.file).toString('utf8'))).toEqual(expected(one));
  });

  test('has lines of 75 octets at most, ended by CRLF, and no other control character', () => {
    const text = golden(one.file).toString('utf8');
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f\u007f]/);
  });
});

test('a second program, from Debian, reads the same in all of them (CAL-04)', () => {
  expect(byPython()).toEqual(CALENDAR_CASES.map(expected));
});

test('the place to join is the real one (CAL-06), and a cancellation holds no way in', () => {
  const made = golden('octobre-cree').toString('utf8').replaceAll('\r\n ', '');
  expect(made).toContain('LOCATION:https://reunion.example/j/8123?pwd=a\\,b\\;c');
  expect(made).toContain('URL:https://reunion.example/j/8123?pwd=a,b;c');
  expect(made).not.toContain('/r/');
  expect(golden('octobre-annule').toString('utf8')).not.toContain('reunion.example');
});
