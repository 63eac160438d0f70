import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { applyFolder, planFolder } from '../../src/plan/apply.ts';
import { changesSomething } from '../../src/plan/diff.ts';
import { exportCampaign } from '../../src/plan/export-campaign.ts';
import { campaignFromModel } from '../../src/plan/from-model.ts';
import { loadFolder, loadOrRefuse } from '../../src/plan/load-folder.ts';
import { closeCampaignSurvey } from '../../src/pushes/edit-survey.ts';
import { readCampaignSurveys } from '../../src/pushes/read-surveys.ts';
import type { SurveyInput } from '../../src/surveys/schema.ts';
import { testDatabase } from '../support/database.ts';
import { copyOfPetite } from './folders.ts';

const t = await testDatabase();
const ctx = t.ctx(t.cast.alice);
const SURVEY = `
- identifiant: vos-usages
  titre: Vos usages
  introduction: Une minute.
  questions: [usage déclaré, satisfaction]
  commentaire: non
  jusqu-au: 2027-01-31 23:59
`;
function folderWith(surveys: string): string {
  const { dir } = copyOfPetite();
  appendFileSync(join(dir, 'questionnaires.yaml'), surveys);
  return dir;
}
const problemsOf = async (surveys: string) =>
  (await loadFolder(folderWith(surveys))).problems.map((p) => `${p.line}: ${p.message}`);

describe('questionnaires.yaml', () => {
  test('is read with its line when something is wrong', async () => {
    expect(await problemsOf(SURVEY)).toEqual([]);
    expect(await problemsOf(SURVEY.replace('usage déclaré', 'âge'))).toEqual([expect.stringMatching(/^5: /)]);
    const four = '[satisfaction, facile à utiliser, je connaissais, usage déclaré]';
    expect(await problemsOf(SURVEY.replace('[usage déclaré, satisfaction]', four))).toEqual([
      expect.stringMatching(/^5: Trois questions au plus/),
    ]);
    expect(await problemsOf(SURVEY + SURVEY)).toEqual([expect.stringContaining('déjà donné plus haut')]);
  });

  test('a letter that names one that is not there is told where', async () => {
    const dir = folderWith(SURVEY);
    const file = join(dir, 'envois', 'lettre.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}\n  - questionnaire: vos-usage\n`);
    expect((await loadFolder(dir)).problems.map((p) => p.message)).toEqual([
      expect.stringMatching(/Le questionnaire « vos-usage » n’existe pas.*vos-usages/),
    ]);
  });

  test('applied, twice is nothing; exported, it plans nothing; closed, it stays closed', async () => {
    const dir = folderWith(SURVEY);
    const file = join(dir, 'envois', 'lettre.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}\n  - questionnaire: vos-usages\n`);
    await applyFolder(ctx, dir);
    const [line] = (await readCampaignSurveys(ctx, 'petite-campagne')).surveys;
    expect(line).toMatchObject({
      survey: { questions: ['satisfaction', 'usage'], comment: false, closesAt: fromParis(2027, 1, 31, 23, 59) },
      carriers: [{ slug: 'lettre' }],
    });
    expect(changesSomething(await planFolder(ctx, dir))).toBe(false);
    await closeCampaignSurvey(ctx, 'petite-campagne', 'vos-usages');
    const out = mkdtempSync(join(tmpdir(), 'export-'));
    onTestFinished(() => rmSync(out, { recursive: true }));
    const folder = join(out, 'petite-campagne');
    await exportCampaign(ctx, folder);
    expect(readFileSync(join(folder, 'questionnaires.yaml'), 'utf8')).toContain('clos: oui');
    expect(readFileSync(join(folder, 'envois', 'lettre.yaml'), 'utf8')).toContain('questionnaire: vos-usages');
    expect(changesSomething(await planFolder(ctx, folder))).toBe(false);
  });

  test('of a model, it is open again, its end as far from the start', async () => {
    const { bundle } = await loadOrRefuse(folderWith(`${SURVEY}  clos: oui\n`));
    const made = campaignFromModel(bundle, {
      ...bundle.campaign,
      slug: 'autre',
      startsOn: '2027-11-01',
      endsOn: '2028-03-31',
      colour: '#123456',
      accent: '#654321',
      audiences: [],
      pushes: new Map(),
    });
    const [survey] = made.more['questionnaires.yaml'] as (SurveyInput & { closed: boolean })[];
    expect(survey?.closed).toBe(false);
    expect(survey?.closesAt?.getUTCFullYear()).toBe(2028);
  });
});
