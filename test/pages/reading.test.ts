import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import ExcelJS from 'exceljs';
import { describe, expect, test } from 'vitest';
import { countOf, dayOf, orderOf } from '../../src/pages/export-days.ts';
import { type FileSource, factsOf, sourceOf } from '../../src/pages/file-source.ts';
import { type ReadExport, readExport, type SaidOfExport } from '../../src/pages/read-export.ts';
import { isPage } from '../../src/pages/same-page.ts';

const PAGE = { url: 'https://francetravail.example/metiers/raccordeur-fibre-optique', today: '2026-11-22' };
const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/pages/${name}`, import.meta.url));

async function read(source: FileSource, said: SaidOfExport = {}): Promise<ReadExport> {
  return readExport(source, await factsOf(source), PAGE, said);
}
const text = (content: string, said?: SaidOfExport) => read(sourceOf('f.csv', Buffer.from(content)), said);
async function file(given: Buffer | string, said?: SaidOfExport) {
  const found = await read(sourceOf('f.csv', Buffer.from(given)), said);
  if (found.kind !== 'file') throw new Error(`asked: ${JSON.stringify(found)}`);
  const { report, days } = found.file;
  expect(report.read + report.rejected + report.aside, 'every line is accounted for').toBe(report.rows);
  return { report, days, codes: report.lines.map((l) => `${l.line}${l.to ? `-${l.to}` : ''} ${l.severity} ${l.code}`) };
}

describe('exports of Matomo (VIS-10)', () => {
  test('raw titles, tabs, UTF-16LE with its mark', async () => {
    const { report, days } = await file(fixture('matomo-en-brut.tsv'));
    expect(report).toMatchObject({
      tool: 'matomo',
      encoding: 'utf-16le',
      delimiter: 'tab',
      rows: 4,
      read: 3,
      aside: 1,
      rejected: 0,
      from: '2023-11-01',
      to: '2023-11-03',
      measures: ['visites', 'visiteurs'],
    });
    expect(days.filter((d) => d.measure === 'visites').map((d) => d.n)).toEqual([41, 57, 52]);
  });

  test('French titles, comments above, other pages between, a total under: each line with its fate', async () => {
    const { report, days, codes } = await file(fixture('matomo-fr-pages.csv'));
    expect(report).toMatchObject({ tool: 'matomo', rows: 9, read: 3, aside: 6, rejected: 0 });
    expect(codes).toEqual(['1-2 aside commentaire', '3 aside titres', '5-7 aside autre_page', '9 aside total']);
    // The last slash and the parameters tell no page apart.
    expect(days.filter((d) => d.measure === 'visites')).toEqual([
      { day: '2023-11-01', measure: 'visites', n: 987 },
      { day: '2023-11-02', measure: 'visites', n: 1050 },
      { day: '2023-11-03', measure: 'visites', n: 801 },
    ]);
  });

  test('English titles and days, thousands with a comma, an empty number said', async () => {
    const { report, days } = await file(fixture('matomo-en-visits.csv'));
    expect(report).toMatchObject({ tool: 'matomo', read: 3, rejected: 0 });
    expect(days.map((d) => `${d.day} ${d.measure} ${d.n}`)).toEqual([
      '2023-11-01 visites 41',
      '2023-11-01 visiteurs 38',
      '2023-11-02 visites 1057',
      '2023-11-02 visiteurs 51',
      '2023-11-03 visites 52',
    ]);
  });

  test('one whose lines never bear the address of the page asks which is the page', async () => {
    const content = 'date,label,nb_visits\n2023-11-01,Raccordeur | Métiers,12\n2023-11-01,Soudeur | Métiers,9\n';
    expect(await text(content)).toEqual({ kind: 'pages', names: ['Raccordeur | Métiers', 'Soudeur | Métiers'] });
    const { days, report } = await file(content, { only: 'Raccordeur | Métiers' });
    expect(days).toEqual([{ day: '2023-11-01', measure: 'visites', n: 12 }]);
    expect(report.aside).toBe(2);
  });
});

describe('any table', () => {
  const SESSIONS = 'Jour;Sessions;Source\n01/11/2023;12;a\n13/11/2023;9;b\n';

  test('titles that are not clear are asked about, with what they were taken for', async () => {
    expect(await text(SESSIONS)).toEqual({
      kind: 'columns',
      table: {
        header: ['Jour', 'Sessions', 'Source'],
        mapping: { day: 'Jour', visites: 'Sessions' },
        examples: ['01/11/2023', '12', 'a'],
      },
    });
    const { report, days } = await file(SESSIONS, { mapping: { day: 'Jour', visites: 'Sessions' } });
    expect(report.tool).toBe('autre');
    expect(days.map((d) => d.day)).toEqual(['2023-11-01', '2023-11-13']);
  });

  test('a column that is not there is refused with those that are', async () => {
    await expect(text(SESSIONS, { mapping: { day: 'Date', visites: 'Sessions' } })).rejects.toMatchObject({
      code: 'column_unknown',
      message: expect.stringContaining('« Jour », « Sessions »'),
    });
    await expect(text(SESSIONS, { mapping: { day: 'Jour' } })).rejects.toMatchObject({ code: 'column_measure' });
  });

  test('windows-1252, quoted cells over two lines, bad numbers: read or refused, never lost', async () => {
    const content = Buffer.from(
      'Date;Visites;Remarque\r\n2023-11-01;12;"première\nligne é"\r\n2023-11-02;12,5;x\r\nhier;4;y\r\n2023-11-03;;z\r\n2023-W45;3;s\r\n2023-11;400;mois\r\n2023-11-01;13;encore\r\n',
      'latin1',
    );
    const { report, days, codes } = await file(content);
    expect(report).toMatchObject({ encoding: 'windows-1252', rows: 8, read: 1, rejected: 6, aside: 1 });
    expect(days).toEqual([{ day: '2023-11-01', measure: 'visites', n: 12 }]);
    expect(codes).toEqual([
      '1 aside titres',
      '4 rejected sans_nombre',
      '5 rejected jour_illisible',
      '6 rejected sans_nombre',
      '7 rejected jour_illisible',
      '8 rejected periode',
      '9 rejected jour_en_double',
    ]);
  });

  test('an empty file, a file of titles, a PDF and a page of words each have their sentence', async () => {
    await expect(text('')).rejects.toMatchObject({ code: 'file_empty' });
    await expect(text('\n\n\n')).rejects.toMatchObject({ code: 'file_empty' });
    await expect(text('Date,Visites\n')).rejects.toMatchObject({ code: 'file_no_day' });
    await expect(text('Date,Visites\nTotal,9000\n')).rejects.toMatchObject({
      code: 'file_no_day',
      message: expect.stringContaining('déclarez le total'),
    });
    await expect(text('%PDF-1.7\n1 0 obj')).rejects.toMatchObject({ code: 'file_kind' });
    expect(await text('bonjour\nà tous\n')).toMatchObject({ kind: 'columns' });
  });
});

describe('what other tools and people make (VIS-10)', () => {
  test('a workbook made by hand: a sentence above, days that are dates, numbers that are numbers, a total under', async () => {
    const book = new ExcelJS.Workbook();
    book
      .addWorksheet('Feuille 1')
      .addRows([
        ['Visites de la fiche, communiquées par l’agence'],
        [],
        ['Date', 'Visites', 'Remarque'],
        [new Date('2023-11-01T00:00:00Z'), 41, 'jour férié'],
        [new Date('2023-11-02T00:00:00Z'), 1057, ''],
        ['Total', 1098, ''],
      ]);
    const { report, days } = await file(Buffer.from(await book.xlsx.writeBuffer()));
    expect(report).toMatchObject({ encoding: 'xlsx', read: 2, aside: 3, rejected: 0 });
    expect(days).toEqual([
      { day: '2023-11-01', measure: 'visites', n: 41 },
      { day: '2023-11-02', measure: 'visites', n: 1057 },
    ]);
  });

  const COMMENTS =
    '# ----------------------------------------\n# Pages et écrans\n# Compte : essai, 100%\n# Date de début : 20231101\n# ----------------------------------------\n\n';
  test('an export with comments, a total above its days, compact dates and English words is asked about once', async () => {
    const content = `${COMMENTS}Date,Sessions,Views\nGrand total,98,160\n20231101,41,60\n20231102,57,100\n`;
    expect(await text(content)).toMatchObject({
      kind: 'columns',
      table: { mapping: { day: 'Date', visites: 'Sessions', pages_vues: 'Views' } },
    });
    const mapping = { day: 'Date', visites: 'Sessions', pages_vues: 'Views' };
    const { report, codes } = await file(content, { mapping });
    expect(report).toMatchObject({ tool: 'autre', read: 2, rejected: 0, from: '2023-11-01', to: '2023-11-02' });
    expect(codes).toEqual(['1-5 aside commentaire', '7 aside titres', '8 aside total']);
  });

  test('an export of one total for a period is sent to where totals are declared, never shared out among days', async () => {
    const content = `${COMMENTS}Chemin de la page et classe de l’écran,Vues,Utilisateurs actifs\n/metiers/raccordeur-fibre-optique,9120,7011\n`;
    expect(await text(content)).toMatchObject({ kind: 'columns' });
    await expect(text(content, { mapping: { pages_vues: 'Vues' } })).rejects.toMatchObject({
      code: 'column_day',
      message: expect.stringContaining('se déclare comme un chiffre'),
    });
    const months = 'Date,Visites\n2023-11,9000\n2023-12,4000\n';
    await expect(text(months)).rejects.toMatchObject({ code: 'file_no_day' });
  });
});

describe('days that could be read two ways are asked about, not guessed', () => {
  const twelve = (sep: string) =>
    `Date;Visites\n${Array.from({ length: 12 }, (_, i) => `${String(i + 1).padStart(2, '0')}${sep}11${sep}2023;${i + 1}`).join('\n')}\n`;

  test('twelve days of November, or the eleventh of twelve months', async () => {
    expect(await text(twelve('/'))).toEqual({ kind: 'dates', example: '01/11/2023' });
    expect((await file(twelve('/'), { dates: 'jour' })).report).toMatchObject({ from: '2023-11-01', to: '2023-11-12' });
    expect((await file(twelve('.'), { dates: 'mois' })).report).toMatchObject({ from: '2023-01-11', to: '2023-12-11' });
  });

  test('a day that has not come is refused: a reading that was said wrongly shows itself', async () => {
    const content = 'Date;Visites\n01/11/2026;1\n02/12/2026;2\n';
    const { days, codes } = await file(content, { dates: 'jour' });
    expect(days).toEqual([{ day: '2026-11-01', measure: 'visites', n: 1 }]);
    expect(codes).toEqual(['1 aside titres', '3 rejected jour_a_venir']);
    expect((await file(content, { dates: 'mois' })).days.map((d) => d.day)).toEqual(['2026-01-11', '2026-02-12']);
  });

  test('a thirteenth settles it, one way or the other; both in one file settle nothing', () => {
    expect(orderOf(['01/11/2023', '13/11/2023'])).toEqual({ order: 'jour' });
    expect(orderOf(['11/01/2023', '11/13/2023'])).toEqual({ order: 'mois' });
    expect(orderOf(['13/11/2023', '11/13/2023'])).toEqual({ example: '13/11/2023' });
    expect(orderOf(['11/11/2023'])).toEqual({ order: 'jour' });
    expect(orderOf(['2023-11-01'])).toEqual({ order: 'jour' });
  });

  test.each([
    ['20231101', '2023-11-01'],
    ['2023/11/1', '2023-11-01'],
    ['2023-11-01T00:00:00Z', '2023-11-01'],
    ['mer. 1 nov. 2023', '2023-11-01'],
    ['mercredi 1er novembre 2023', '2023-11-01'],
    ['Nov 1, 2023', '2023-11-01'],
    ['1-Nov-2023', '2023-11-01'],
    ['31/02/2023', null],
    ['2023-11-01 14:05', null],
    ['x'.repeat(50), null],
  ])('%s', (raw, day) => expect(dayOf(raw, 'jour')).toBe(day));

  test.each([
    ['1 234', 1234],
    ['1\u202f234', 1234],
    ['1,234,567', 1234567],
    ['12.0', 12],
    ['12,5', null],
    ['-3', null],
    ['12 %', null],
    ['', null],
  ])('« %s » as a count', (raw, n) => expect(countOf(raw)).toBe(n));
});

test.each([
  ['https://francetravail.example/metiers/raccordeur-fibre-optique/?a=1#b', true],
  ['http://www.francetravail.example/metiers/raccordeur-fibre-optique', true],
  ['/metiers/raccordeur-fibre-optique', true],
  ['metiers/raccordeur-fibre-optique/', true],
  ['francetravail.example/metiers/raccordeur-fibre-optique', true],
  ['https://autre.example/metiers/raccordeur-fibre-optique', false],
  ['/metiers', false],
  ['', false],
])('%s is the page: %s', (address, is) => expect(isPage(address, PAGE.url)).toBe(is));

describe('a file of any length', () => {
  /** `lines` days and pages, made as they are read: never whole anywhere. */
  const long = (megabytes: number): FileSource => ({
    name: 'long.csv',
    open: async function* () {
      yield Buffer.from('Date,Libellé,Vues uniques de la page\n');
      const pages = Array.from({ length: 1_000 }, (_, i) => `/metiers/autre-page-numero-${i}`);
      let day = 0;
      for (let written = 0; written < megabytes * 1024 * 1024; day += 1) {
        const date = new Date(Date.UTC(2020, 0, 1 + (day % 2_000))).toISOString().slice(0, 10);
        const own = day < 2_000 ? `${date},/metiers/raccordeur-fibre-optique,${day}\n` : '';
        const piece = Buffer.from(`${own}${pages.map((p) => `${date},${p},7\n`).join('')}`);
        written += piece.length;
        yield piece;
      }
    },
  });
  /** Run so that what is alive can be told from what is merely not swept yet. */
  setFlagsFromString('--expose-gc');
  const sweep: () => void = runInNewContext('gc');
  const alive = (): number => {
    sweep();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  test('30 MB hold no more memory than 2 MB do, and every line is counted', async () => {
    const held = async (megabytes: number) => {
      const before = { alive: alive(), rss: process.memoryUsage().rss };
      const most = { alive: 0, rss: 0 };
      const watch = setInterval(() => {
        most.rss = Math.max(most.rss, process.memoryUsage().rss - before.rss);
        most.alive = Math.max(most.alive, alive() - before.alive);
      }, 200);
      const found = await read(long(megabytes));
      clearInterval(watch);
      return { found, alive: most.alive / 1024 / 1024, rss: most.rss / 1024 / 1024 };
    };
    await held(2);
    const { found, alive: mb, rss } = await held(30);
    if (found.kind !== 'file') throw new Error('a file');
    const { report } = found.file;
    expect(report.rows).toBeGreaterThan(600_000);
    expect(report.read + report.aside + report.rejected).toBe(report.rows);
    expect(report.lines.length).toBeLessThanOrEqual(300);
    expect(report.lines.reduce((n, l) => n + l.n, 0) + report.untold).toBe(report.aside + report.rejected);
    // Measured: 8 MB alive, rss 60 to 90 MB more; whole in memory, its records alone would be 300 MB.
    expect(mb).toBeLessThan(24);
    expect(rss).toBeLessThan(200);
  });

  test('a file without lines, or a quote that never closes, ends in a sentence or in lines', async () => {
    const endless: FileSource = {
      name: 'x',
      open: async function* () {
        for (let i = 0; i < 12; i += 1) yield Buffer.alloc(1024 * 1024, 'a');
      },
    };
    await expect(read(endless)).rejects.toMatchObject({ code: 'file_lines' });
    const { report } = await file(`Date,Visites\n2023-11-01,"12\n2023-11-02,13\n`);
    expect(report.rows).toBe(3);
  });
});
