import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { CSV_BOM, csvFile, csvLine } from '../../src/base/csv.ts';
import { decode } from '../../src/contacts/decode.ts';
import { detectDelimiter } from '../../src/contacts/read-table.ts';
import { records } from '../../src/contacts/records.ts';

const read = (text: string, delimiter = ';') => [...records(text, delimiter)];

test('FR-03: a file for French Excel has a BOM, semicolons, CRLF and decimal commas', () => {
  expect(
    csvFile([
      ['Nom', 'Valeur'],
      ['Île; "de"', 1.5],
    ]),
  ).toBe('\ufeffNom;Valeur\r\n"Île; ""de""";1,5\r\n');
});

test.each(['=1+1', '+33 1 00', '-2', '@SUM(A1)', '\tx', '\u0000x'])(
  'ASVS 1.2.10: a text cell %j cannot become a formula',
  (cell) => {
    const [row] = Papa.parse<string[]>(csvLine([cell]), { delimiter: ';' }).data;
    expect(row).toEqual([`'${cell}`]);
  },
);

test('a number of ours stays a number, even negative', () => {
  expect(csvLine([-2.5, null, true])).toBe('-2,5;;oui\r\n');
});

const cell = fc
  .string({ unit: 'binary' })
  .map((s) => s.replace(/\r\n?/g, '\n').replaceAll('\0', ''))
  .filter((s) => !'=+-@\t\0'.includes(s[0] ?? ' '));

test('what is written is read back, whatever the cells hold', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 }), (rows) => {
      const kept = rows.filter((row) => row.some((value) => value.trim() !== ''));
      expect(read(decode(Buffer.from(csvFile(rows))).text).map((r) => r.cells)).toEqual(
        kept.map((row) => row.map((value) => Buffer.from(value).toString())),
      );
    }),
  );
});

test('a well-formed file is read as papaparse reads it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(';', ',', '\t'),
      (rows, delimiter) => {
        const text = Papa.unparse(rows, { delimiter, newline: '\n', quotes: true });
        const theirs = Papa.parse<string[]>(text, { delimiter, newline: '\n', skipEmptyLines: 'greedy' }).data;
        expect(read(text, delimiter).map((r) => r.cells)).toEqual(
          theirs.map((row) => row.map((value) => value.replace(/\r\n?/g, '\n'))),
        );
      },
    ),
  );
});

test('a record carries the physical line where it starts, with line ends of both kinds, blank lines and cells on several lines', () => {
  const text = 'a;b\r\n"un\ndeux";x\n\r\n;;\r\n"trois\r\nquatre\r\ncinq";y\r\nz;"w"';
  expect(read(text)).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['un\ndeux', 'x'] },
    { line: 6, cells: ['trois\nquatre\ncinq', 'y'] },
    { line: 9, cells: ['z', 'w'] },
  ]);
});

test('a quote that is never closed costs its own row and nothing more', () => {
  const rows = read('nom;mail\n"Léa;lea@a.example\nPaul;paul@a.example\n');
  expect(rows.map((r) => [r.line, r.cells])).toEqual([
    [1, ['nom', 'mail']],
    [2, ['"Léa', 'lea@a.example']],
    [3, ['Paul', 'paul@a.example']],
  ]);
});

test('a quote closed in the middle of a word is part of the text', () => {
  expect(read('"La Fibre" SARL;a@b.example\nx;"y"\n').map((r) => r.cells)).toEqual([
    ['"La Fibre" SARL', 'a@b.example'],
    ['x', 'y'],
  ]);
});

test('many open quotes are read in a moment', () => {
  const started = performance.now();
  expect(read('"a;b\n'.repeat(100_000))).toHaveLength(100_000);
  expect(performance.now() - started).toBeLessThan(5000);
});

const TEXT = 'Prénom;Nom;Courriel\r\nAnaïs;Œuvré;a@b.example\r\n'.repeat(3);
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

test.each([
  ['utf-8', Buffer.from(TEXT)],
  ['utf-8-bom', Buffer.from(CSV_BOM + TEXT)],
  ['windows-1252', Buffer.from(TEXT.replaceAll('Œ', '\x8c'), 'latin1')],
  ['utf-16le', Buffer.from(CSV_BOM + TEXT, 'utf16le')],
  ['utf-16le', Buffer.from(TEXT, 'utf16le')],
  ['utf-16be', utf16be(CSV_BOM + TEXT)],
  ['utf-16be', utf16be(TEXT)],
])('FR-01: %s is recognised and gives the same text', (encoding, bytes) => {
  expect(decode(bytes)).toEqual({ encoding, text: TEXT });
});

test('an old Mac file is read when the person says so', () => {
  expect(decode(Buffer.from([0x50, 0x72, 0x8e, 0x6e, 0x6f, 0x6d]), 'macintosh').text).toBe('Prénom');
});

test.each([
  ['Nom;Prénom;E-mail\nDupont, Martin et fils;a;b@c.example', ';'],
  ['"Nom, prénom",E-mail,Ville\n"a;b;c;d",b@c.example,"d;e"', ','],
  ['nom\tcourriel\nDupont, Paul; Jean\ta@b.example', '\t'],
  ['email\na@b.example', ';'],
  ['x,y,z\n1,2,3\n4,5,6', ','],
])('the delimiter of %j is found', (text, delimiter) => {
  expect(detectDelimiter(text)).toBe(delimiter);
});
