import { expect, test } from 'vitest';
import { purgeImports } from '../../src/contacts/purge-imports.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { NOW, testDatabase } from '../support/database.ts';

const { db, cast } = await testDatabase();
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const { opco } = cast.organisations;

test('a file nobody confirmed goes after a week; remarks that quote people go after three months; counts stay', async () => {
  const base = {
    organisation_id: opco,
    file_name: 'a.csv',
    file_hash: Buffer.from('h'),
    options: '{}',
    created_by: 'user:1',
  };
  const ids = await withOrganisation(db, opco, async (trx) => {
    const made = await trx
      .insertInto('imports')
      .values([
        { ...base, state: 'analysed', file: Buffer.from('x'), created_at: ago(8) },
        { ...base, state: 'analysed', file: Buffer.from('x'), created_at: ago(1) },
        { ...base, state: 'done', created_at: ago(91), report: '{"rows":1}' },
      ])
      .returning('id')
      .execute();
    const line = {
      organisation_id: opco,
      line: 2,
      severity: 'rejected',
      code: 'email_invalid',
      column_name: 'E-mail',
      message: 'x',
    };
    await trx
      .insertInto('import_lines')
      .values(made.map(({ id }) => ({ ...line, import_id: id })))
      .execute();
    return made.map((m) => m.id);
  });
  await purgeImports(db, NOW);
  const left = await acrossOrganisations(db, async (trx) => ({
    imports: await trx.selectFrom('imports').select(['state', 'file', 'report']).orderBy('id').execute(),
    lines: (await trx.selectFrom('import_lines').select('import_id').orderBy('import_id').execute()).map(
      (l) => l.import_id,
    ),
  }));
  expect(left.imports).toEqual([
    { state: 'failed', file: null, report: null },
    { state: 'analysed', file: Buffer.from('x'), report: null },
    { state: 'done', file: null, report: { rows: 1 } },
  ]);
  expect(left.lines).toEqual([ids[0], ids[1]]);
});
