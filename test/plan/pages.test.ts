import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_CAMPAIGN } from '../../src/demo.ts';
import { declareFigure, withdrawStatement } from '../../src/pages/declare-figure.ts';
import { readPage } from '../../src/pages/read-pages.ts';
import { applyFolder, planFolder } from '../../src/plan/apply.ts';
import { createDemoOrganisations } from '../../src/plan/demo-organisations.ts';
import { changesSomething } from '../../src/plan/diff.ts';
import { exportCampaign } from '../../src/plan/export-campaign.ts';
import { campaignFromModel } from '../../src/plan/from-model.ts';
import { loadFolder, loadOrRefuse } from '../../src/plan/load-folder.ts';
import { readPagesReport } from '../../src/reports/read-pages-report.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { copyOfPetite } from './folders.ts';

const FIELD = join(DEMO_CAMPAIGN, '../raccordeur-fibre-2023');
const root = mkdtempSync(join(tmpdir(), 'x-plan-pages-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const PAGE = `
- identifiant: fiche
  nom: La fiche
  adresse: https://ft.example/fiche
  propriétaire: FT
  référence-du: 2026-09-01
  référence-au: 2026-09-30
`;
const FIGURE = `
- page: fiche
  valeur: 9000
  minimum: oui
  unité: visites
  période: deux mois
  selon: Le rapport
  source: page 40
`;
function folder(files: Record<string, string>): string {
  const { dir } = copyOfPetite();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}
const problemsOf = async (files: Record<string, string>) =>
  (await loadFolder(folder(files))).problems.map((p) => `${p.file}:${p.line}: ${p.message}`);

describe('pages.yaml, chiffres.yaml and clics-simules.csv', () => {
  test('are read with their line when something is wrong', async () => {
    expect(await problemsOf({ 'pages.yaml': PAGE, 'chiffres.yaml': FIGURE })).toEqual([]);
    expect(await problemsOf({ 'pages.yaml': PAGE.replace('2026-09-30', '2026-08-30') })).toEqual([
      expect.stringMatching(/^pages.yaml:7: .*fini/),
    ]);
    expect(await problemsOf({ 'pages.yaml': PAGE.replace('fiche\n', 'sites\n') })).toEqual([
      expect.stringMatching(/^pages.yaml:2: .*réservé/),
    ]);
    expect(await problemsOf({ 'chiffres.yaml': FIGURE.replace('visites', 'personnes') })).toEqual([
      expect.stringMatching(/^chiffres.yaml:2: .*compte des visites/),
    ]);
    expect(await problemsOf({ 'chiffres.yaml': FIGURE.replace('  période: deux mois\n', '') })).toEqual([
      expect.stringMatching(/^chiffres.yaml:2: .*quelle période/),
    ]);
    expect(await problemsOf({ 'clics-simules.csv': 'action;jour;retenus\n' })).toEqual([
      expect.stringContaining('clics-simules.csv:1: Les titres'),
    ]);
    const row = 'annonce;2026-11-02;5;1;1\n';
    expect(
      await problemsOf({ 'clics-simules.csv': `# simulé\naction;jour;retenus;douteux;robots\n${row}${row}` }),
    ).toEqual([expect.stringMatching(/^clics-simules.csv:4: .*déjà donné/)]);
  });

  test('are written, then nothing more; what was stated is not rewritten by a file', async () => {
    const ctx = t.ctx(t.cast.alice);
    const dir = folder({ 'pages.yaml': PAGE, 'chiffres.yaml': FIGURE });
    await applyFolder(ctx, dir);
    expect(changesSomething(await applyFolder(ctx, dir))).toBe(false);
    const { page, statements } = await readPage(ctx, 'petite-campagne', 'fiche');
    expect(page).toMatchObject({ owner: 'FT', baselineFrom: '2026-09-01' });
    expect(statements).toMatchObject([{ value: 9000, atLeast: true, windowSaid: 'deux mois' }]);
    writeFileSync(join(dir, 'chiffres.yaml'), `${FIGURE}  remarque: corrigé\n`);
    await expect(applyFolder(ctx, dir)).rejects.toMatchObject({ code: 'deja_note' });
    // Said on the screens, it is kept, and comes out with the rest.
    const said = {
      value: 12,
      unit: 'clics',
      from: '2026-11-02',
      to: '2026-11-03',
      saidBy: 'Moi : « oui »',
      source: '- a',
    };
    await declareFigure(ctx, 'petite-campagne', 'fiche', said);
    await declareFigure(t.ctx(t.cast.bruno), 'petite-campagne', 'fiche', said);
    const out = join(root, 'petite-campagne');
    await exportCampaign(ctx, out);
    expect(changesSomething(await planFolder(ctx, out))).toBe(false);
    expect(readFileSync(join(out, 'chiffres.yaml'), 'utf8')).toContain('organisation: btp');
    await withdrawStatement(ctx, 'petite-campagne', 'fiche', statements[0]?.id ?? 0);
    await exportCampaign(ctx, out);
    expect(readFileSync(join(out, 'chiffres.yaml'), 'utf8')).not.toContain('deux mois');
  });

  test('a simulated journal enters no campaign but a demonstration', async () => {
    const ctx = t.ctx(t.cast.alice);
    const dir = folder({ 'clics-simules.csv': 'action;jour;retenus;douteux;robots\nannonce;2026-11-02;5;1;1\n' });
    appendFileSync(
      join(dir, 'actions.yaml'),
      '\n- identifiant: annonce\n  type: publicité en ligne\n  titre: Annonce\n  début: 2026-11-02 00:00\n  lien: https://ft.example/fiche\n',
    );
    await expect(applyFolder(ctx, dir)).rejects.toMatchObject({ code: 'pas_une_demonstration' });
  });
});

