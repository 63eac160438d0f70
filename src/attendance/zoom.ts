import { titleKey } from '../contacts/headers.ts';
import { columnsIn, isHeader } from './columns.ts';
import { type AttendanceFormat, cameIn, isBlank, readTables } from './rows.ts';

/** Said of a person in Zoom's files alone: the name they had before they changed it, the waiting room, the guest. */
const OWN = /original name|nom (original|d origine)|waiting room|salle d attente|^time in session/;

const YES = /^(yes|oui|true|vrai)$/i;

/**
 * « Participants » of a meeting, with or without the meeting's own lines above, each stay or each person once; and the
 * attendee report of a webinar, with its tables of hosts, panelists and attendees.
 */
export const zoom: AttendanceFormat<'zoom'> = {
  platform: 'zoom',
  recognises: (file) =>
    file.slice(0, 60).some(({ cells }) => isHeader(cells) && cells.some((cell) => OWN.test(titleKey(cell)))) ||
    file.slice(0, 60).some(({ cells }) => {
      const c = columnsIn(cells);
      return c.name !== undefined && c.address !== undefined && c.joinedAt !== undefined && cells.some(isGuest);
    }),
  read: (file, how) =>
    readTables(file, how, (row, columns) => {
      if (YES.test(row.cell('waiting'))) return { aside: 'salle_attente' };
      if (columns.attended === undefined) return 'stay';
      const came = cameIn(row);
      if (came === null) return { rejected: 'presence_inconnue', cell: row.cell('attended') };
      // Who comes back has a line of its own, where the column may be empty.
      const back = isBlank(row.cell('attended')) && !isBlank(row.cell('joinedAt'));
      return came || back ? 'stay' : { aside: 'absent' };
    }),
};

const isGuest = (title: string): boolean => /^(is )?guest$|^invite$/.test(titleKey(title));
