import { expect, test } from 'vitest';
import { pushWritten } from '../../src/plan/export/push.ts';
import { campaignFromModel } from '../../src/plan/from-model.ts';
import { loadFolder, loadOrRefuse } from '../../src/plan/load-folder.ts';
import { copyOfPetite } from './folders.ts';

const RELEASE = `titre: Lancement de la campagne
canal: communiqué
phase: amont
audience: tous
signataires: [opco, btp]
date: 2026-12-03 08:00
objet: 'Communiqué : la campagne commence'
titre du communique: 'Fibre : 28 fiches pour recruter'
chapô: >-
  Les partenaires ouvrent à tous
  28 fiches métiers.
lieu: Limoges
daté-du: '2026-12-03'
embargo: 2026-12-03 08:00
contact-presse:
  nom: Léa Petit
  téléphone: 05 55 00 00 00
  adresse: presse@opco.example
à-propos: |
  **La campagne** réunit ses partenaires.

  Elle dure un an.
blocs:
  - texte: Vingt-huit fiches.
`;
const file = (text: string) => copyOfPetite().write('envois/lancement.yaml', text).dir;
const released = async (text: string) =>
  (await loadOrRefuse(file(text))).bundle.pushes.find((p) => p.slug === 'lancement')!;
const refused = async (text: string) => {
  const { problems } = await loadFolder(file(text));
  return problems.map((p) => `${p.line}: ${p.message}`);
};

test('a press release is one file, its embargo a clock time in France', async () => {
  const { channel, content } = await released(RELEASE);
  expect(channel).toBe('communique');
  expect(content.press).toEqual({
    headline: 'Fibre : 28 fiches pour recruter',
    chapo: 'Les partenaires ouvrent à tous 28 fiches métiers.',
    place: 'Limoges',
    day: '2026-12-03',
    embargoAt: '2026-12-03T07:00:00.000Z',
    contact: { name: 'Léa Petit', phone: '05 55 00 00 00', email: 'presse@opco.example' },
    about: '**La campagne** réunit ses partenaires.\n\nElle dure un an.',
  });
});

test('written, it reads back the same; short or without a block too, and in the hour that comes twice', async () => {
  for (const text of [
    RELEASE,
    RELEASE.replace(/embargo: .*/, 'embargo: 2026-10-25 02:30'),
    RELEASE.replace(/titre du communique: .*\n/, '').replace(/blocs:[\s\S]*/, ''),
    RELEASE.replace(/chapô:[\s\S]*(?=blocs:)/, ''),
  ]) {
    const push = await released(text);
    expect(await released(pushWritten(push))).toEqual(push);
  }
});

test('what is wrong is told at its line', async () => {
  expect(await refused(RELEASE.replace('embargo: 2026-12-03 08:00', 'embargo: bientôt'))).toEqual([
    '14: « bientôt » n’est pas une heure qui existe. Écrivez par exemple 2026-12-03 08:00 (heure de Paris).',
  ]);
  expect(await refused(RELEASE.replace('05 55 00 00 00', 'à midi'))).toEqual([
    '17: Donnez un numéro : 01 23 45 67 89.',
  ]);
  expect(await refused(RELEASE.replace("daté-du: '2026-12-03'", 'daté-du: 2026-13-03'))).toEqual([
    '13: Cette date n’existe pas : donnez par exemple 2026-12-03.',
  ]);
  expect(
    await refused(RELEASE.replace('- texte: Vingt-huit fiches.', '- vidéo: {titre: Film, url: "https://a.example"}')),
  ).toHaveLength(1);
  expect(await refused(RELEASE.replace('canal: communiqué', 'canal: newsletter'))).toHaveLength(7);
});

test('a model’s release gets the new date: it opens when it leaves, and is dated of that day', async () => {
  const { bundle } = await loadOrRefuse(file(RELEASE));
  const { campaign } = bundle;
  const answers = {
    ...campaign,
    ...campaign.identity,
    slug: 'autre',
    audiences: bundle.audiences.map((a) => a.slug),
    partners: campaign.partners,
  };
  const made = (date: Date | null) =>
    campaignFromModel(bundle, { ...answers, pushes: new Map([['lancement', date]]) }).pushes[0]?.content.press;
  expect(made(new Date('2027-02-01T23:30:00Z'))).toMatchObject({
    embargoAt: '2027-02-01T23:30:00.000Z',
    day: '2027-02-02',
  });
  expect(made(null)).toMatchObject({ embargoAt: null, day: '' });
});
