import { titleKey } from '../contacts/headers.ts';
import { isHeader } from './columns.ts';
import { type AttendanceFormat, nameIn, readTables } from './rows.ts';

const OWN = /^(moderator|moderateur|activity score|score d activite|talk time|temps de parole|webcam time)$/;

/**
 * The learning dashboard's « Download session data »: names only, each person once with the first arrival, the last
 * departure and the time truly spent. Its last line gathers anonymous answers to polls.
 */
export const bigbluebutton: AttendanceFormat<'bigbluebutton'> = {
  platform: 'bigbluebutton',
  recognises: (file) =>
    file.slice(0, 20).some(({ cells }) => isHeader(cells) && cells.filter((c) => OWN.test(titleKey(c))).length > 1),
  read: (file, how) =>
    readTables(file, how, (row) =>
      /^anonym(ous|e|es)?$/.test(titleKey(nameIn(row))) && row.cell('joinedAt') === '' && row.cell('minutes') === ''
        ? { aside: 'sondage' }
        : 'stay',
    ),
};
