import ExcelJS from 'exceljs';
import { beforeAll, describe, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { readRelays } from '../../src/relay-kits/read-relays.ts';
import { relaysCsv } from '../../src/relay-kits/relays-csv.ts';
import { stopRelay } from '../../src/relays/end-relay.ts';
import { importRelays } from '../../src/relays/import-relays.ts';
import { relaysOf } from '../../src/relays/queries.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const bring = (slug: string, lines: string | string[], dryRun = false) =>
  importRelays(t.ctx(t.cast.alice), slug, { file: Buffer.from([lines].flat().join('\n')), dryRun });
const stored = (campaignId: number) =>
  withOrganisation(t.db, t.cast.organisations.opco, (trx) => relaysOf(trx, campaignId));

const LIST = [
  'Structure;Type;Région;Département;Rattaché à;Contact;Courriel;Budget',
  'Fédération;fédération;;;;Anne Roux;tete@relais.example;12',
  // Its parent comes further down, by its name.
  'Guichet de Rennes;mission locale;;35 - Ille-et-Vilaine;Antenne Bretagne;;rennes@relais.example;',
  'Antenne Bretagne;antenne;Bretagne;;tete@relais.example;;bretagne@relais.example;',
  'Guichet de Rennes bis;mission locale;;35;;;RENNES@relais.example;',
  ';mission locale;;35;;;sansnom@relais.example;',
  'Sans adresse;druide;;;Personne;;;',
  'Mauvaise adresse;cci;;32;;;pas une adresse;',
  'Nulle part;cci;Atlantide;;;;nulle@relais.example;',
];

describe('a list of relays', () => {
  test('each of its rows is accounted for, and the dry run writes nothing', async () => {
    const { id, slug } = await makeCampaign(t);
    const dry = await bring(slug, LIST, true);
    expect(dry).toMatchObject({ rows: 8, created: 4, updated: 0, unchanged: 0, rejected: 3, duplicates: 1 });
    expect(dry.rows).toBe(dry.created + dry.updated + dry.unchanged + dry.rejected + dry.duplicates);
    expect(dry.ignored).toEqual(['Budget']);
    expect(dry.lines.map((l) => [l.line, l.severity, l.code])).toEqual([
      [2, 'warned', 'territoire_absent'],
      [6, 'rejected', 'name_invalide'],
      [7, 'warned', 'territoire_absent'],
      [7, 'warned', 'type_inconnu'],
      [7, 'warned', 'email_missing'],
      [7, 'warned', 'parent_inconnu'],
      [8, 'rejected', 'email_invalid'],
      [9, 'rejected', 'territoire_inconnu'],
    ]);
    expect(await stored(id)).toEqual([]);
    expect(await bring(slug, LIST)).toEqual(dry);
    const rows = await stored(id);
    const named = new Map(rows.map((r) => [r.name, r]));
    expect(named.get('Guichet de Rennes')).toMatchObject({
      kind: 'guichet',
      scope: 'local',
      departement: '35',
      region: 'Bretagne',
      parentId: named.get('Antenne Bretagne')?.id,
    });
    expect(named.get('Antenne Bretagne')).toMatchObject({ scope: 'regional', parentId: named.get('Fédération')?.id });
  });

  test('again, it changes nothing; with another line, it changes that one', async () => {
    const { slug } = await makeCampaign(t);
    await bring(slug, LIST);
    expect(await bring(slug, LIST)).toMatchObject({ created: 0, updated: 0, unchanged: 4 });
    const again = LIST.map((l) => l.replace('Anne Roux', 'Bénédicte Roux'));
    expect(await bring(slug, again)).toMatchObject({ created: 0, updated: 1, unchanged: 3 });
  });

  test('parents that go round in a circle are said, and left out', async () => {
    const { id, slug } = await makeCampaign(t);
    const report = await bring(slug, [
      'nom;parent;email',
      'A;C;a@relais.example',
      'B;A;b@relais.example',
      'C;B;c@relais.example',
      'D;D;d@relais.example',
    ]);
    expect(report).toMatchObject({ created: 4, rejected: 0 });
    expect(report.lines.filter((l) => l.code.startsWith('parent')).map((l) => [l.line, l.code])).toEqual([
      [4, 'parent_en_boucle'],
      [5, 'parent_inconnu'],
    ]);
    const rows = await stored(id);
    expect(rows.filter((r) => r.parentId !== null).map((r) => r.name)).toEqual(['A', 'B']);
  });

  test('does not bring back somebody who stopped', async () => {
    const { id, slug } = await makeCampaign(t);
    await bring(slug, ['nom;email', 'Parti;parti@relais.example']);
    const [row] = await stored(id);
    await stopRelay(t.ctx(t.cast.alice), slug, row?.id ?? 0);
    expect(await bring(slug, ['nom;email', 'Parti;parti@relais.example'])).toMatchObject({
      rows: 1,
      created: 0,
      rejected: 1,
      lines: [{ code: 'territoire_absent' }, { code: 'relais_arrete' }],
    });
  });

  test('is read in tabs, in the encoding of an old Excel, and as a workbook', async () => {
    const { slug } = await makeCampaign(t);
    const rows = [
      ['Nom', 'Région'],
      ['Fédération d’Île-de-France', 'Île-de-France'],
    ];
    const latin = Buffer.from(
      rows
        .map((r) => r.join('\t'))
        .join('\r\n')
        .replaceAll('’', "'"),
      'latin1',
    );
    expect(await importRelays(t.ctx(t.cast.alice), slug, { file: latin })).toMatchObject({
      created: 1,
      delimiter: 'tab',
      encoding: 'windows-1252',
    });
    const book = new ExcelJS.Workbook();
    book.addWorksheet('Relais').addRows(rows);
    const file = Buffer.from(await book.xlsx.writeBuffer());
    expect(await importRelays(t.ctx(t.cast.alice), slug, { file })).toMatchObject({
      created: 0,
      encoding: 'xlsx',
      rows: 1,
    });
  });

  test('without a column of names, says which columns it read', async () => {
    const { slug } = await makeCampaign(t);
    await expect(bring(slug, ['email;ville', 'a@b.example;Rennes'])).rejects.toMatchObject({
      code: 'colonne_nom',
      message: expect.stringContaining('« ville »'),
    });
  });

  test('comes out of the service as a spreadsheet that runs nothing (ASVS 1.2.10), and goes in again unchanged', async () => {
    const { id, slug } = await makeCampaign(t);
    const hostile = '=HYPERLINK("http://mal.example";"gain")';
    await bring(slug, [
      'nom;territoire;email',
      `"${hostile.replaceAll('"', '""')}";Bretagne;x@relais.example`,
      'Sage;35;sage@relais.example',
    ]);
    const csv = await relaysCsv(t.ctx(t.cast.alice), slug);
    expect(csv).toContain("'=HYPERLINK");
    expect(csv).not.toMatch(/(^|;)"?=/m);
    const back = await importRelays(t.ctx(t.cast.alice), slug, { file: Buffer.from(csv) });
    expect(back).toMatchObject({ rows: 2, created: 0, rejected: 0 });
    expect((await stored(id)).map((r) => r.address).toSorted()).toEqual(['sage@relais.example', 'x@relais.example']);
    await expect(relaysCsv(t.ctx(t.cast.bruno), slug)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

test('500 relays in three storeys come in at once, and are read in as many queries as five', async () => {
  const { slug } = await makeCampaign(t);
  const lines = ['nom;type;territoire;parent;email', 'Tête;fédération;France;;tete@relais.example'];
  for (let r = 0; r < 9; r++) lines.push(`Région ${r};antenne;Bretagne;Tête;region${r}@relais.example`);
  for (let i = 0; i < 490; i++) lines.push(`Guichet ${i};guichet;35;Région ${i % 9};guichet${i}@relais.example`);
  const started = Date.now();
  expect(await bring(slug, lines)).toMatchObject({ rows: 500, created: 500, rejected: 0, warned: 0 });
  expect(Date.now() - started).toBeLessThan(10_000);
  const count = async (name: string) => {
    const queries: string[] = [];
    const ctx = t.ctx(t.cast.alice);
    const listener = (client: { query: (...args: never[]) => unknown }) => {
      const query = client.query.bind(client);
      client.query = (...args: never[]) => {
        queries.push(JSON.stringify(args[0]));
        return query(...args);
      };
    };
    t.db.pool.on('acquire', listener as never);
    const read = await readRelays(ctx, name, {});
    t.db.pool.off('acquire', listener as never);
    return { n: queries.length, relays: read.all.length };
  };
  const few = await makeCampaign(t);
  await bring(few.slug, ['nom', 'Un seul']);
  const [small, large] = [await count(few.slug), await count(slug)];
  expect(large.relays).toBe(500);
  expect(large.n).toBeLessThanOrEqual(small.n);
});
