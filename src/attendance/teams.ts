import { titleKey } from '../contacts/headers.ts';
import type { FileRecord } from '../contacts/records.ts';
import { type Columns, columnsIn, isHeader } from './columns.ts';
import { foldName } from './names.ts';
import { type AttendanceFormat, type HowToRead, readTables, rowUnder, stayOf } from './rows.ts';
import { lineNote, type Reading } from './schema.ts';
import { isFlat, readEvents } from './teams-events.ts';

/** « 2. Participants », alone on its line. */
const partOf = ({ cells }: FileRecord): number | null => {
  const m = /^\s*(\d)\.\s+\p{L}/u.exec(cells[0] ?? '');
  return m && cells.slice(1).every((cell) => cell.trim() === '') ? Number(m[1]) : null;
};
const hasParts = (file: readonly FileRecord[]): boolean => {
  const parts = file.map(partOf);
  return parts.includes(1) && parts.includes(2);
};
const isUnnumbered = (file: readonly FileRecord[]): boolean =>
  file.slice(0, 3).some(({ cells }) => /^(meeting summary|resume de la reunion)$/.test(titleKey(cells[0] ?? '')));

/** The attendance report of a meeting or a webinar, in numbered parts; and the two older lists. */
export const teams: AttendanceFormat<'teams'> = {
  platform: 'teams',
  recognises: (file) => hasParts(file) || isFlat(file) || isUnnumbered(file),
  read: (file, how) =>
    hasParts(file) ? readParts(file, how) : isFlat(file) ? readEvents(file, how) : readTables(file, how),
};

/** Where columns stand under titles of a language we do not know: Teams writes them in this order in all of them. */
const USUAL: Record<number, Columns> = {
  2: { name: 0, joinedAt: 1, leftAt: 2, minutes: 3, address: 4, identity: 5 },
  3: { name: 0, joinedAt: 1, leftAt: 2, minutes: 3, address: 4 },
};

type Person = { stay: Reading['stays'][number]; notes: Reading['notes']; part: number };

/**
 * Part 2 has each person once, with the time truly spent; part 3 each of their stays. Where a person has stays, these
 * are read and the line of part 2 is their total.
 */
function readParts(file: readonly FileRecord[], how: HowToRead): Reading {
  const notes: Reading['notes'] = [];
  const people: Person[] = [];
  let part = 0;
  let titles: readonly string[] | null = null;
  let columns: Columns = {};
  for (const record of file) {
    const { line, cells } = record;
    const begins = partOf(record);
    if (begins !== null) {
      [part, titles] = [begins, null];
      notes.push(lineNote(line, 'aside', 'titre'));
    } else if (part < 2 || part > 3) notes.push(lineNote(line, 'aside', part < 2 ? 'resume' : 'autre_partie'));
    else if (titles === null) {
      titles = cells;
      columns = isHeader(cells) ? columnsIn(cells) : (USUAL[part] ?? {});
      notes.push(lineNote(line, 'aside', 'titres'));
    } else {
      const row = rowUnder(columns, record);
      const read = stayOf(row, titles, columns, how);
      if (!read) notes.push(lineNote(line, 'rejected', 'ligne_sans_rien'));
      else if (part === 2 && read.stay.minutes === 0 && row.cell('joinedAt') === '')
        notes.push(lineNote(line, 'aside', 'absent'));
      else people.push({ ...read, part });
    }
  }
  const { kept, totals } = withoutTotals(people);
  return {
    stays: kept.map((p) => p.stay),
    read: kept.length,
    notes: [...notes, ...kept.flatMap((p) => p.notes), ...totals.map((p) => lineNote(p.stay.line, 'aside', 'total'))],
  };
}

function withoutTotals(people: readonly Person[]): { kept: Person[]; totals: Person[] } {
  const of = ({ stay }: Person): string => stay.address ?? `n:${foldName(stay.name)}`;
  const listed = people.filter((p) => p.part === 2);
  // Part 3 leaves out the address of those whose account the organiser does not see.
  const addresses = new Map<string, Set<string>>();
  for (const { stay } of listed)
    if (stay.address)
      addresses.set(foldName(stay.name), (addresses.get(foldName(stay.name)) ?? new Set()).add(stay.address));
  const stays = people
    .filter((p) => p.part === 3)
    .map((p) => {
      const known = addresses.get(foldName(p.stay.name));
      if (p.stay.address || known?.size !== 1) return p;
      return { ...p, stay: { ...p.stay, address: [...known][0] ?? null } };
    });
  const detailed = new Set(stays.map(of));
  return {
    kept: [...listed.filter((p) => !detailed.has(of(p))), ...stays],
    totals: listed.filter((p) => detailed.has(of(p))),
  };
}
