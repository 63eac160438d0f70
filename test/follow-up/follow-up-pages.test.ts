import { beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { answersIn, surveyHouse } from '../surveys/cast.ts';
import { house } from '../web/campaigns/house.ts';
import { visit } from '../web/contacts/visit.ts';
import { linksIn, mailsAbout } from '../webinars/letters-house.ts';
import { madeWebinar } from '../webinars/made-webinar.ts';
import { type Held, heldWebinar } from './followed.ts';

const t = await testDatabase();
// Its pages are read on the day of the tests: that it took place is what somebody said.
const served = house(t);
const campaign = await makeCampaign(t, { k: 20 });
const alice = await visit(served, t.cast.alice);
const bruno = await visit(served, t.cast.bruno);
const david = await visit(served, t.cast.david);
const etranger = await visit(served, t.cast.etranger);

const LETTERS = {
  'ecrire-presents': '1',
  'objet-presents': 'Merci d’être venus',
  'texte-presents': 'Voici **la suite**.',
  'questionnaire-presents': '1',
  'ecrire-absents': '1',
  'objet-absents': 'Ce que vous avez manqué',
  'texte-absents': 'À voir quand vous voulez.',
};
let held: Held;
let suite: string;

beforeAll(async () => {
  held = await heldWebinar(t, campaign.slug, { resources: [] });
  suite = `/campagnes/${campaign.slug}/webinaires/${held.webinar.slug}/suite`;
});

describe('from the recording to what people said', () => {
  test('the page asks for the recording, proposes a survey and both letters, with how many each reaches', async () => {
    const { status, text } = await alice.get(suite);
    expect(status).toBe(200);
    for (const words of [
      'Leur écrire : 25 personnes de votre organisation, environ 20 chez les autres',
      'Leur écrire : 3 personnes de votre organisation, moins de 20 chez les autres',
      '1 présence reste à vérifier dans votre organisation',
      'Merci d’avoir suivi « Les outils, pour de vrai »',
      'Vous aviez demandé à suivre « Les outils, pour de vrai »',
    ])
      expect(text).toContain(words);
  });

  test('the recording takes an address and nothing else', async () => {
    expect((await alice.post(`${suite}/replay`, { replay: 'javascript:alert(1)' })).status).toBe(422);
    expect(await alice.post(`${suite}/replay`, { replay: 'https://video.example/1' })).toMatchObject({
      status: 303,
      location: suite,
    });
    expect((await alice.get(suite)).text).toContain('https://video.example/1');
  });

  test('a survey without a question comes back with its message; with one it is kept', async () => {
    const typed = { title: 'Votre avis', introduction: '', closesOn: '2027-02-30' };
    const refused = await alice.post(`${suite}/questionnaire`, typed);
    expect(refused.status).toBe(422);
    for (const words of ['Posez au moins une question.', 'Donnez une date qui existe.'])
      expect(refused.text).toContain(words);
    const kept = { ...typed, closesOn: '2027-02-28', questions: 'satisfaction', comment: '1' };
    expect((await alice.post(`${suite}/questionnaire`, kept)).status).toBe(303);
    expect((await alice.get(suite)).text).toContain('value="2027-02-28"');
  });

  test('the letters are read before they leave; reading them writes nothing', async () => {
    const empty = await alice.post(`${suite}/lettres`, { ...LETTERS, 'objet-absents': '', geste: 'apercu' });
    expect([empty.status, empty.text.includes('href="#champ-objet-absents"')]).toEqual([422, true]);
    expect((await alice.post(`${suite}/lettres`, { geste: 'envoyer' })).text).toContain('Choisissez à qui écrire.');
    const { status, text } = await alice.post(`${suite}/lettres`, { ...LETTERS, geste: 'apercu' });
    expect(status).toBe(200);
    for (const words of [
      'Bonjour Camille Exemple,',
      '<strong>la suite</strong>',
      'Revoir le webinaire',
      'lettre@opco.example',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain(' style=');
    expect(await mailsAbout(t, held.webinar)).toEqual([]);
  });

  test('sent, they are said to whom, and the outbox is woken; a second time there is nobody left', async () => {
    const sent = await alice.post(`${suite}/lettres`, { ...LETTERS, geste: 'envoyer' });
    expect(sent).toMatchObject({ status: 303, location: suite });
    expect(served.woken).toContainEqual({ kind: 'outbox' });
    expect(await mailsAbout(t, held.webinar)).toHaveLength(54);
    expect((await alice.get(suite)).text).toContain('Les lettres sont parties.');
    expect((await alice.post(`${suite}/lettres`, { ...LETTERS, geste: 'envoyer' })).status).toBe(409);
  });

  test('a person answers from the letter, and the page draws what was said', async () => {
    const [mail] = (await mailsAbout(t, held.webinar)).filter((m) => m.subject === 'Merci d’être venus');
    const path = new URL(linksIn(mail?.text ?? '').find((l) => l.includes('/questionnaires/')) ?? '').pathname;
    const visitors = surveyHouse(t);
    // While it is open, answers are told five by five, the last five kept back.
    for (const n of [5, 5, 4, 4, 2, 1, 1, 1, 1, 1])
      await visitors.post(path, { satisfaction: String(n), comment: `Note ${n}` });
    const { text } = await alice.get(suite);
    for (const words of [
      '4 sur 5 en moyenne, sur 5 réponses.',
      '10 réponses sur environ 50 personnes, 20 %',
      'Note 2',
      '<svg',
    ])
      expect(text).toContain(words);
    const partner = (await bruno.get(suite)).text;
    expect(partner).toContain('4 sur 5 en moyenne');
    for (const untold of ['Note 2', 'Relire les lettres', 'Enregistrer l’adresse'])
      expect(partner).not.toContain(untold);
  });

  test('closing is asked twice, then nobody answers', async () => {
    expect((await alice.get(`${suite}/cloture`)).text).toContain('il ne peut pas être rouvert');
    expect((await alice.post(`${suite}/cloture`, {})).status).toBe(303);
    expect((await alice.get(suite)).text).toContain('questionnaire clos');
  });
});

test('an evaluator reads figures and forms nothing, a partner sends nothing, a stranger finds nothing', async () => {
  const read = await david.get(suite);
  expect([read.status, read.text.includes('Les chiffres de ce webinaire')]).toEqual([200, true]);
  expect(read.text).not.toContain('Enregistrer l’adresse');
  for (const [path, fields] of [
    ['/replay', { replay: '' }],
    ['/questionnaire', { title: 'x', questions: 'usage' }],
    ['/lettres', { ...LETTERS, geste: 'envoyer' }],
    ['/cloture', {}],
  ] as const) {
    expect((await bruno.post(suite + path, fields)).status).toBe(403);
    expect((await david.post(suite + path, fields)).status).toBe(403);
    expect((await etranger.post(suite + path, fields)).status).toBe(404);
  }
  expect((await etranger.get(suite)).status).toBe(404);
  expect(await answersIn(t, 0)).toEqual([]);
});

test('before it is held the page says what comes first', async () => {
  const coming = await madeWebinar(t, campaign.slug);
  const { text } = await alice.get(`/campagnes/${campaign.slug}/webinaires/${coming.slug}/suite`);
  expect(text).toContain('Rien ne s’écrit avant qu’il ait eu lieu.');
  expect(text).not.toContain('Relire les lettres');
});

test('in the report of the campaign: the webinar, who registered, who came, what they say', async () => {
  const { status, text } = await david.get(
    `/campagnes/${campaign.slug}/rapport/webinaires?du=2026-11-02&au=2027-02-01`,
  );
  expect(status).toBe(200);
  for (const words of [
    'Les webinaires',
    'Les outils, pour de vrai',
    'Qui est venu',
    'ni par canal ni par type de relais',
  ])
    expect(text).toContain(words);
});
