import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { importById, importLines } from '../../src/contacts/import-queries.ts';
import { countContacts } from '../../src/contacts/queries.ts';
import { queueImport } from '../../src/contacts/queue-import.ts';
import { runImport } from '../../src/contacts/run-import.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { csv, options } from './helpers.ts';

const { db, cast, ctx } = await testDatabase();
const { opco } = cast.organisations;
const alice = ctx(cast.alice);

const queue = async (file: Buffer, extra = {}) =>
  (await queueImport(alice, { file, options: options(extra) }, async () => {})).importId;
const state = (id: number) => withOrganisation(db, opco, (trx) => importById(trx, opco, id));
const total = async () => (await withOrganisation(db, opco, (trx) => countContacts(trx, opco))).total;
const fileKept = async (id: number) =>
  (
    await acrossOrganisations(db, (trx) =>
      trx.selectFrom('imports').select('file').where('id', '=', id).executeTakeFirstOrThrow(),
    )
  ).file !== null;

test('a queued import waits with its file, then is done, with its report and lines, and the file is gone', async () => {
  const id = await queue(csv('email', 'a@b.example', 'faux'));
  expect(await state(id)).toMatchObject({ state: 'queued', report: null });
  expect(await fileKept(id)).toBe(true);
  await runImport(db, SECRETS, id, NOW);
  expect(await state(id)).toMatchObject({
    state: 'done',
    rowsTotal: 2,
    rowsDone: 2,
    report: { rows: 2, created: 1, rejected: 1 },
    finishedAt: NOW,
    error: null,
  });
  expect((await withOrganisation(db, opco, (trx) => importLines(trx, opco, id))).rows).toMatchObject([
    { line: 3, code: 'email_invalid' },
  ]);
  expect(await fileKept(id)).toBe(false);
});

test('an import run again, or twice at once, is done once', async () => {
  const before = await total();
  const id = await queue(csv('email', 'deux@b.example', 'fois@b.example'));
  await Promise.all([runImport(db, SECRETS, id, NOW), runImport(db, SECRETS, id, NOW)]);
  await runImport(db, SECRETS, id, NOW);
  expect(await total()).toBe(before + 2);
  expect(await state(id)).toMatchObject({ state: 'done', report: { created: 2 } });
  const audit = await withOrganisation(db, opco, (trx) =>
    trx
      .selectFrom('audit_log')
      .select('id')
      .where('subject', '=', `import:${id}`)
      .where('action', '=', 'contacts.import')
      .execute(),
  );
  expect(audit).toHaveLength(1);
});

test('an import whose process died is taken up again', async () => {
  const before = await total();
  const id = await queue(csv('email', 'repris@b.example'));
  await acrossOrganisations(db, (trx) =>
    sql`update imports set state = 'running', rows_done = 1 where id = ${id}`.execute(trx),
  );
  await runImport(db, SECRETS, id, NOW);
  expect(await total()).toBe(before + 1);
});

test('a file that cannot be read fails with its sentence, and is not tried again', async () => {
  const id = await queue(csv('Nom', 'a'));
  await runImport(db, SECRETS, id, NOW);
  expect(await state(id)).toMatchObject({
    state: 'failed',
    error: expect.stringContaining('Aucune colonne d’adresse'),
  });
  expect(await fileKept(id)).toBe(false);
  await runImport(db, SECRETS, id, NOW);
  expect((await state(id))?.state).toBe('failed');
});

test('the job is owed in the transaction that keeps the file: if it cannot be queued, nothing is kept', async () => {
  const refused = new Error('file d’attente');
  await expect(
    queueImport(alice, { file: csv('email', 'a@b.example'), options: options({ fileName: 'perdu.csv' }) }, () =>
      Promise.reject(refused),
    ),
  ).rejects.toBe(refused);
  expect(
    await withOrganisation(db, opco, (trx) =>
      trx.selectFrom('imports').select('id').where('file_name', '=', 'perdu.csv').execute(),
    ),
  ).toEqual([]);
});

test('progress is seen from outside while a long import runs', async () => {
  const id = await queue(
    Buffer.from(['email', ...Array.from({ length: 120_000 }, (_, i) => `long${i}@x.example`)].join('\n')),
  );
  const running = runImport(db, SECRETS, id, NOW);
  const seen = new Set<number>();
  for (let over = false; !over; ) {
    const row = await state(id);
    if (row?.state === 'running') seen.add(row.rowsDone);
    over = row?.state === 'done';
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await running;
  expect([...seen].some((rows) => rows > 0 && rows < 120_000)).toBe(true);
});
