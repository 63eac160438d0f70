import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { toParisDay, toParisField } from '../../src/base/dates.ts';
import {
  AMINA,
  as,
  BRUNO,
  CAMILLE,
  CAMPAIGN,
  newPage,
  readableByAll,
  reloadUntil,
  soon,
  wholeService,
} from './people.ts';

wholeService();

const RELEASE = `${CAMPAIGN}/envois/des-gestes-pour-accueillir`;

/** The pages on which several organisations run one campaign, by whom each is looked at. */
const PAGES: [who: string, address: string | null, paths: string[]][] = [
  [
    'a visitor',
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
      '/webinaires',
      '/webinaires?campagne=essentiels-infranum',
      '/webinaires/integrer',
      '/webinaires/les-outils-en-situation',
    ],
  ],
  [
    'the lead',
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
      `${CAMPAIGN}/actions/une-semaine-de-metiers/modifier`,
      `${CAMPAIGN}/actions/une-semaine-de-metiers/annulation`,
      `${CAMPAIGN}/actions/nouvelle`,
      `${CAMPAIGN}/budget`,
      `${CAMPAIGN}/temps-forts`,
      `${CAMPAIGN}/temps-forts/journee-regionale-de-la-fibre`,
      `${CAMPAIGN}/temps-forts/journee-regionale-de-la-fibre/retrait`,
      `${CAMPAIGN}/temps-forts/nouveau`,
      `${CAMPAIGN}/webinaires`,
      `${CAMPAIGN}/webinaires/nouveau`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation/modifier`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation/annulation`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation/inscriptions`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation/inscriptions/1`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation/inscriptions/1/annulation`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation/inscriptions/1/oubli`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation/presence`,
      `${CAMPAIGN}/webinaires/les-outils-en-situation/suite`,
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
  ['its valideur', AMINA, ['/organisation/journal', `${CAMPAIGN}/elements/recruter-ses-raccordeurs/validation`]],
  ['a partner', BRUNO, [`${CAMPAIGN}/relais`, `${CAMPAIGN}/reglages`, `${CAMPAIGN}/budget`]],
];

describe.each(PAGES)('a joint campaign, to the eyes of %s', { timeout: 60_000 }, (_, address, paths) => {
  let page: Page;
  beforeAll(async () => {
    page = address ? await as(address, '/') : await newPage();
  });

  test.each(paths)('%s breaks no rule of WCAG 2.2 AA, in light and dark, at 390 and 1280 px', async (path) => {
    expect((await page.goto(path))?.status()).toBe(200);
    expect(page.url()).not.toContain('/connexion');
    await readableByAll(page);
  });
});

test('a press release is read by nobody outside before its hour, and by everybody from then on', {
  timeout: 120_000,
}, async () => {
  const camille = await as(CAMILLE, `${CAMPAIGN}/envois/nouveau`);
  await camille.getByLabel('Communiqué de presse').check();
  await camille.getByLabel('Nom de l’envoi').fill('Des gestes pour accueillir');
  await camille.getByLabel('Audience').selectOption('Tous les contacts de la campagne');
  for (const partner of ['Constructys', /^Fédération/]) await camille.getByLabel(partner).uncheck();
  await camille.getByRole('button', { name: 'Créer l’envoi' }).click();
  await camille.getByLabel('Titre', { exact: true }).fill('Trois gestes pour accueillir un raccordeur');
  await camille.getByLabel('Chapô').fill('Les trois organisations de la filière publient le même conseil.');
  await camille.getByLabel('Lieu').fill('Paris');
  await camille.getByLabel('Date du communiqué').fill(toParisDay(new Date()));
  await camille.getByLabel(/^Embargo/).fill(toParisField(soon()));
  await camille.getByLabel('Contact presse').fill('Camille Aubert');
  await camille.getByLabel('Son adresse électronique').fill('presse@afdas.example');
  await camille.getByRole('button', { name: 'Enregistrer le communiqué' }).click();
  await camille.goto(RELEASE);
  await camille.getByRole('button', { name: 'Soumettre à la validation' }).click();
  const amina = await as(AMINA, `${RELEASE}/validation`);
  await amina.getByRole('button', { name: 'Valider ce texte' }).first().click();
  const journalist = await newPage();
  const address = '/communiques/essentiels-infranum/des-gestes-pour-accueillir';
  expect((await journalist.goto(address))?.status()).toBe(403);
  expect(await journalist.innerText('body')).not.toContain('Trois gestes');
  await reloadUntil(journalist, /Trois gestes/, 90);
  await readableByAll(journalist);
  await journalist.context().close();
});