describe('the founding case, as a bundled campaign (issue 6 §4)', () => {
  test('says what could be said, and what could not', async () => {
    const house = await testDatabase();
    const organisations = await createDemoOrganisations({ db: house.db, now: () => new Date() }, DEMO_CAMPAIGN);
    const ctx = house.ctx({ kind: 'command', name: 'test', organisationId: organisations.get('constructys') ?? 0 });
    await applyFolder(ctx, FIELD);
    expect(changesSomething(await applyFolder(ctx, FIELD))).toBe(false);
    const dir = join(root, 'raccordeur-fibre-2023');
    await exportCampaign(ctx, dir);
    expect(changesSomething(await planFolder(ctx, dir))).toBe(false);
    expect(readFileSync(join(dir, 'clics-simules.csv'), 'utf8')).toContain('# Journal simulé');

    const reader = house.ctx({ kind: 'command', name: 'test', organisationId: organisations.get('afdas') ?? 0 });
    const [page] = (await readPagesReport(reader, 'raccordeur-fibre-2023', { from: '2023-10-01', to: '2023-12-31' }))
      .pages;
    expect(page?.statements.map((s) => [s.figure.value, s.figure.unit, s.window])).toEqual([
      [9000, 'visites', 'en deux mois'],
      [9000, 'personnes', 'en trois mois'],
      [9000, 'personnes', 'en deux mois'],
    ]);
    expect(page?.contradictions).toHaveLength(1);
    expect(page?.contradictions[0]?.ids).toHaveLength(3);
    expect(page?.comparison).toMatchObject({
      kind: 'aucune',
      says: expect.stringContaining('Aucune période de référence'),
    });
    // Nobody counted then, which is not a nought; and the invented journal says that it is one.
    expect(page?.departs).toMatchObject({
      value: null,
      leftOut: expect.stringContaining('aucun lien suivi ne menait'),
    });
    expect(page?.departsJusqua.value).toBeNull();
    expect(page?.simulated).toMatchObject({ value: 5969, unit: 'départs (simulés)' });
    expect(page?.exported).toEqual({});
  });

  test('stays a model: its page and its action at the new dates, none of what was said or simulated', async () => {
    const { bundle } = await loadOrRefuse(FIELD);
    const made = campaignFromModel(bundle, {
      slug: 'nouvelle',
      name: 'Nouvelle',
      tagline: '',
      startsOn: '2027-10-04',
      endsOn: '2027-12-31',
      colour: '#12355b',
      accent: '#c2410c',
      partners: [{ organisation: 'opco', role: 'pilote' }],
      arrangement: '',
      contactPoint: '',
      audiences: ['tous'],
      pushes: new Map(),
    });
    expect(made.more['chiffres.yaml']).toEqual([]);
    expect(made.more['clics-simules.csv']).toEqual([]);
    expect(made.more['budget.yaml']).toEqual([]);
    expect(made.more['pages.yaml']).toMatchObject([
      // The model never had one; a new campaign is made with one, before its first day (VIS-03).
      { slug: 'fiche-metier', windowFrom: '2027-10-25', baselineFrom: '2027-09-06', baselineTo: '2027-10-03' },
    ]);
    expect(made.campaign.demo).toBe(false);
  });
});
