import { beforeAll, expect, test } from 'vitest';
import { getCampaign } from '../../src/campaigns/queries.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { applyFolder, planFolder } from '../../src/plan/apply.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { loadFolder } from '../../src/plan/load-folder.ts';
import { problemLine } from '../../src/plan/problems.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { copyOfPetite, type Folder, PETITE } from './folders.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const withCaps = (caps: string): Folder =>
  copyOfPetite().edit('campagne.yaml', 'audiences:', `sollicitation: ${caps}\naudiences:`);
const capsOf = () =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) => (await getCampaign(trx, 'petite-campagne')).caps);

test('a file says how often one may be solicited; what it leaves out is the usual', async () => {
  const ctx = t.ctx(t.cast.alice);
  await applyFolder(ctx, PETITE);
  expect(await capsOf()).toEqual({ perPerson: 2, days: 7, perCompany: 6, companyDays: 90 });
  const { dir } = withCaps('{ par-personne: 1, jours: 14 }');
  expect(formatPlan(await planFolder(ctx, dir))).toContain('plafonds de sollicitation');
  await applyFolder(ctx, dir);
  expect(await capsOf()).toEqual({ perPerson: 1, days: 14, perCompany: 6, companyDays: 90 });
  expect(formatPlan(await planFolder(ctx, dir))).toContain('Rien à changer');
});

test('a cap that would let nobody be written to, or a word misspelt, is refused at its line', async () => {
  for (const [caps, words] of [
    ['{ par-personne: 0 }', 'Au moins 1.'],
    ['{ jours: 1.5 }', 'Donnez un nombre entier.'],
    ['{ par-persone: 1 }', 'par-personne'],
  ]) {
    const { bundle, problems } = await loadFolder(withCaps(caps ?? '').dir);
    expect(bundle).toBeNull();
    const said = problems.map(problemLine).join('\n');
    expect(said).toContain('campagne.yaml:');
    expect(said).toContain(words);
  }
});
