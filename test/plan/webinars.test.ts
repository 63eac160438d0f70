import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { DEMO_CAMPAIGN } from '../../src/demo.ts';
import { applyFolder, planFolder } from '../../src/plan/apply.ts';
import { changesSomething } from '../../src/plan/diff.ts';
import { campaignFromModel } from '../../src/plan/from-model.ts';
import { loadFolder, loadOrRefuse } from '../../src/plan/load-folder.ts';
import { holdWebinar } from '../../src/webinars/act-webinar.ts';
import { readWebinar } from '../../src/webinars/read-webinars.ts';
import type { WebinarInput } from '../../src/webinars/schema.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { copyOfPetite } from './folders.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const WEBINAR = `
- identifiant: en-direct
  titre: En direct
  début: 2027-01-14 14:00
  fin: 2027-01-14 15:00
  organisatrices: [opco]
  inscriptions: ouvertes
`;
function folderWith(webinars: string): string {
  const { dir } = copyOfPetite();
  appendFileSync(join(dir, 'webinaires.yaml'), webinars);
  return dir;
}
const problemsOf = async (webinars: string) =>
  (await loadFolder(folderWith(webinars))).problems.map((p) => `${p.line}: ${p.message}`);

describe('webinaires.yaml', () => {
  test('is read with its line when something is wrong', async () => {
    expect(await problemsOf(WEBINAR)).toEqual([]);
    expect(await problemsOf(WEBINAR.replace('2027-01-14 14:00', '2027-03-28 02:30'))).toEqual([
      expect.stringMatching(/^4: .*2 h 30 n’existe pas/),
    ]);
    expect(await problemsOf(WEBINAR.replace('15:00', '13:00'))).toEqual([expect.stringMatching(/^5: .*fini/)]);
    expect(await problemsOf(`${WEBINAR}  rappels: [J-8]\n`)).toEqual([expect.stringMatching(/^8: .*J-8/)]);
    expect(await problemsOf(`${WEBINAR}  inscriptions2: oui\n`)).toEqual([expect.stringMatching(/^8: /)]);
    expect(await problemsOf(WEBINAR + WEBINAR)).toEqual([expect.stringContaining('déjà donné plus haut')]);
  });

  test('opens, moves and closes as it says; twice is nothing; a webinar that was held is not opened again', async () => {
    const ctx = t.ctx(t.cast.alice);
    const dir = folderWith(WEBINAR);
    const write = (text: string) => writeFileSync(join(dir, 'webinaires.yaml'), text);
    const read = () => readWebinar(ctx, 'petite-campagne', 'en-direct');
    await applyFolder(ctx, dir);
    expect(await read()).toMatchObject({ state: 'ouvert', sequence: 0, startsAt: fromParis(2027, 1, 14, 14) });
    expect(changesSomething(await applyFolder(ctx, dir))).toBe(false);
    const moved = WEBINAR.replaceAll('2027-01-14', '2027-01-21');
    write(moved);
    await applyFolder(ctx, dir);
    expect(await read()).toMatchObject({ state: 'ouvert', sequence: 1, startsAt: fromParis(2027, 1, 21, 14) });
    write(moved.replace('  inscriptions: ouvertes\n', ''));
    await applyFolder(ctx, dir);
    expect(await read()).toMatchObject({ state: 'ferme', sequence: 1 });
    await holdWebinar(t.ctx(t.cast.alice, fromParis(2027, 1, 21, 16)), 'petite-campagne', 'en-direct');
    expect(changesSomething(await planFolder(ctx, dir))).toBe(false);
    write(moved);
    await expect(applyFolder(ctx, dir)).rejects.toMatchObject({ code: 'webinaire_tenu' });
  });

  test('of a campaign that is over still makes its webinar, whose hour has passed', async () => {
    const house = await testDatabase();
    const late = house.ctx(house.cast.alice, fromParis(2027, 3, 1));
    const dir = folderWith(WEBINAR);
    await applyFolder(late, dir);
    expect(await readWebinar(late, 'petite-campagne', 'en-direct')).toMatchObject({ said: 'ouvert', state: 'passe' });
    expect(changesSomething(await planFolder(late, dir))).toBe(false);
    const rows = await acrossOrganisations(house.db, (trx) => trx.selectFrom('webinars').select('sequence').execute());
    expect(rows).toEqual([{ sequence: 0 }]);
  });
});

test('a campaign made from a model has its webinars at its own dates, in a room of its own, and closed', async () => {
  const { bundle } = await loadOrRefuse(DEMO_CAMPAIGN);
  const made = campaignFromModel(bundle, {
    slug: 'nouvelle',
    name: 'Nouvelle',
    tagline: '',
    startsOn: '2027-09-06',
    endsOn: '2028-03-31',
    colour: '#12355b',
    accent: '#c2410c',
    partners: [
      { organisation: 'opco', role: 'pilote' },
      { organisation: 'constructys', role: 'signataire' },
    ],
    arrangement: '',
    contactPoint: '',
    audiences: [],
    pushes: new Map(),
  });
  const [webinar] = made.more['webinaires.yaml'] as (WebinarInput & { open: boolean })[];
  const [model] = bundle.more['webinaires.yaml'] as WebinarInput[];
  expect(webinar).toMatchObject({ organisers: ['constructys'], joinUrl: null, joinNote: '', open: false });
  // The same weekday and hour of Paris, in summer or in winter.
  expect(webinar?.startsAt).toEqual(fromParis(2027, 11, 18, 14));
  expect(model?.startsAt).toEqual(fromParis(2027, 1, 14, 14));
  expect(readFileSync(join(DEMO_CAMPAIGN, 'webinaires.yaml'), 'utf8')).toContain('inventés pour la démonstration');
  expect(NOW < (model?.startsAt ?? NOW)).toBe(true);
});
