import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { getCampaign } from '../../src/campaigns/queries.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { applyFolder, planFolder } from '../../src/plan/apply.ts';
import { changesSomething } from '../../src/plan/diff.ts';
import { exportCampaign } from '../../src/plan/export-campaign.ts';
import { testDatabase } from '../support/database.ts';
import { copyOfPetite } from './folders.ts';

const root = mkdtempSync(join(tmpdir(), 'porte-voix-liens-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const t = await testDatabase();

test('links of one’s own are a word of the folder, and come back from the database as they went in', async () => {
  const ctx = t.ctx(t.cast.alice);
  const { dir, write } = copyOfPetite();
  const file = 'campagne.yaml';
  write(file, `${readFileSync(join(dir, file), 'utf8').replace(/^liens: .*\n/m, '')}\nliens: individuel\n`);
  await applyFolder(ctx, dir);
  expect(changesSomething(await planFolder(ctx, dir))).toBe(false);
  const campaign = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    getCampaign(trx, 'petite-campagne'),
  );
  expect(campaign.linkMode).toBe('individuel');
  const out = join(root, 'petite-campagne');
  await exportCampaign(ctx, out);
  expect(readFileSync(join(out, file), 'utf8')).toMatch(/^liens: individuel$/m);
  expect(changesSomething(await planFolder(ctx, out))).toBe(false);
  write(file, readFileSync(join(dir, file), 'utf8').replace('liens: individuel', 'liens: individuels'));
  await expect(planFolder(ctx, dir)).rejects.toThrow(/individuel/);
});
