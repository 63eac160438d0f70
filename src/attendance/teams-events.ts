import { titleKey } from '../contacts/headers.ts';
import type { FileRecord } from '../contacts/records.ts';
import { columnsIn } from './columns.ts';
import { LONGEST_STAY_SECONDS, wholeMinutes } from './moments.ts';
import { addressIn, type HowToRead, nameIn, type Row, rowUnder } from './rows.ts';
import { lineNote, type Reading } from './schema.ts';

const headerAt = (file: readonly FileRecord[]): number =>
  file.slice(0, 10).findIndex(({ cells }) => {
    const c = columnsIn(cells);
    return c.name !== undefined && c.action !== undefined && c.moment !== undefined;
  });

/** The list downloaded during a meeting: each arrival and each departure on a line of its own. */
export const isFlat = (file: readonly FileRecord[]): boolean => headerAt(file) !== -1;

const LEFT = /left|quitt|parti|sorti|deconnect/;
const JOINED = /join|rejoint|arriv|entre|connect/;

type Event = { row: Row; name: string; address: string | null; joined: boolean; at: Date | null };

/** Each arrival with the departure that follows it, person by person. */
export function readEvents(file: readonly FileRecord[], how: HowToRead): Reading {
  const start = headerAt(file);
  const titles = file[start]?.cells ?? [];
  const columns = columnsIn(titles);
  const utc = /\butc$/.test(titleKey(titles[columns.moment ?? -1] ?? ''));
  const reading: Reading = { stays: [], read: 0, notes: [] };
  const ofPerson = new Map<string, Event[]>();
  file.forEach((record, i) => {
    if (i <= start) {
      reading.notes.push(lineNote(record.line, 'aside', i === start ? 'titres' : 'resume'));
      return;
    }
    const row = rowUnder(columns, record);
    const action = titleKey(row.cell('action'));
    const joined = !LEFT.test(action) && JOINED.test(action);
    if (!joined && !LEFT.test(action)) {
      reading.notes.push(lineNote(row.line, 'rejected', 'action_inconnue', row.cell('action')));
      return;
    }
    const at = how.moment(row.cell('moment'), utc);
    if (!at) reading.notes.push(lineNote(row.line, 'warned', 'heure_illisible', row.cell('moment')));
    const event = { row, name: nameIn(row), address: addressIn(row), joined, at };
    const person = event.address ?? event.name;
    ofPerson.set(person, [...(ofPerson.get(person) ?? []), event]);
    reading.read++;
  });
  for (const events of ofPerson.values()) pair(events, reading);
  reading.stays.sort((a, b) => a.line - b.line);
  return reading;
}

function pair(events: readonly Event[], { stays, notes }: Reading): void {
  const told = events.filter((e) => e.at !== null).toSorted((a, b) => Number(a.at) - Number(b.at));
  let open: Event | null = null;
  const put = (joined: Event | null, left: Event | null) => {
    const event = joined ?? left;
    if (!event) return;
    const seconds = joined?.at && left?.at ? (left.at.getTime() - joined.at.getTime()) / 1000 : 0;
    const { name, address, row } = event;
    const tooLong = seconds > LONGEST_STAY_SECONDS;
    const times = tooLong
      ? { joinedAt: null, leftAt: null, minutes: 0 }
      : { joinedAt: joined?.at ?? null, leftAt: left?.at ?? null, minutes: wholeMinutes(seconds) };
    stays.push({ line: row.line, name, address, ...times });
    if (tooLong) notes.push(lineNote(row.line, 'warned', 'presence_trop_longue'));
    else if (!joined) notes.push(lineNote(row.line, 'warned', 'depart_seul'));
    else if (!left) notes.push(lineNote(row.line, 'warned', 'depart_absent'));
  };
  for (const event of told) {
    if (event.joined) {
      // Two arrivals in a row are two devices, or a line that is missing: nothing says how long the first one stayed.
      if (open) put(open, null);
      open = event;
    } else {
      put(open, event);
      open = null;
    }
  }
  put(open, null);
  if (told.length === 0) put(events[0] ?? null, null);
}
