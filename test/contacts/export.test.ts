import { readSheet } from 'read-excel-file/node';
import { expect, test } from 'vitest';
import { eraseContact } from '../../src/contacts/erase-contact.ts';
import { exportContacts } from '../../src/contacts/export-contacts.ts';
import { exportPerson } from '../../src/contacts/export-person.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { listContacts } from '../../src/contacts/queries.ts';
import { records } from '../../src/contacts/records.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { testDatabase } from '../support/database.ts';
import { collect, csv, options } from './helpers.ts';

const { db, cast, ctx } = await testDatabase();
const { opco } = cast.organisations;
const alice = ctx(cast.alice);
const emma = ctx(cast.emma);
const stranger = ctx(cast.etranger);

const FORMULA = '=HYPERLINK("http://mal.example";"clic")';
const FILE = csv(
  'email;Nom;Entreprise;SIRET;Dépt;Niveau;Consentement;Date consentement;Source consentement;Texte consentement',
  `a@b.example;Petit;"${FORMULA.replaceAll('"', '""')}";20003452800014;01;O;oui;01/02/2026;formulaire;J’accepte`,
  'c@d.example;+33;@cmd;;2A;I;;;;',
);
await importContacts(alice, { file: FILE, options: options({ level: undefined }) });
await importContacts(stranger, { file: csv('email', 'ailleurs@x.example'), options: options() });
const list = (organisationId: number) =>
  withOrganisation(db, organisationId, (trx) => listContacts(trx, organisationId));
const exported = async (format: 'csv' | 'xlsx', rule?: unknown) =>
  collect((await exportContacts(emma, { format, rule })).body);

test('FR-03: a formula stays text in a CSV export, and identifiers keep their zeros', async () => {
  const text = (await exported('csv')).toString();
  expect(text.startsWith('\ufeff')).toBe(true);
  const [header, first, second, ...rest] = [...records(text.slice(1), ';')].map((r) => r.cells);
  const cell = (row: string[] | undefined, title: string) => row?.[header?.indexOf(title) ?? -1];
  expect(rest).toEqual([]);
  expect([cell(first, 'Entreprise'), cell(first, 'SIRET'), cell(first, 'Département')]).toEqual([
    `'${FORMULA}`,
    '20003452800014',
    '01',
  ]);
  expect([cell(second, 'Entreprise'), cell(second, 'Nom')]).toEqual(["'@cmd", "'+33"]);
});

test('FR-03: a formula stays text in an Excel export, and a SIRET is text', async () => {
  const [header, first] = await readSheet(await exported('xlsx'));
  const cell = (title: string) => first?.[header?.indexOf(title) ?? -1];
  expect([cell('Entreprise'), cell('SIRET'), cell('Département'), cell('Niveau')]).toEqual([
    FORMULA,
    '20003452800014',
    '01',
    'opérationnel',
  ]);
});

test.each(['csv', 'xlsx'] as const)('what is exported as %s and imported again changes nothing', async (format) => {
  const before = (await list(opco)).rows;
  const report = await importContacts(alice, { file: await exported(format), options: options() });
  expect(report).toMatchObject({ rows: 2, created: 0, updated: 0, unchanged: 2, rejected: 0, warned: 0 });
  expect((await list(opco)).rows).toEqual(before);
});

test('an export may follow an audience rule, and holds only the organisation’s own contacts', async () => {
  const text = (await exported('csv', { level: ['institutionnel'] })).toString();
  expect(text).toContain('c@d.example');
  expect(text).not.toContain('a@b.example');
  expect((await exported('csv')).toString()).not.toContain('ailleurs');
});

test('exporting is the administrator’s, and leaves a trace', async () => {
  await expect(exportContacts(alice, { format: 'csv' })).rejects.toMatchObject({ kind: 'forbidden' });
  const traces = await withOrganisation(db, opco, (trx) =>
    trx.selectFrom('audit_log').select('actor').where('action', '=', 'contacts.export').execute(),
  );
  expect(traces.length).toBeGreaterThan(0);
  expect(traces[0]?.actor).toBe(`user:${cast.emma.userId}`);
});

test('a list longer than a page is exported whole', async () => {
  const many = ctx(cast.bruno);
  await importContacts(many, {
    file: csv('email', ...Array.from({ length: 4500 }, (_, i) => `p${i}@x.example`)),
    options: options(),
  });
  const admin = ctx({ ...cast.bruno, roles: ['administrateur'] });
  for (const format of ['csv', 'xlsx'] as const) {
    const body = await collect((await exportContacts(admin, { format })).body);
    const rows = format === 'csv' ? [...records(body.toString().slice(1), ';')] : await readSheet(body);
    expect(rows).toHaveLength(4501);
  }
});

test('PRV-55: a person’s file holds the profile, the consents and the messages, and is the organisation’s own', async () => {
  const id = (await list(opco)).rows.find((c) => c.address === 'a@b.example')!.id;
  const person = await exportPerson(emma, id);
  expect(person).toMatchObject({
    profile: { address: 'a@b.example', source: 'salon de la fibre 2026', siret: '20003452800014' },
    consents: [{ purpose: 'message', value: 'granted', wording: 'J’accepte', source: 'formulaire' }],
    suppressions: [],
    messages: [],
  });
  expect(JSON.stringify(person)).not.toContain('addressHash');
  await expect(exportPerson(stranger, id)).rejects.toMatchObject({ kind: 'not-found' });
});

test('PRV-42: an erased person does not come back with the next file, and the trace does not name them', async () => {
  const id = (await list(opco)).rows.find((c) => c.address === 'a@b.example')!.id;
  await expect(eraseContact(stranger, id)).rejects.toMatchObject({ kind: 'not-found' });
  await eraseContact(emma, id);
  expect((await list(opco)).rows.map((c) => c.address)).toEqual(['c@d.example']);
  expect(await importContacts(alice, { file: FILE, options: options({ level: undefined }) })).toMatchObject({
    suppressed: 1,
  });
  const traces = await withOrganisation(db, opco, (trx) =>
    trx.selectFrom('audit_log').selectAll().where('subject', '=', `contact:${id}`).execute(),
  );
  expect(traces.map((t) => t.action)).toContain('contacts.erase');
  expect(JSON.stringify(traces)).not.toContain('a@b');
});
