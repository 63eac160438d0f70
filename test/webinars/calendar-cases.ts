import { fromParis } from '../../src/base/dates.ts';
import { calendarFor } from '../../src/webinars/letter-calendar.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';

const WEBINAR = {
  title: 'Les outils de la filière : prendre en main la GEPP, l’essentiel',
  summary: 'Une heure, des cas concrets ; vos questions, nos réponses.',
  joinUrl: 'https://reunion.example/j/8123?pwd=a,b;c',
  joinNote: 'Code : 4417\nTéléphone : 01 23 45 67 89',
};
const PERSON = {
  uid: 'Zk3vX9qLw0aTjH2yPnR5cA@porte-voix.example',
  address: 'lea.petit@fibre.example',
  firstName: 'Léa',
  lastName: 'Petit-Œuvré',
};
/** One that tries to be two people, another header and another event (MAIL-43). */
const HOSTILE = {
  ...PERSON,
  firstName: '"Léa;CN=Autre":mailto:tous@exemple.fr\r\nATTENDEE:mailto:a@b.fr',
  lastName: 'END:VEVENT\r\nBEGIN:VEVENT\u0007\u202e\\',
};
const ORGANIZER = { name: 'OPCO de test, service « com »', address: 'webinaires@opco.example' };
const PAGE = 'https://porte-voix.example/webinaires/outils';

export type CalendarCase = {
  file: string;
  made: ReturnType<typeof calendarFor>;
  start: Date;
  end: Date;
  summary: string;
  sequence: number;
};

type Change = { method?: 'REQUEST' | 'CANCEL'; sequence?: number; person?: typeof PERSON } & Partial<WebinarRow>;

function oneCase(file: string, start: Date, change: Change = {}): CalendarCase {
  const { method = 'REQUEST', sequence = 0, person = PERSON, ...webinar } = change;
  const end = new Date(start.getTime() + 90 * 60_000);
  const all = { ...WEBINAR, startsAt: start, endsAt: end, ...webinar };
  const made = calendarFor({
    method,
    sequence,
    webinar: all,
    registration: person,
    organizer: ORGANIZER,
    page: PAGE,
    now: new Date('2026-09-14T08:30:00Z'),
  });
  return { file, made, start, end: all.endsAt, summary: all.title, sequence };
}

const october = fromParis(2026, 10, 25, 14);
const march = fromParis(2027, 3, 28, 9, 30);

/** A webinar made, moved and cancelled on the days when clocks change, and what hostile or long texts do to it (CAL-04). */
export const CALENDAR_CASES: readonly CalendarCase[] = [
  oneCase('octobre-cree', october),
  oneCase('octobre-deplace', fromParis(2026, 10, 25, 1), { sequence: 1, endsAt: fromParis(2026, 10, 25, 4) }),
  oneCase('octobre-annule', october, { method: 'CANCEL', sequence: 2 }),
  oneCase('mars-cree', march),
  oneCase('mars-deplace', fromParis(2027, 3, 28, 1), { sequence: 1, endsAt: fromParis(2027, 3, 28, 4) }),
  oneCase('mars-annule', march, { method: 'CANCEL', sequence: 2 }),
  oneCase('octobre-heure-repetee', new Date('2026-10-25T01:30:00Z')),
  oneCase('mars-heure-absente', fromParis(2027, 3, 28, 2, 30)),
  oneCase('texte-long', october, {
    title: `${'Ça s’écrit « œuvre », naïveté ; 📣 virgule, '.repeat(7)}fin`.slice(0, 300),
    summary: 'Première ligne\r\nDeuxième, avec virgule ; et \\n qui n’en est pas une\n👩🏽‍🔧 é'.repeat(5),
  }),
  oneCase('nom-hostile', october, { person: HOSTILE }),
  oneCase('sans-nom-ni-lien', october, {
    person: { ...PERSON, firstName: '', lastName: '' },
    joinUrl: null,
    joinNote: '',
    summary: '',
  }),
];
