import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { analyseImport } from '../../src/contacts/analyse-import.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { importOppositions } from '../../src/contacts/import-oppositions.ts';
import { listImports } from '../../src/contacts/import-queries.ts';
import { contactCards, countContacts, listContacts } from '../../src/contacts/queries.ts';
import { suppressAddress } from '../../src/contacts/suppress.ts';
import { withOrganisation } from '../../src/db/database.ts';
import expected from '../fixtures/contacts/expected.json' with { type: 'json' };
import { SECRETS, testDatabase } from '../support/database.ts';
import { csv, fixture, options } from './helpers.ts';

const { db, cast, ctx } = await testDatabase();
const { opco, btp } = cast.organisations;
const alice = ctx(cast.alice);
const bruno = ctx(cast.bruno);

const cards = (organisationId: number) =>
  withOrganisation(db, organisationId, (trx) =>
    contactCards(trx, sql`c.organisation_id = ${organisationId} order by c.id`),
  );

beforeEach(async () => {
  for (const organisationId of [opco, btp])
    await withOrganisation(db, organisationId, (trx) =>
      trx.deleteFrom('contacts').where('organisation_id', '=', organisationId).execute(),
    );
});

describe('the files of the three partners', () => {
  test.each([
    ['afdas-export-crm.csv', {}],
    ['constructys-contacts.csv', {}],
    ['federation-adherents.tsv', { level: 'terrain' as const }],
  ] as const)(
    '%s gives the counts and lines foreseen, a dry run says so before, and a second import changes nothing',
    async (name, extra) => {
      const want = expected[name];
      const input = { file: fixture(name), options: { fileName: name, source: 'CRM', ...extra } };
      const dry = await analyseImport(alice, input);
      expect((await cards(opco)).length).toBe(0);
      const { importId, ...report } = await importContacts(alice, input);
      expect(report).toEqual(dry.report);
      expect(report).toMatchObject({
        encoding: want.encoding,
        delimiter: want.delimiter,
        rows: want.rows,
        created: want.created,
        rejected: want.rejected,
        updated: 0,
        unchanged: 0,
        suppressed: 0,
      });
      expect(report.created + report.updated + report.unchanged + report.rejected + report.duplicates).toBe(
        report.rows,
      );
      expect(dry.sample).toHaveLength(20);

      const before = await cards(opco);
      const again = await importContacts(ctx(cast.alice, new Date('2027-02-01T00:00:00Z')), input);
      expect(again).toMatchObject({
        created: 0,
        updated: 0,
        unchanged: want.created,
        rejected: want.rejected,
        duplicates: report.duplicates,
      });
      expect(await cards(opco)).toEqual(before);
    },
  );

  test('cells that look like formulas are kept as text', async () => {
    await importContacts(alice, {
      file: fixture('constructys-contacts.csv'),
      options: { fileName: 'c.csv', source: 'CRM' },
    });
    const formulas = (await cards(opco)).filter((c) => c.company?.startsWith('='));
    expect(formulas).toHaveLength(expected['constructys-contacts.csv'].formula_cells_kept_as_text);
    expect(formulas[0]?.company).toBe('=HYPERLINK("http://mal.example";"clic")');
  });

  test('the opposition list is taken over by hash, and its addresses stay suppressed when the file comes', async () => {
    const fede = ctx({ ...cast.chloe, roles: ['communicant'] });
    const oppositions = await importOppositions(fede, {
      file: fixture('oppositions.csv'),
      fileName: 'oppositions.csv',
    });
    expect(oppositions).toMatchObject({
      rows: expected['oppositions.csv'].addresses,
      added: 120,
      rejected: 0,
      known: 0,
    });
    expect(
      await importOppositions(fede, { file: fixture('oppositions.csv'), fileName: 'oppositions.csv' }),
    ).toMatchObject({ added: 0, known: 120 });
    const report = await importContacts(fede, { file: fixture('oppositions.csv'), options: options() });
    expect(report).toMatchObject({ created: 120, suppressed: 120 });
  });
});

test('a contact is stored with everything the file says of it', async () => {
  await importContacts(alice, {
    file: csv(
      'Contact;E-mail;Entreprise;SIRET;APE;IDCC;Effectif;CP;Poste;Niveau;Étiquettes;Note;Date de collecte',
      'Mme Anaïs Da Silva;Anais@Fibre.example;"Fibre; & ""Co""";20003452800014;6120z;16;12;20600;Gérante;O;salon, fibre;"à\\rappeler\tvite";12/03/2024',
    ),
    options: options(),
  });
  expect((await cards(opco))[0]).toMatchObject({
    address: 'Anais@fibre.example',
    firstName: 'Anaïs',
    lastName: 'Da Silva',
    company: 'Fibre; & "Co"',
    siret: '20003452800014',
    naf: '61.20Z',
    nafNomenclature: 'NAFRev2',
    idcc: '0016',
    headcount: 12,
    sizeClass: '11-49',
    postalCode: '20600',
    departement: '2B',
    region: 'Corse',
    job: 'Gérante',
    level: 'operationnel',
    public: 'entreprise',
    addressKind: 'nominative_pro',
    tags: ['salon', 'fibre'],
    note: 'à\\rappeler\tvite',
    collectedOn: '2024-03-12',
    source: 'salon de la fibre 2026',
    noticeSentAt: null,
    lastContactAt: null,
  });
});

