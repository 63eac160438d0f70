import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { importById, importLines } from '../../src/contacts/import-queries.ts';
import { contactCards } from '../../src/contacts/queries.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { testDatabase } from '../support/database.ts';
import { csv, options } from './helpers.ts';

const { db, cast, ctx } = await testDatabase();
const { opco, btp } = cast.organisations;
const alice = ctx(cast.alice);
const bruno = ctx(cast.bruno);

const cards = (organisationId: number) =>
  withOrganisation(db, organisationId, (trx) =>
    contactCards(trx, sql`c.organisation_id = ${organisationId} order by c.id`),
  );
const consents = (organisationId: number) =>
  withOrganisation(db, organisationId, (trx) =>
    trx
      .selectFrom('consents')
      .select(['purpose', 'value', 'source', 'wording', 'at'])
      .where('organisation_id', '=', organisationId)
      .orderBy('id')
      .execute(),
  );
beforeEach(async () => {
  for (const organisationId of [opco, btp])
    await withOrganisation(db, organisationId, (trx) =>
      trx.deleteFrom('contacts').where('organisation_id', '=', organisationId).execute(),
    );
});

test('a file without any level is refused with the option to give', async () => {
  await expect(
    importContacts(alice, { file: csv('email', 'a@b.example'), options: options({ level: undefined }) }),
  ).rejects.toMatchObject({
    kind: 'invalid',
    code: 'level_missing',
    message: expect.stringContaining('--level'),
  });
});

test('a row whose level is missing is refused when the file gives no default, and placed otherwise', async () => {
  const file = csv('email;niveau', 'a@b.example;', 'c@d.example;T', 'e@f.example;stratosphère');
  expect(await importContacts(alice, { file, options: options({ level: undefined }) })).toMatchObject({
    created: 1,
    rejected: 2,
  });
  expect(await importContacts(alice, { file, options: options({ level: 'operationnel' }) })).toMatchObject({
    created: 2,
    warned: 1,
  });
});

test('a file without a column of addresses is refused with the titles it has', async () => {
  await expect(importContacts(alice, { file: csv('Nom;Téléphone', 'a;b'), options: options() })).rejects.toMatchObject({
    code: 'column_email',
    message: expect.stringContaining('« Téléphone »'),
  });
});

test('a corrected mapping is used, and remembered for the next file with the same titles, by this organisation only', async () => {
  const file = csv('Coordonnée 1;Coordonnée 2', 'a@b.example;Petit');
  await importContacts(alice, {
    file,
    options: options({ mapping: { email: 'Coordonnée 1', lastName: 'Coordonnée 2' } }),
  });
  expect(
    await importContacts(alice, { file: csv('COORDONNEE 1;Coordonnée 2', 'c@d.example;Grand'), options: options() }),
  ).toMatchObject({ created: 1 });
  expect((await cards(opco)).map((c) => c.lastName)).toEqual(['Petit', 'Grand']);
  await expect(importContacts(bruno, { file, options: options() })).rejects.toMatchObject({ code: 'column_email' });
});

describe('consents (PRV-03, PRV-04)', () => {
  const HEAD = 'email;consentement;consentement clics;date consentement;source consentement;texte consentement';

  test('an agreement counts only with its date, source and wording; a refusal always; nothing is written otherwise', async () => {
    const report = await importContacts(alice, {
      file: csv(
        HEAD,
        'a@c.example;oui;oui;01/02/2026;formulaire;J’accepte',
        'b@c.example;oui;;;;',
        'd@c.example;non;;;;',
        'e@c.example;;;;;',
      ),
      options: options(),
    });
    expect(report.lines.map((l) => [l.line, l.code])).toEqual([[3, 'consent_without_evidence']]);
    expect((await consents(opco)).map((c) => [c.purpose, c.value, c.source, c.wording])).toEqual([
      ['message', 'granted', 'formulaire', 'J’accepte'],
      ['mesure_clic', 'granted', 'formulaire', 'J’accepte'],
      ['message', 'refused', 'salon de la fibre 2026', null],
    ]);
  });

  test('the same file again, or an older agreement after a refusal, adds nothing', async () => {
    const before = await consents(opco);
    await importContacts(alice, {
      file: csv(
        HEAD,
        'a@c.example;oui;oui;01/02/2026;formulaire;J’accepte',
        'd@c.example;oui;;01/02/2020;vieux formulaire;J’accepte',
      ),
      options: options(),
    });
    expect(await consents(opco)).toEqual(before);
  });
});

test('the import is kept with its counts and its lines, without the file', async () => {
  const { importId } = await importContacts(alice, {
    file: csv('email;dept', 'a@b.example;1', ';2'),
    options: options(),
  });
  await withOrganisation(db, opco, async (trx) => {
    expect(await importById(trx, opco, importId)).toMatchObject({
      state: 'done',
      rowsTotal: 2,
      rowsDone: 2,
      createdBy: `user:${cast.alice.userId}`,
      report: {
        rows: 2,
        created: 1,
        updated: 0,
        unchanged: 0,
        rejected: 1,
        duplicates: 0,
        suppressed: 0,
        warned: 1,
        encoding: 'utf-8',
        delimiter: ';',
      },
    });
    expect(await importLines(trx, opco, importId)).toEqual({
      next: null,
      rows: [
        {
          line: 2,
          severity: 'warned',
          code: 'departement_padded',
          column: 'dept',
          message: 'Le département « 1 » avait perdu son zéro : il est remis.',
        },
        { line: 3, severity: 'rejected', code: 'email_missing', column: 'email', message: expect.any(String) },
      ],
    });
    const audit = await trx
      .selectFrom('audit_log')
      .select(['actor', 'detail'])
      .where('subject', '=', `import:${importId}`)
      .execute();
    expect(audit).toEqual([
      { actor: `user:${cast.alice.userId}`, detail: expect.objectContaining({ created: 1, rejected: 1 }) },
    ]);
  });
  expect(await withOrganisation(db, btp, (trx) => importLines(trx, opco, importId))).toEqual({ rows: [], next: null });
  const kept = await acrossOrganisations(db, (trx) =>
    trx.selectFrom('imports').select('file').where('id', '=', importId).executeTakeFirstOrThrow(),
  );
  expect(kept.file).toBeNull();
});

test.each(['valideur', 'relais', 'evaluateur'] as const)('a %s may not import', async (role) => {
  await expect(
    importContacts(ctx({ ...cast.alice, roles: [role] }), { file: csv('email', 'a@b.example'), options: options() }),
  ).rejects.toMatchObject({ kind: 'forbidden' });
});
