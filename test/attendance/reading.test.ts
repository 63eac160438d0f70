import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AttendanceFile, readAttendance } from '../../src/attendance/formats.ts';
import { dateOrderOf, readDuration, readMoment } from '../../src/attendance/moments.ts';
import { fromParis } from '../../src/base/dates.ts';

const MEETING = { startsAt: fromParis(2027, 1, 14, 14), endsAt: fromParis(2027, 1, 14, 15, 30) };
const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/attendance/${name}`, import.meta.url));

async function file(bytes: Buffer | string, said = {}, meeting = MEETING): Promise<AttendanceFile> {
  const read = await readAttendance(Buffer.from(bytes), meeting, said);
  if (read.kind !== 'file') throw new Error(`to be said: ${read.kind}`);
  // Every line of the file is in one of the three (the issue's « none lost »).
  expect(read.file.read + read.file.rejected + read.file.aside).toBe(read.file.rows);
  expect(read.file.notes.filter((n) => n.severity === 'aside').reduce((sum, n) => sum + n.n, 0)).toBe(read.file.aside);
  return read.file;
}
const short = ({ stays }: AttendanceFile) => stays.map((s) => [s.name, s.address, s.minutes]);
const codes = ({ notes }: AttendanceFile, severity: string) =>
  notes.filter((n) => n.severity === severity).map((n) => [n.line, n.code]);

describe('Teams', () => {
  test('the report in UTF-16LE: stays are read, and the totals of the same people set aside', async () => {
    const read = await file(fixture('teams-fr.csv'));
    expect(read).toMatchObject({ platform: 'teams', encoding: 'utf-16le', delimiter: 'tab', rejected: 0 });
    expect(short(read)).toEqual([
      ['iPhone de Lucie', null, 20],
      ['FERRAND Nadia', 'nadia.ferrand@opco.example', 105],
      // Part 3 gives no address: that of part 2, under the same name.
      ['Éloïse LE GOFF (Externe)', 'eloise.legoff@armor-fibre.example', 32],
      ['Éloïse LE GOFF (Externe)', 'eloise.legoff@armor-fibre.example', 30],
      ['Karim Benali (Invité)', null, 87],
      ['Invité', null, 30],
    ]);
    expect(read.stays[1]?.joinedAt).toEqual(new Date('2027-01-14T12:52:10Z'));
    expect(codes(read, 'aside')).toEqual([
      [1, 'titre'],
      [2, 'resume'],
      [9, 'titre'],
      [10, 'titres'],
      [11, 'total'],
      [16, 'absent'],
      [18, 'titre'],
      [19, 'titres'],
    ]);
    expect(read.warnings).toEqual([]);
  });

  test('the same in English: American days and hours, an address from the account', async () => {
    const read = await file(fixture('teams-en.csv'));
    expect(short(read)).toEqual([
      ['Nadia Ferrand', 'nadia.ferrand@opco.example', 105],
      ['Karim Benali (Guest)', null, 87],
      ['Le Goff, Eloise', 'eloise.legoff@armor-fibre.example', 62],
    ]);
    expect(read.stays[1]?.leftAt).toEqual(fromParis(2027, 1, 14, 15, 30));
  });

  test('the older list: each arrival with its departure', async () => {
    const read = await file(fixture('teams-evenements-fr.csv'));
    expect(short(read)).toEqual([
      ['Nadia Ferrand', null, 0],
      ['Karim Benali', null, 30],
      ['Karim Benali', null, 30],
      ['Éloïse Le Goff', null, 0],
    ]);
    expect(codes(read, 'warned')).toEqual([
      [2, 'depart_absent'],
      [7, 'depart_seul'],
    ]);
    expect(codes(read, 'rejected')).toEqual([[8, 'action_inconnue']]);
  });

  test('in a language we do not know, the columns stand where they always do', async () => {
    const text = fixture('teams-en.csv')
      .toString()
      .replace('Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail', 'Nimi\tLiittyi\tPoistui\tKesto\tSähköposti');
    expect(short(await file(text))).toHaveLength(3);
  });
});

describe('Zoom', () => {
  test('with the meeting’s own lines above: they are a summary, and the waiting room is no presence', async () => {
    const read = await file(fixture('zoom-en.csv'));
    expect(read).toMatchObject({ platform: 'zoom', delimiter: ',', read: 5, rejected: 0 });
    expect(short(read).map(([name]) => name)).toEqual([
      'Nadia Ferrand',
      'Marie D. (Marie Durand)',
      'Marie D. (Marie Durand)',
      'Benali, Karim',
      '33612****78',
    ]);
    expect(codes(read, 'aside')).toEqual([
      [1, 'resume'],
      [4, 'titres'],
      [6, 'salle_attente'],
      [11, 'salle_attente'],
    ]);
    // What is kept with the import says nothing of who waited.
    expect(JSON.stringify(read.notes)).not.toContain('Zoe');
  });

  test('in French, without them', async () => {
    const read = await file(fixture('zoom-fr.csv'));
    expect(short(read)).toEqual([
      ['Nadia Ferrand', 'nadia.ferrand@opco.example', 107],
      ['Marie Durand', null, 91],
    ]);
  });

  test('the report of a webinar: hosts and attendees, and those who did not come', async () => {
    const read = await file(fixture('zoom-webinaire-en.csv'));
    expect(short(read)).toEqual([
      ['Nadia Ferrand', 'nadia.ferrand@opco.example', 105],
      ['Karim Benali', 'karim.benali@reseaux-sud.example', 87],
    ]);
    expect(codes(read, 'aside').map(([, code]) => code)).toEqual([
      'resume',
      'titre',
      'titres',
      'titre',
      'titres',
      'absent',
    ]);
  });
});

describe('BigBlueButton and Livestorm', () => {
  test.each(['bigbluebutton-fr.csv', 'bigbluebutton-en.csv'])('%s: names only, the time truly spent', async (name) => {
    const read = await file(fixture(name));
    expect(read.platform).toBe('bigbluebutton');
    expect(short(read).slice(0, 2)).toEqual([
      ['Nadia Ferrand', null, 105],
      ['Karim Benali', null, 62],
    ]);
    expect(codes(read, 'aside').at(-1)?.[1]).toBe('sondage');
    expect(read.rejected).toBe(0);
  });

  test('Livestorm: registrants who came, those who did not, in Greenwich time', async () => {
    const read = await file(fixture('livestorm-en.csv'));
    expect(short(read)).toEqual([
      ['Karim Benali', 'karim.benali@reseaux-sud.example', 87],
      ['Éloïse Le Goff', 'eloise.legoff@armor-fibre.example', 62],
    ]);
    expect(read.stays[0]?.joinedAt).toEqual(fromParis(2027, 1, 14, 14, 3));
    expect(codes(read, 'rejected')).toEqual([[5, 'presence_inconnue']]);
    expect(short(await file(fixture('livestorm-fr.csv')))).toEqual([
      ['Karim Benali', 'karim.benali@reseaux-sud.example', 87],
    ]);
  });

  test('Livestorm as a workbook, with hours that Excel holds as dates', async () => {
    const book = new ExcelJS.Workbook();
    book.addWorksheet('Registrants').addRows([
      ['Email', 'First name', 'Last name', 'Attended', 'Joined at', 'Attendance duration (minutes)'],
      ['karim.benali@reseaux-sud.example', 'Karim', 'Benali', 'Yes', new Date(Date.UTC(2027, 0, 14, 14, 3)), 87],
      ['paul.morvan@armor-fibre.example', 'Paul', 'Morvan', 'No', null, null],
    ]);
    const read = await file(Buffer.from(await book.xlsx.writeBuffer()));
    expect(read).toMatchObject({ platform: 'livestorm', encoding: 'xlsx', read: 1, aside: 2 });
    expect(read.stays[0]).toMatchObject({ joinedAt: fromParis(2027, 1, 14, 14, 3), minutes: 87 });
  });
});

test('a length of time that nobody stays is said, and counts for nothing', async () => {
  const head = 'Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest';
  const read = await file(
    [
      head,
      'Un Trop,un@exemple.fr,,,2147483648,Yes',
      'Deux Trop,deux@exemple.fr,,,99999999999999999999,Yes',
      'Trois Trop,trois@exemple.fr,2026-01-14 14:00:00,2027-01-14 15:00:00,,Yes',
      'Quatre Bien,quatre@exemple.fr,,,62,Yes',
      '',
    ].join('\n'),
  );
  expect(short(read).map(([name, , minutes]) => [name, minutes])).toEqual([
    ['Un Trop', 0],
    ['Deux Trop', 0],
    ['Trois Trop', 0],
    ['Quatre Bien', 62],
  ]);
  expect(codes(read, 'warned')).toEqual([
    [2, 'duree_invraisemblable'],
    [3, 'duree_invraisemblable'],
    [4, 'presence_trop_longue'],
  ]);
});

describe('a list of no platform we know', () => {
  test('asks which column is which, then reads it so', async () => {
    const asked = await readAttendance(fixture('inconnu.csv'), MEETING);
    expect(asked).toMatchObject({ kind: 'columns', table: { header: ['Qui', 'Arrivé vers', 'Resté'] } });
    const read = await file(fixture('inconnu.csv'), {
      mapping: { name: 'Qui', joinedAt: 'Arrivé vers', minutes: 'Resté' },
    });
    expect(read).toMatchObject({ platform: 'autre', read: 2, aside: 2 });
    expect(codes(read, 'warned')).toEqual([[4, 'duree_illisible']]);
    await expect(
      readAttendance(fixture('inconnu.csv'), MEETING, { mapping: { minutes: 'Resté' } }),
    ).rejects.toMatchObject({
      code: 'column_who',
      message: expect.stringContaining('« Qui »'),
    });
    await expect(readAttendance(fixture('inconnu.csv'), MEETING, { mapping: { name: 'Nom' } })).rejects.toMatchObject({
      code: 'column_unknown',
    });
  });

  test('an empty file, one of nobody, one that is no list', async () => {
    await expect(readAttendance(Buffer.from('\r\n\r\n'), MEETING)).rejects.toMatchObject({ code: 'file_empty' });
    await expect(readAttendance(Buffer.alloc(0), MEETING)).rejects.toMatchObject({ code: 'file_empty' });
    await expect(
      readAttendance(Buffer.from('Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n'), MEETING),
    ).rejects.toMatchObject({ code: 'file_nobody' });
    await expect(readAttendance(Buffer.from('%PDF-1.7\n'), MEETING)).rejects.toMatchObject({ code: 'file_kind' });
    await expect(readAttendance(Buffer.from('a;'.repeat(501)), MEETING)).rejects.toMatchObject({
      code: 'file_too_wide',
    });
    await expect(readAttendance(Buffer.alloc(6 * 1024 * 1024, 'a'), MEETING)).rejects.toMatchObject({
      code: 'file_too_big',
    });
  });

  test('hostile names stay names', async () => {
    const names = [
      '=HYPERLINK("http://mal.example")',
      "'; drop table webinars; --",
      '<script>alert(1)</script>',
      `${'é'.repeat(299)}🎉`,
    ];
    const text = `Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n${names
      .map((n) => `"${n.replaceAll('"', '""')}",,01/14/2027 02:00:00 PM,01/14/2027 03:00:00 PM,60`)
      .join('\n')}\n`;
    const read = await file(text);
    expect(read.stays.map((s) => s.name).slice(0, 3)).toEqual(names.slice(0, 3));
    expect(read.stays.every((s) => s.name.isWellFormed())).toBe(true);
  });
});

describe('days', () => {
  const header = 'Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n';
  const march = { startsAt: fromParis(2027, 3, 12, 14), endsAt: fromParis(2027, 3, 12, 15, 30) };
  const line = 'Karim Benali,,03/04/2027 02:00:00 PM,03/04/2027 03:00:00 PM,60\n';

  test('that read in two ways are asked about, never guessed', async () => {
    expect(await readAttendance(Buffer.from(header + line), march)).toEqual({
      kind: 'dates',
      example: '03/04/2027 02:00:00 PM',
    });
    const day = await file(header + line, { dates: 'jour' }, march);
    expect(day.stays[0]?.joinedAt).toEqual(fromParis(2027, 4, 3, 14));
    const month = await file(header + line, { dates: 'mois' }, march);
    expect(month.stays[0]?.joinedAt).toEqual(fromParis(2027, 3, 4, 14));
  });

  test('are settled by a 13th, by the webinar’s own day, by titles in French', async () => {
    const around = { day: march.startsAt, french: false };
    expect(dateOrderOf(['03/13/2027 10:00'], around)).toBe('mois');
    expect(dateOrderOf(['13/03/2027 10:00'], around)).toBe('jour');
    expect(dateOrderOf(['03/12/2027 10:00'], around)).toBe('mois');
    expect(dateOrderOf(['12/03/2027 10:00'], around)).toBe('jour');
    expect(dateOrderOf(['03/03/2027 10:00'], around)).toBe('jour');
    expect(dateOrderOf(['04/05/2027 10:00'], around)).toBeNull();
    expect(dateOrderOf(['04/05/2027 10:00'], { ...around, french: true })).toBe('jour');
  });

  test('of another meeting are warned about', async () => {
    const other = await file(header + line, { dates: 'mois' }, march);
    expect(other.warnings).toMatchObject([{ code: 'autre_jour', message: expect.stringContaining('4 mars 2027') }]);
    const abroad = 'Karim Benali,,03/12/2027 08:00:00 AM,03/12/2027 09:00:00 AM,60\n';
    expect((await file(header + abroad, {}, march)).warnings).toMatchObject([{ code: 'autre_heure' }]);
    const seconds = 'Karim Benali,,03/12/2027 02:00:00 PM,03/12/2027 03:00:00 PM,3600\n';
    expect((await file(header + seconds, {}, march)).warnings).toMatchObject([{ code: 'durees_longues' }]);
  });

  test('and hours are read in every way platforms write them', () => {
    const at = new Date('2026-11-26T13:05:09Z');
    for (const text of [
      '26/11/2026 14:05:09',
      '26/11/26, 14:05:09',
      '26/11/2026 à 14:05:09',
      '26/11/2026, 2:05:09\u202fPM',
      '26 nov. 2026 14:05:09',
      '26 novembre 2026 à 14:05:09',
      'Nov 26, 2026 02:05:09 PM',
      '2026-11-26 14:05:09',
      '2026-11-26T13:05:09Z',
      '2026-11-26T13:05:09.123Z',
      '2026-11-26 13:05:09 UTC',
      '2026-11-26T15:05:09+02:00',
      '\u200e26/11/2026 14:05:09',
    ])
      expect(readMoment(text, 'jour'), text).toEqual(at);
    expect(readMoment('11/26/26, 2:05:09 PM', 'mois')).toEqual(at);
    expect(readMoment('26/11/2026 13:05:09', 'jour', true)).toEqual(at);
    expect(readMoment('26/11/2026 12:05 AM', 'jour')).toEqual(fromParis(2026, 11, 26, 0, 5));
    for (const text of [
      '',
      '26/11/2026',
      '31/02/2026 10:00',
      '26/11/2026 25:00',
      '26/11/2026 13:00 PM',
      'hier',
      'x'.repeat(5000),
    ])
      expect(readMoment(text, 'jour'), text).toBeNull();
  });

  test('lengths too', () => {
    for (const [text, seconds] of [
      ['1 h 2 min 3 s', 3723],
      ['1h 2m 3s', 3723],
      ['1h02', 3720],
      ['62m 3s', 3723],
      ['01:02:03', 3723],
      ['62', 3720],
      ['62,5', 3750],
      ['1 hour 2 minutes', 3720],
      ['3 s', 3],
    ] as const)
      expect(readDuration(text), text).toBe(seconds);
    expect(readDuration('3723', 'secondes')).toBe(3723);
    for (const text of ['01:02', 'une heure', '', '12 lunes', `${'1h'.repeat(4000)}!`])
      expect(readDuration(text)).toBeNull();
  });
});

describe('whatever a file holds', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      'Marie Durand',
      'Invité',
      '14/01/2027 14:00:00',
      '1 h 2 min',
      '62',
      'Oui',
      'Non',
      '-',
      'a@b.example',
    ),
    fc.string({ maxLength: 12 }).map((s) => s.replace(/[\r\n\t";,]/g, ' ')),
  );
  const HEADERS = [
    ['Nom', 'Première jonction', 'Dernière sortie', 'Durée de la réunion', 'Adresse e-mail'],
    ['Name (Original Name)', 'User Email', 'Join Time', 'Leave Time', 'Duration (Minutes)', 'In Waiting Room'],
    ['Nom', 'Modérateur', "Score d'activité", 'Rejoint', 'Sorti', 'Durée'],
    ['Email', 'First name', 'Last name', 'Attended', 'Attendance duration'],
    ['Nom complet', 'Action de l’utilisateur', 'Horodatage'],
  ];

  test('no line of it is lost: read + rejected + aside are its lines', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...HEADERS),
        fc.array(fc.array(cell, { minLength: 1, maxLength: 7 }), { maxLength: 12 }),
        async (header, rows) => {
          const text = [header, ...rows].map((cells) => cells.join('\t')).join('\n');
          const read = await readAttendance(Buffer.from(text), MEETING, { dates: 'jour' }).catch(
            (e: { code?: string }) => e,
          );
          if (!('kind' in read)) expect(read.code).toBe('file_nobody');
          else if (read.kind === 'file') {
            const { rows: all, read: kept, rejected, aside } = read.file;
            expect(kept + rejected + aside).toBe(all);
            expect(all).toBe(text.split('\n').filter((l) => l.replace(/\t/g, '').trim() !== '').length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
