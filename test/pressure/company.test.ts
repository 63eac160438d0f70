import { createHash, createHmac } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { companyHasher } from '../../src/contacts/company-hash.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const SIRET = '20003452800014';
const OTHER = '35600000000048';
const expected = (siret: string) =>
  createHash('sha256')
    .update(createHmac('sha256', SECRETS.addressHash).update('siret').digest())
    .update(siret)
    .digest()
    .subarray(0, 16);

const bring = (...lines: string[]) =>
  importContacts(t.ctx(t.cast.alice), {
    file: Buffer.from(['email;siret;niveau', ...lines, ''].join('\n')),
    options: { fileName: 'entreprises.csv', source: 'essai' },
  });
const hashOf = (address: string) =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
    const row = await trx
      .selectFrom('contacts')
      .select(['company_hash', 'siret'])
      .where('address_hash', '=', addressHash(SECRETS, address))
      .executeTakeFirstOrThrow();
    return row;
  });

test('a company is known by a keyed hash of 128 bits, whose key is not the one of addresses', () => {
  const hash = companyHasher(SECRETS);
  expect(hash(SIRET)).toBe(expected(SIRET).toString('hex'));
  expect(hash(OTHER)).toBe(expected(OTHER).toString('hex'));
  expect(hash(SIRET)).toBe(expected(SIRET).toString('hex'));
  expect(hash(SIRET)).not.toBe(addressHash(SECRETS, SIRET).toString('hex').slice(0, 32));
});

test('an import writes it, follows a new number, and keeps it when the number is not said again', async () => {
  await bring(`a@entreprise.example;${SIRET};terrain`, 'b@entreprise.example;;terrain');
  expect(await hashOf('a@entreprise.example')).toEqual({ siret: SIRET, company_hash: expected(SIRET) });
  expect(await hashOf('b@entreprise.example')).toEqual({ siret: null, company_hash: null });
  expect(await bring(`a@entreprise.example;${SIRET};terrain`)).toMatchObject({ unchanged: 1, updated: 0 });
  expect(await bring('a@entreprise.example;;terrain')).toMatchObject({ unchanged: 1 });
  expect(await hashOf('a@entreprise.example')).toEqual({ siret: SIRET, company_hash: expected(SIRET) });
  expect(await bring(`a@entreprise.example;${OTHER};terrain`)).toMatchObject({ updated: 1 });
  expect(await hashOf('a@entreprise.example')).toEqual({ siret: OTHER, company_hash: expected(OTHER) });
});

test('a contact that was there before companies were counted gets it from the next file', async () => {
  await bring(`ancien@entreprise.example;${SIRET};terrain`);
  await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx
      .updateTable('contacts')
      .set({ company_hash: null })
      .where('address', '=', 'ancien@entreprise.example')
      .execute(),
  );
  expect(await bring(`ancien@entreprise.example;${SIRET};terrain`)).toMatchObject({ updated: 1 });
  expect((await hashOf('ancien@entreprise.example')).company_hash).toEqual(expected(SIRET));
});
