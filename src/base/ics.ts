import { toParisField } from './dates.ts';

/** An instant, or `2026-12-01`: a whole day, wherever one is. */
export type IcsMoment = Date | string;

export type IcsEvent = {
  /** For ever the same for one event, whatever becomes of it (CAL-03). */
  uid: string;
  /** Grows with any change of start, end, place or cancellation; never goes back. */
  sequence: number;
  /** When it last changed. */
  stamp: Date;
  start: IcsMoment;
  /** Instant: the moment it ends. Day: its last day, included. Absent: no length, or that one day. */
  end?: IcsMoment | undefined;
  summary: string;
  description?: string | undefined;
  location?: string | undefined;
  /** http(s); the real address, never a tracked one (CAL-06). */
  url?: string | undefined;
  status?: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED' | undefined;
  /** It takes nobody's time: a letter that leaves, a deadline. */
  free?: boolean | undefined;
  /** RFC 5546 asks for one as soon as there is a `method`; never the person it is sent to (CAL-02). */
  organizer?: IcsPerson | undefined;
  /** Of an invitation: the one person it is sent to, nobody else (CAL-01). */
  attendee?: IcsPerson | undefined;
};

export type IcsPerson = { name: string; address: string };

export type IcsCalendar = {
  /** Of a calendar to subscribe to. With a `method` it is left out: Outlook would open a second calendar of that name. */
  name: string;
  /** Who wrote the file, as programs want it. */
  prodId?: string;
  /** Absent: a calendar to read or to subscribe to, which asks nothing of anybody. */
  method?: 'PUBLISH' | 'REQUEST' | 'CANCEL';
  events: readonly IcsEvent[];
};

/** A calendar file (RFC 5545), hours on the clock of Paris with its rules inside. UTF-8, CRLF, lines of 75 octets. */
export function icsCalendar({ name, prodId = '-//Porte-voix//Calendrier//FR', method, events }: IcsCalendar): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:${text(prodId)}`,
    'CALSCALE:GREGORIAN',
    ...(method
      ? [`METHOD:${method}`]
      : [...SUBSCRIBED, `NAME:${text(name)}`, `X-WR-CALNAME:${text(name)}`, 'X-WR-TIMEZONE:Europe/Paris']),
    ...PARIS,
    ...events.flatMap((event) => eventLines(method === 'CANCEL' ? { ...event, status: 'CANCELLED' } : event)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

/** How often a program may come back: standard for some (RFC 7986), the older word for the others. */
const SUBSCRIBED = ['REFRESH-INTERVAL;VALUE=DURATION:PT4H', 'X-PUBLISHED-TTL:PT4H'];

/** RFC 5545 asks for the rules of any TZID; Windows knows no « Europe/Paris » and reads them here. */
const PARIS = [
  'BEGIN:VTIMEZONE',
  'TZID:Europe/Paris',
  'BEGIN:DAYLIGHT',
  'DTSTART:19700329T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'TZNAME:CEST',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'DTSTART:19701025T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'TZNAME:CET',
  'END:STANDARD',
  'END:VTIMEZONE',
];

function eventLines(event: IcsEvent): string[] {
  const optional = (name: string, value: string | undefined) => (value ? [`${name}:${text(value)}`] : []);
  const url = event.url === undefined ? null : URL.parse(event.url);
  return [
    'BEGIN:VEVENT',
    `UID:${text(event.uid)}`,
    `SEQUENCE:${Math.max(0, Math.trunc(event.sequence))}`,
    `DTSTAMP:${utc(event.stamp)}`,
    `DTSTART${moment(event.start)}`,
    ...endLine(event),
    `SUMMARY:${text(event.summary)}`,
    ...optional('DESCRIPTION', event.description),
    ...optional('LOCATION', event.location),
    // An address is not a text: nothing in it is escaped, and `href` has no line break left.
    ...(url && /^https?:$/.test(url.protocol) ? [`URL:${url.href}`] : []),
    ...(event.organizer ? [`ORGANIZER${person(event.organizer)}`] : []),
    ...(event.attendee ? [`ATTENDEE;${asked(event)}${person(event.attendee)}`] : []),
    `STATUS:${event.status ?? 'CONFIRMED'}`,
    ...(event.free ? ['TRANSP:TRANSPARENT'] : []),
    'END:VEVENT',
  ];
}

/** What is cancelled asks for no answer. */
const asked = ({ status }: IcsEvent): string =>
  `CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=${status === 'CANCELLED' ? 'FALSE' : 'TRUE'}`;

/** A day's end is the day after its last one, and is never written before its start. */
function endLine({ start, end }: IcsEvent): string[] {
  if (typeof start === 'string') {
    const last = typeof end === 'string' && end > start ? end : start;
    return [`DTEND${moment(dayAfter(last))}`];
  }
  return end instanceof Date && end > start ? [`DTEND${moment(end)}`] : [];
}

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** What follows the name of a property. In the October hour that the clock names twice, only UTC says which one. */
function moment(at: IcsMoment): string {
  if (typeof at === 'string') return `;VALUE=DATE:${at.replaceAll('-', '')}`;
  const clock = toParisField(at);
  if ([-1, 1].some((hours) => toParisField(new Date(at.getTime() + hours * 3_600_000)) === clock)) return `:${utc(at)}`;
  const seconds = String(at.getUTCSeconds()).padStart(2, '0');
  return `;TZID=Europe/Paris:${clock.replace(/[-:]/g, '')}${seconds}`;
}

const utc = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/g, '');

/** A parameter may hold neither a quote nor a line break, and has no way to escape them, nor a backslash. Without a name: none. */
const person = ({ name, address }: IcsPerson): string => {
  const shown = clean(name)
    .replace(/["\\\n]/g, ' ')
    .trim();
  return `${shown && `;CN="${shown}"`}:mailto:${clean(address).replace(/\s/g, '')}`;
};

const text = (value: string): string =>
  clean(value)
    .replace(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll('\n', '\\n');

/** Line breaks of any kind are one; what no calendar shows is left out. */
const clean = (value: string): string =>
  value
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');

/** Lines of 75 octets at most, never cut inside a character; what follows a cut begins with a space. */
function fold(line: string): string {
  let folded = '';
  let used = 0;
  for (const character of line) {
    const octets = Buffer.byteLength(character);
    if (used + octets > 75) {
      folded += '\r\n ';
      used = 1;
    }
    folded += character;
    used += octets;
  }
  return folded;
}
