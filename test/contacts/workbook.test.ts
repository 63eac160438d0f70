import { crc32, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readContacts } from '../../src/contacts/read-contacts.ts';
import { readTable } from '../../src/contacts/read-table.ts';
import { readWorkbook } from '../../src/contacts/read-workbook.ts';
import { workbook } from './helpers.ts';

/** A ZIP by hand, so that it may lie about its sizes. */
function zip(files: { name: string; data: Buffer; claims?: number }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, claims } of files) {
    const packed = deflateRawSync(data, { level: 1 });
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claims ?? data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

test('an Excel workbook is read: numbers keep their digits, dates are days, lines are its row numbers', async () => {
  const file = await workbook([
    ['Courriel', 'SIRET', 'Dépt', 'Date de collecte', 'Entreprise', 'Niveau'],
    ['a@b.example', 20003452800014, 1, new Date('2024-03-12T00:00:00Z'), '=cmd', 'T'],
    [],
    ['faux', '', '', '', '', 'T'],
  ]);
  const read = await readContacts(file, {});
  expect([...read.contacts]).toMatchObject([
    { address: 'a@b.example', siret: '20003452800014', departement: '01', collectedOn: '2024-03-12', company: '=cmd' },
  ]);
  expect(read.tally.lines.map((l) => [l.line, l.code])).toEqual([
    [2, 'departement_padded'],
    [4, 'email_invalid'],
  ]);
  expect([read.encoding, read.delimiter]).toEqual(['xlsx', '']);
});

test('ASVS 5.2.3: a workbook that unpacks to more than it should is refused, whether it says so or not', async () => {
  const bomb = Buffer.alloc(270 * 1024 * 1024, 0x20);
  for (const claims of [bomb.length, 100]) {
    const file = zip([
      { name: 'xl/workbook.xml', data: Buffer.from('<workbook/>') },
      { name: 'xl/worksheets/sheet1.xml', data: bomb, claims },
    ]);
    expect(file.length).toBeLessThan(2 * 1024 * 1024);
    await expect(readTable(file)).rejects.toMatchObject({ kind: 'invalid', code: 'workbook_too_large' });
  }
});

test.each([
  ['cut short', async () => (await workbook([['email']])).subarray(0, 900)],
  ['that is another kind of ZIP', async () => zip([{ name: 'lisez-moi.txt', data: Buffer.from('bonjour') }])],
  [
    'whose entries point outside',
    async () => {
      const file = zip([{ name: 'xl/workbook.xml', data: Buffer.from('<workbook/>') }]);
      file.writeUInt32LE(0xfffffff0, file.length - 6);
      return file;
    },
  ],
])('a workbook %s is refused with a sentence', async (_, make) => {
  await expect(readTable(await make())).rejects.toMatchObject({ kind: 'invalid', code: 'workbook_damaged' });
});

test.each([
  ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), 'file_kind'],
  ['a PDF', Buffer.from('%PDF-1.7'), 'file_kind'],
  ['an empty file', Buffer.alloc(0), 'file_empty'],
  ['blank lines', Buffer.from('\r\n;;\r\n'), 'file_empty'],
  ['a file over the limit', Buffer.alloc(61 * 1024 * 1024, 0x61), 'file_too_big'],
])('ASVS 5.2.1: %s is refused', async (_, file, code) => {
  await expect(readTable(file)).rejects.toMatchObject({ kind: 'invalid', code });
});

test('a cell alone in the last corner of the sheet does not end the service', async () => {
  const sheet =
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>email</t></is></c></row><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>';
  const file = zip([
    {
      name: '[Content_Types].xml',
      data: Buffer.from('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
    },
    {
      name: 'xl/workbook.xml',
      data: Buffer.from(
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="F" sheetId="1" r:id="rId1"/></sheets></workbook>',
      ),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: Buffer.from(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
      ),
    },
    { name: 'xl/worksheets/sheet1.xml', data: Buffer.from(sheet) },
  ]);
  expect(file.length).toBeLessThan(2048);
  await expect(readWorkbook(file, { memoryMb: 64, seconds: 30 })).rejects.toMatchObject({
    kind: 'invalid',
    code: 'workbook_too_large',
  });
});