test('a later file changes what it says and erases nothing it leaves out', async () => {
  await importContacts(alice, {
    file: csv('email;Nom;Entreprise;Code postal;Effectif', 'a@b.example;Petit;Fibre;35000;12', 'c@d.example;Grand;;;'),
    options: options(),
  });
  const report = await importContacts(alice, {
    file: csv(
      'email;Nom;Entreprise;SIRET;Effectif',
      'A@B.example;Petite;;5e13;beaucoup',
      'c@d.example;Grand;;;',
      'e@f.example;Neuf;;;',
    ),
    options: options({ source: 'autre fichier' }),
  });
  expect(report).toMatchObject({ rows: 3, created: 1, updated: 1, unchanged: 1, rejected: 0, warned: 1 });
  const [a] = await cards(opco);
  expect(a).toMatchObject({
    lastName: 'Petite',
    company: 'Fibre',
    departement: '35',
    headcount: 12,
    sizeClass: '11-49',
    siret: null,
    source: 'salon de la fibre 2026',
  });
});

test('of two rows with one address, however written, the first is kept', async () => {
  const report = await importContacts(alice, {
    file: csv('email;nom', 'A.B@C.example;Un', 'a.b@c.example ;Deux'),
    options: options(),
  });
  expect(report).toMatchObject({ rows: 2, created: 1, duplicates: 1 });
  expect((await cards(opco)).map((c) => c.lastName)).toEqual(['Un']);
});

test('a suppressed address is imported as suppressed, and stays so', async () => {
  await suppressAddress(alice, { address: 'NON@merci.example', source: 'téléphone' });
  const input = { file: csv('email', 'non@merci.example', 'oui@merci.example'), options: options() };
  expect((await analyseImport(alice, input)).report).toMatchObject({ created: 2, suppressed: 1 });
  expect(await importContacts(alice, input)).toMatchObject({ created: 2, suppressed: 1 });
  expect(await importContacts(alice, input)).toMatchObject({ unchanged: 2, suppressed: 1 });
  expect(await importContacts(bruno, input)).toMatchObject({ created: 2, suppressed: 0 });
});

test('PRV-40: the opposition list holds keyed hashes and no address', async () => {
  await suppressAddress(alice, { address: 'hache@merci.example', source: 'lettre' });
  const rows = await withOrganisation(db, opco, (trx) => trx.selectFrom('suppressions').selectAll().execute());
  expect(rows.some((r) => r.address_hash.equals(addressHash(SECRETS, 'hache@merci.example')))).toBe(true);
  expect(JSON.stringify(rows)).not.toContain('merci');
});

test('an import never touches, shows or counts the contact of another organisation with the same address', async () => {
  await importContacts(bruno, { file: csv('email;nom', 'commun@x.example;Chez Bruno'), options: options() });
  const before = await cards(btp);
  const report = await importContacts(alice, {
    file: csv('email;nom', 'commun@x.example;Chez Alice'),
    options: options(),
  });
  expect(report).toMatchObject({ created: 1, updated: 0, unchanged: 0 });
  expect(await cards(btp)).toEqual(before);
  expect((await withOrganisation(db, opco, (trx) => listContacts(trx, btp))).rows).toEqual([]);
  expect((await withOrganisation(db, opco, (trx) => countContacts(trx, btp))).total).toBe(0);
});

test('an instance-wide refusal, which another organisation may have caused, is not told by an import', async () => {
  await suppressAddress(bruno, { address: 'partout@x.example', scope: 'instance', source: 'lettre' });
  expect(await importContacts(alice, { file: csv('email', 'partout@x.example'), options: options() })).toMatchObject({
    suppressed: 0,
  });
});

test('an import that fails half-way leaves nothing half done', async () => {
  const many = Array.from({ length: 60_000 }, (_, i) => `p${i}@x.example;x`);
  const stopped = new Error('coupure');
  let told = 0;
  await expect(
    importContacts(alice, { file: csv('email;nom', ...many), options: options() }, (rows) => {
      told = rows;
      throw stopped;
    }),
  ).rejects.toBe(stopped);
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(60_000);
  expect(await cards(opco)).toEqual([]);
  expect(await withOrganisation(db, opco, (trx) => listImports(trx, opco, 100))).not.toContainEqual(
    expect.objectContaining({ rowsTotal: 60_000 }),
  );
});

test('two imports into one list at once both end, and each address is there once', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => `p${i}@x.example`);
  const reports = await Promise.all([
    importContacts(alice, { file: csv('email', ...rows), options: options() }),
    importContacts(alice, { file: csv('email', ...rows.toReversed()), options: options() }),
  ]);
  expect(reports.map((r) => r.created).sort()).toEqual([0, 3000]);
  expect(await cards(opco)).toHaveLength(3000);
});

test('a hostile row does no harm: header injection, COPY escapes, quotes, NUL', async () => {
  const report = await importContacts(alice, {
    file: csv(
      'email;nom;note',
      '"v@x.example',
      'Bcc: tous@x.example";a;b',
      'ok@x.example;\\N;"\\.\t\\x00 {""a"",b} \'); drop table contacts; --"',
      'nul@x.example;a\u0000b;\\',
    ),
    options: options(),
  });
  expect(report).toMatchObject({ rows: 3, created: 2, rejected: 1 });
  expect(report.lines).toEqual([expect.objectContaining({ line: 2, code: 'email_invalid' })]);
  expect((await cards(opco)).map((c) => [c.lastName, c.note])).toEqual([
    ['\\N', '\\.\t\\x00 {"a",b} \'); drop table contacts; --'],
    ['ab', '\\'],
  ]);
});
