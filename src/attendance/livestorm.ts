import { columnsIn, isHeader } from './columns.ts';
import { type AttendanceFormat, cameIn, readTables } from './rows.ts';

/**
 * The list of registrants of an event, CSV or XLSX: an address each, whether the person attended, and for how long. Who
 * did not attend stands in it too.
 */
export const livestorm: AttendanceFormat<'livestorm'> = {
  platform: 'livestorm',
  recognises: (file) =>
    file.slice(0, 20).some(({ cells }) => {
      const c = columnsIn(cells);
      return isHeader(cells) && c.address !== undefined && c.firstName !== undefined && c.attended !== undefined;
    }),
  read: (file, how) =>
    readTables(file, how, (row) => {
      const came = cameIn(row);
      if (came === null) return { rejected: 'presence_inconnue', cell: row.cell('attended') };
      return came ? 'stay' : { aside: 'absent' };
    }),
};
