import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AMINA, BRUNO, CAMILLE, CAMPAIGN, newPage, readableByAll, signIn } from './people.ts';

/** The pages on which several organisations run one campaign, by whom each is looked at. */
const PAGES: [string | null, string[]][] = [
  [
    null,
    [
      '/c/essentiels-infranum',
      '/relayer/essentiels-infranum',
      '/relayer/essentiels-infranum?demande=faite',
      '/confidentialite/essentiels-infranum',
      '/mesure',
      '/ressources',
      '/ressources?recherche=outil',
      '/ressources/campagne/essentiels-infranum',
      '/ressources/essentiels-infranum/outil-gepp',
      '/ressources/integrer',
      '/ressources/integrer/essentiels-infranum',
    ],
  ],
  [
    CAMILLE,
    [
      `${CAMPAIGN}/reglages`,
      `${CAMPAIGN}/reglages/identite`,
      `${CAMPAIGN}/reglages/partenaires`,
      `${CAMPAIGN}/reglages/cibles`,
      `${CAMPAIGN}/reglages/cadre`,
      `${CAMPAIGN}/reglages/mesure`,
      `${CAMPAIGN}/partenaires/constructys/retrait`,
      `${CAMPAIGN}/calendrier?mois=2026-12`,
      `${CAMPAIGN}/calendrier?mois=2026-12&vue=mois`,
      `${CAMPAIGN}/calendrier?mois=2026-12&vue=liste`,
      `${CAMPAIGN}/actions`,
      `${CAMPAIGN}/actions/une-semaine-de-metiers`,
      `${CAMPAIGN}/actions/nouvelle`,
      `${CAMPAIGN}/budget`,
      `${CAMPAIGN}/temps-forts`,
      `${CAMPAIGN}/temps-forts/journee-regionale-de-la-fibre`,
      `${CAMPAIGN}/temps-forts/nouveau`,
      `${CAMPAIGN}/elements`,
      `${CAMPAIGN}/elements/outil-gepp`,
      `${CAMPAIGN}/elements/outil-gepp/edition`,
      `${CAMPAIGN}/elements/outil-gepp/histoire`,
      `${CAMPAIGN}/elements/outil-gepp/retour?version=1`,
      `${CAMPAIGN}/elements/nouveau`,
      `${CAMPAIGN}/elements/glossaire`,
      `${CAMPAIGN}/elements/glossaire/1`,
      `${CAMPAIGN}/ressources`,
      `${CAMPAIGN}/ressources/outil-gepp`,
      `${CAMPAIGN}/ressources/outil-gepp/modifier`,
      `${CAMPAIGN}/ressources/outil-gepp/formats`,
      `${CAMPAIGN}/ressources/outil-gepp/retrait`,
      `${CAMPAIGN}/ressources/nouvelle`,
      `${CAMPAIGN}/ressources/partager`,
      `${CAMPAIGN}/relais`,
      `${CAMPAIGN}/relais/2`,
      `${CAMPAIGN}/relais/2/modifier`,
      `${CAMPAIGN}/relais/2/arret`,
      `${CAMPAIGN}/relais/nouveau`,
      `${CAMPAIGN}/relais/import`,
      `${CAMPAIGN}/relais/kit`,
      `${CAMPAIGN}/relais/invitations`,
      `${CAMPAIGN}/relais/relances`,
      `${CAMPAIGN}/memoire`,
      '/memoire',
      '/memoire/decisions/1',
      '/memoire/veille/1',
      `${CAMPAIGN}/memoire/decisions/nouvelle`,
      `${CAMPAIGN}/memoire/veille/nouvelle`,
      `${CAMPAIGN}/memoire/compte-rendu`,
      `${CAMPAIGN}/memoire/document`,
      `${CAMPAIGN}/passation`,
    ],
  ],
  [AMINA, ['/organisation/journal', `${CAMPAIGN}/elements/recruter-ses-raccordeurs/validation`]],
  [BRUNO, [`${CAMPAIGN}/relais`, `${CAMPAIGN}/reglages`, `${CAMPAIGN}/budget`]],
];

describe.each(PAGES)('a joint campaign, to the eyes of %s', { timeout: 60_000 }, (address, paths) => {
  let page: Page;
  beforeAll(async () => {
    page = await newPage();
    if (!address) return;
    await page.goto('/connexion');
    await signIn(page, address);
  });
  afterAll(() => page.context().close());

  test.each(paths)('%s breaks no rule of WCAG 2.2 AA, in light and dark, at 390 and 1280 px', async (path) => {
    expect((await page.goto(path))?.status()).toBe(200);
    expect(page.url()).not.toContain('/connexion');
    await readableByAll(page);
  });
});
