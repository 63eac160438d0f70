import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { porteVoix } from '../support/running.ts';
import { as, BRUNO, CAMILLE, CAMPAIGN, heading, newPage, readableByAll, service, wholeService } from './people.ts';

wholeService();

/** The report of a campaign that sent something, and of one that only has what others say of it, as evaluators read them. */
const FOLDER = fileURLToPath(new URL('../../campaigns/raccordeur-fibre-2023', import.meta.url));
const REPORT = `${CAMPAIGN}/rapport`;
const OTHER = '/campagnes/raccordeur-fibre-2023/rapport';
const DAVID = 'david@afdas.example';
const SIGNATORIES = ['amina@afdas.example', BRUNO, 'chloe@federation.example'];

const shared = new Map<string, string>();

beforeAll(async () => {
  const env = { DATA_DIR: service.dataDir };
  const run = async (...args: string[]): Promise<void> => {
    const ended = await porteVoix(args, env);
    expect([args.join(' '), ended.code, ended.stderr]).toEqual([args.join(' '), 0, ended.stderr]);
  };
  const push = 'recruter-et-garder-ses-raccordeurs';
  await run('campaign', 'apply', FOLDER);
  await run('push', 'submit', push, '--as', CAMILLE);
  for (const address of SIGNATORIES) await run('push', 'approve', push, '--as', address);
  await run('push', 'send', push, '--as', CAMILLE);
  const bruno = await as(BRUNO, `${OTHER}/sceaux`);
  await bruno.getByLabel('Trimestre').selectOption('2023-T4');
  await bruno.getByRole('button', { name: 'Sceller ces chiffres' }).click();
  for (const base of [REPORT, OTHER]) {
    await bruno.goto(`${base}/partages`);
    await bruno.getByLabel('Pour qui').fill('La DGEFP');
    await bruno.getByRole('button', { name: 'Créer l’adresse' }).click();
    shared.set(base, new URL(await bruno.locator('[id^=adresse-]').first().innerText()).pathname);
  }
}, 120_000);

/** Each view of both reports, by whom it is read. */
const VIEWS: [who: string, address: string | null, paths: (() => string)[]][] = [
  [
    'an evaluator',
    DAVID,
    [
      REPORT,
      `${REPORT}/series`,
      `${REPORT}/publics`,
      `${REPORT}/webinaires`,
      `${REPORT}/methode`,
      OTHER,
      `${OTHER}/comparaison?avec=essentiels-infranum`,
    ].map((path) => () => path),
  ],
  ['the lead of the other campaign', BRUNO, [`${OTHER}/sceaux/1`, `${OTHER}/partages`].map((path) => () => path)],
  ['whoever was given the address', null, [() => shared.get(REPORT) ?? '', () => shared.get(OTHER) ?? '']],
];

describe.each(VIEWS)('the report, to the eyes of %s', { timeout: 60_000 }, (_, address, paths) => {
  let page: Page;
  beforeAll(async () => {
    page = address ? await as(address, '/') : await newPage();
  });

  test.each(paths.map((path, i) => [i + 1, path] as const))(
    'view %i breaks no rule of WCAG 2.2 AA, weighs under 100 KB, in light and dark, at 390 and 1280 px',
    async (_n, path) => {
      const answer = await page.goto(path());
      expect([path(), answer?.status()]).toEqual([path(), 200]);
      expect(page.url()).not.toContain('/connexion');
      expect([path(), ((await answer?.body())?.length ?? 0) < 100_000]).toEqual([path(), true]);
      // What is folded is read too.
      await page.evaluate('for (const d of document.querySelectorAll("main details")) d.open = true');
      await readableByAll(page);
    },
  );
});

test('the first screen says whom it reached, what they did with it, and how that is known', async () => {
  const page = await as(DAVID, REPORT);
  await page.setViewportSize({ width: 1280, height: 900 });
  expect(await heading(page)).toMatch(/^448 destinataires touchés, \d+ clics? retenus?\.$/);
  for (const question of ['Qui la campagne a-t-elle touché ?', 'Qu’en a-t-on fait ?', 'Comment le sait-on ?']) {
    const box = await page.getByRole('heading', { name: question }).boundingBox();
    expect([question, (box?.y ?? 9_999) < 800]).toEqual([question, true]);
  }
  const contents = page.getByRole('navigation', { name: 'Dans ce rapport' });
  for (const link of await contents.getByRole('link').all()) {
    const target = (await link.getAttribute('href')) ?? '';
    expect([target, await page.locator(target).count()]).toEqual([target, 1]);
  }
});

test('of a campaign that sent nothing, it says what was done, what it cost, and that what is said of it disagrees', async () => {
  const page = await as(DAVID, OTHER);
  expect(await heading(page)).toMatch(/^1 action, 39\s900\s€ payés et 3 chiffres déclarés qui ne s’accordent pas\.$/);
  expect(await page.getByRole('main').innerText()).toContain('rien ne permet de choisir');
  // A target without a number says why, and whose invention it is.
  const targets = page.locator('section', { has: page.getByRole('heading', { name: 'Les cibles' }) });
  await targets.getByText('comment c’est compté').click();
  const told = await targets.innerText();
  expect(told).toContain('aucun lien suivi ne menait à ces pages');
  expect(told).toContain('Cible inventée pour la démonstration');
});

test('on paper, nothing stays folded, and what is pressed is not printed', async () => {
  const page = await as(DAVID, `${REPORT}/series`);
  await page.emulateMedia({ media: 'print' });
  const hidden = await page.evaluate(
    '[...document.querySelectorAll("main details.how > :not(summary)")].filter((e) => e.getBoundingClientRect().height === 0).length',
  );
  expect(hidden).toBe(0);
  expect(await page.getByRole('button', { name: 'Recompter' }).isVisible()).toBe(false);
  await page.emulateMedia({ media: null });
});
