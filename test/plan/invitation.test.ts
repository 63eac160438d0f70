import { expect, test } from 'vitest';
import { pushWritten } from '../../src/plan/export/push.ts';
import { campaignFromModel } from '../../src/plan/from-model.ts';
import { loadFolder, loadOrRefuse } from '../../src/plan/load-folder.ts';
import { copyOfPetite } from './folders.ts';

const WEBINARS = `- identifiant: les-outils
  titre: Les outils, pour de vrai
  début: 2027-01-14 14:00
  fin: 2027-01-14 15:30
  organisatrices: [opco, btp]
`;
const INVITATION = `titre: Venez au webinaire
canal: webinaire
phase: pendant
audience: tous
signataires: [opco, btp]
échéance: 2027-01-14 14:00
webinaire: les-outils
objet: 'Webinaire : les outils'
objets: { terrain: Une heure pour voir }
`;
const file = (text: string, webinars = WEBINARS) =>
  copyOfPetite().write('webinaires.yaml', webinars).write('envois/invitation.yaml', text).dir;
const invited = async (text: string) =>
  (await loadOrRefuse(file(text))).bundle.pushes.find((p) => p.slug === 'invitation')!;
const refused = async (text: string, webinars?: string) => {
  const { problems } = await loadFolder(file(text, webinars));
  return problems.filter((p) => p.file.includes('invitation')).map((p) => `${p.line}: ${p.message}`);
};

test('an invitation is one file that names its webinar; it may have no block', async () => {
  const push = await invited(INVITATION);
  expect(push.channel).toBe('webinaire');
  expect(push.content).toEqual({
    subject: 'Webinaire : les outils',
    subjects: { terrain: 'Une heure pour voir' },
    preheader: '',
    blocks: [],
    webinar: 'les-outils',
  });
});

test('written, it reads back the same, with blocks or without', async () => {
  for (const text of [INVITATION, `${INVITATION}blocs:\n  - texte: Apportez une question.\n`]) {
    const push = await invited(text);
    expect(await invited(pushWritten(push))).toEqual(push);
  }
});

test('the channel is said by its code or by its name', async () => {
  const named = INVITATION.replace('canal: webinaire', 'canal: Invitation à un webinaire');
  expect((await invited(named)).channel).toBe('webinaire');
});

test('what is wrong is told at its line', async () => {
  expect(await refused(INVITATION.replace('webinaire: les-outils', 'webinaire: les-outil'))).toEqual([
    '7: Le webinaire « les-outil » n’existe pas dans cette campagne. Vouliez-vous dire « les-outils » ?',
  ]);
  expect(await refused(INVITATION.replace('webinaire: les-outils\n', ''))).toEqual([
    expect.stringContaining('Il manque « webinaire »'),
  ]);
  expect(await refused(INVITATION.replace('canal: webinaire', 'canal: newsletter'))).toEqual([
    expect.stringContaining('Il manque « blocs »'),
    expect.stringContaining('7: « webinaire » se dit d’une invitation'),
  ]);
  expect(await refused(INVITATION.replace('canal: webinaire', 'canal: communiqué'))).toEqual([
    expect.stringContaining('7: « webinaire » se dit d’une invitation'),
  ]);
  expect(await refused(INVITATION.replace('les-outils', 'Les outils !'))).toEqual([
    expect.stringContaining('7: Un identifiant s’écrit'),
  ]);
  expect(await refused(INVITATION.replace('échéance: 2027-01-14 14:00', "récurrence: '0 9 1 * *'"))).toEqual([
    expect.stringContaining('ne se répète pas'),
  ]);
  expect(await refused(INVITATION.replace('canal: webinaire', 'canal: webinaire\nchapô: Tout est là.'))).toEqual([
    expect.stringContaining('« chapô » se dit d’un communiqué'),
  ]);
});

test('a model’s invitation keeps its webinar, which moved with it', async () => {
  const { bundle } = await loadOrRefuse(file(INVITATION));
  const { campaign } = bundle;
  const answers = {
    ...campaign,
    ...campaign.identity,
    slug: 'autre',
    audiences: bundle.audiences.map((a) => a.slug),
    partners: campaign.partners,
    pushes: new Map([['invitation', null]]),
  };
  expect(campaignFromModel(bundle, answers).pushes.map((p) => p.content.webinar)).toEqual(['les-outils']);
  const without = { ...bundle, more: { ...bundle.more, 'webinaires.yaml': [] } };
  expect(campaignFromModel(without, answers).pushes).toEqual([]);
});
