import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { applySilence } from '../../src/proofs/apply-silence.ts';
import { askedOf } from '../../src/proofs/asked-of.ts';
import { answer, clock, days, missing } from '../proofs/asking.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { content, editPush, type MadePush, makePush, submit, submitAndApprove } from '../support/factories.ts';
import { browser, type House, house } from './campaigns/house.ts';

let t: TestDatabase;
let pv: House;
let push: MadePush;
let signedIn: Record<'alice' | 'bruno', Awaited<ReturnType<typeof browser>>>;
beforeAll(async () => {
  t = await testDatabase();
  pv = house(t);
  signedIn = { alice: await browser(pv, t.cast.alice), bruno: await browser(pv, t.cast.bruno) };
});
const WINDOW = { from: days(2), to: days(9) };
const TIMING = { scheduledAt: days(4), window: WINDOW, answerBy: days(1) };
const letter = (
  first = 'Le texte est prêt, et tout le monde peut le lire avant vendredi.',
  more: Record<string, unknown>[] = [],
) => {
  const { subject, blocks } = content('Bonjour à tous');
  return { subject, blocks: [{ ...blocks[0], markdown: first }, ...blocks.slice(1), ...more] };
};
beforeEach(async () => {
  push = await makePush(t, { push: { ...TIMING, content: letter() } });
});

const url = (part = '/validation') => `/campagnes/${push.campaign}/envois/${push.slug}${part}`;
/** Each signs in once: asking for codes again and again is slowed. */
const alice = () => signedIn.alice;
const bruno = () => signedIn.bruno;
const plain = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0\u202f]+/g, ' ');
const seenBy = async (person: Awaited<ReturnType<typeof browser>>, part?: string) => {
  const { status, text } = await person.get(url(part));
  expect(status).toBe(200);
  return plain(text);
};

describe('what a valideur reads', () => {
  test('nothing is submitted: the page says what will come, and offers no decision', async () => {
    const page = await seenBy(bruno());
    expect(page).toContain('Rien n’est soumis en ce moment');
    expect(page).not.toContain('Valider ce texte');
  });

  test('its own version, the window, the date of answer and what silence does', async () => {
    await submit(t, push.id);
    const page = await seenBy(bruno());
    expect(page).toContain('Ce qui partira sous votre nom');
    expect(page).toContain('du mar. 24 nov., 11 h au mar. 1 déc., 11 h, sans vous être soumis de nouveau');
    expect(page).toContain(
      'Votre réponse est attendue avant le lundi 23 novembre 2026, 11 h. Sans réponse d’ici là, rien ne part',
    );
    expect(page).toContain('Votre silence ne vaut jamais accord.');
    expect(page).not.toContain('Ce qui a changé');
  });

  test('after its yes, first what changed, word by word, block by block, with the terms', async () => {
    await submitAndApprove(t, push.id);
    const more = { id: 'b9', type: 'text', markdown: 'Un paragraphe nouveau pour la branche.', organisations: ['btp'] };
    await editPush(t, push, {
      ...TIMING,
      window: { from: WINDOW.from, to: days(11) },
      content: letter('Le texte est prêt, et chacun peut le lire avant jeudi.', [more]),
    });
    await submit(t, push.id);
    const { text } = await bruno().get(url());
    const page = plain(text);
    expect(page.indexOf('Ce qui a changé depuis votre accord')).toBeLessThan(
      page.indexOf('Ce qui partira sous votre nom'),
    );
    expect(text).toMatch(/<del>[\s\S]*?vendredi[\s\S]*?<\/del>/);
    expect(text).toMatch(/<ins>[\s\S]*?jeudi[\s\S]*?<\/ins>/);
    expect(page).toMatch(/modifié · bloc 1, texte/);
    expect(page).toMatch(/ajouté · bloc 3, texte/);
    expect(page).toMatch(
      /Départ entre le mardi 24 novembre 2026, 11 h et le mardi 1 décembre 2026, 11 h → entre le .* et le jeudi 3 décembre 2026, 11 h/,
    );
    // The lead does not read the block of btp: for it, that one did not change.
    expect(await seenBy(alice())).not.toContain('Un paragraphe nouveau');
  });

  test('what changed is told from the last yes, not from the last request', async () => {
    await submitAndApprove(t, push.id);
    const edit = (first: string) => editPush(t, push, { ...TIMING, content: letter(first) });
    await edit('Le texte est presque prêt, et tout le monde peut le lire avant vendredi.');
    await submit(t, push.id);
    await answer(t, push.id, t.cast.bruno, NOW, { decision: 'changement', comment: 'Non.' });
    await edit('Le texte est bien prêt, et tout le monde peut le lire avant vendredi.');
    await submit(t, push.id);
    const { text } = await bruno().get(url());
    expect(plain(text)).toContain('Ce qui a changé depuis votre accord');
    expect(text).toMatch(/<ins>[\s\S]*?bien/);
    expect(text).not.toContain('presque');
  });

  test('a change that is somebody else’s is not shown to it as its own', async () => {
    await submitAndApprove(t, push.id);
    const theirs = { id: 'b9', type: 'text', markdown: 'Pour l’opco seul.', organisations: ['opco'] };
    await editPush(t, push, { ...TIMING, content: letter(undefined, [theirs]) });
    await submit(t, push.id);
    const page = await seenBy(bruno());
    expect(page).toContain('Votre organisation a validé');
    expect(page).not.toContain('Ce qui a changé');
    expect(page).not.toContain('Pour l’opco seul');
  });

  test('left out for its silence, it reads why it can answer no more', async () => {
    await editPush(t, push, { ...TIMING, silence: 'sans_elle', content: letter() });
    await submit(t, push.id);
    await applySilence(clock(t, days(1)));
    const page = await seenBy(bruno());
    expect(page).toContain('Le délai de réponse est passé');
    expect(page).not.toContain('Valider ce texte');
    expect(await seenBy(alice(), '')).toContain('sans réponse : part sans elle');
  });

  test('a stranger finds no such page, a relay that does not sign no decision', async () => {
    await submit(t, push.id);
    expect((await (await browser(pv, t.cast.etranger)).get(url())).status).toBe(404);
  });
});

describe('asking for a change', () => {
  const ask = async (fields: Record<string, string>) =>
    bruno().post(url(), { vu: await askedOf(t.ctx(t.cast.bruno), push.id), decision: 'changement', ...fields });

  test('on a block: the lead reads it beside that block, until the block has changed', async () => {
    await submit(t, push.id);
    expect((await ask({ 'remarque-b1': 'Jeudi, pas vendredi.' })).status).toBe(303);
    expect(await missing(t, push.id)).toEqual(['btp', 'opco']);
    const lead = alice();
    expect(await seenBy(lead)).toMatch(/Bloc 1, texte Partenaire BTP : « Jeudi, pas vendredi. » à traiter/);
    const { text } = await lead.get(url('/contenu'));
    const block = (id: string, html: string) =>
      plain(html.slice(html.indexOf(`id="${id}"`)).split('<li class="row')[0] ?? '');
    expect(block('b1', text)).toContain('Jeudi, pas vendredi.');
    expect(block('b1', text)).toContain('à traiter');
    expect(block('b2', text)).not.toContain('Jeudi, pas vendredi.');
    expect(await seenBy(lead, '/contenu/blocs/b1')).toContain('Jeudi, pas vendredi.');

    await editPush(t, push, { ...TIMING, content: letter('Le texte est prêt, lisez-le avant jeudi.') });
    expect(block('b1', (await lead.get(url('/contenu'))).text)).toContain('réglée');
    await submit(t, push.id);
    await answer(t, push.id, t.cast.bruno);
    expect(await seenBy(lead)).not.toContain('Ce qui est demandé');
  });

  test('without a word it is refused, and what was typed comes back', async () => {
    await submit(t, push.id);
    const nothing = await ask({ commentaire: '  ' });
    expect(nothing.status).toBe(422);
    expect(plain(nothing.text)).toContain('Dites ce qu’il faut changer.');
    const long = await ask({ commentaire: 'Court', 'remarque-b2': 'x'.repeat(1001) });
    expect(long.status).toBe(422);
    expect(plain(long.text)).toContain('1 000 caractères au plus');
    expect(long.text).toContain('x'.repeat(1001));
    expect(await missing(t, push.id)).toEqual(['btp', 'opco']);
  });

  test('a remark on a block that is not read by its organisation is not kept', async () => {
    const theirs = { id: 'b9', type: 'text', markdown: 'Pour l’opco seul.', organisations: ['opco'] };
    await editPush(t, push, { ...TIMING, content: letter(undefined, [theirs]) });
    await submit(t, push.id);
    expect((await bruno().get(url())).text).not.toContain('remarque-b9');
    expect((await ask({ 'remarque-b9': 'Et ceci ?' })).status).toBe(422);
  });

  test('what is typed is text, whatever it looks like (ASVS 1.2.1)', async () => {
    await submit(t, push.id);
    await ask({ commentaire: '<script>alert(1)</script>', 'remarque-b1': '<img src=x onerror=alert(1)>' });
    for (const part of ['/validation', '/contenu']) {
      const { text } = await alice().get(url(part));
      expect(text).not.toContain('<script>alert');
      expect(text).not.toContain('<img src=x');
    }
  });
});

describe('the settings say what they will ask again', () => {
  const fields = {
    titre: 'La lettre',
    signataires: ['opco', 'btp'],
    repetition: 'jamais',
    phase: 'pendant',
    periode: 'choisie',
    'periode-du': '2026-11-24T11:00',
    'periode-au': '2026-12-01T11:00',
    reponse: '2026-11-23T11:00',
    silence: 'rien_ne_part',
  };
  const save = async (over: Record<string, string>) => {
    const person = alice();
    const { text } = await person.get(url(''));
    const version = /name="version" value="(\d+)"/.exec(text)?.[1] ?? '';
    return person.post(url(''), { ...fields, audience: String(push.input.audience), version, ...over });
  };

  test('inside the window the yes stand; outside, the form comes back and says how', async () => {
    await submitAndApprove(t, push.id);
    expect((await save({ date: '2026-11-28T09:00' })).status).toBe(303);
    expect(await missing(t, push.id)).toEqual([]);
    const out = await save({ date: '2026-12-10T09:00' });
    expect(out.status).toBe(422);
    expect(plain(out.text)).toContain('les signataires devront alors valider de nouveau');
    expect(await missing(t, push.id)).toEqual([]);
    expect(plain((await alice().get(url(''))).text)).toContain(
      'Changer la période, elle, redemande toutes les validations.',
    );
    expect((await save({ date: '2026-11-28T09:00', 'periode-au': '2026-12-02T11:00' })).status).toBe(303);
    expect(await missing(t, push.id)).toEqual(['btp', 'opco']);
  });

  test('a new push is proposed a window around its date, in one sentence', async () => {
    const person = alice();
    const page = await person.get(`/campagnes/${push.campaign}/envois/nouveau`);
    expect(plain(page.text)).toContain('entre ces deux moments, vous déplacez le départ sans rien leur redemander');
    const made = await person.post(`/campagnes/${push.campaign}/envois/nouveau`, {
      titre: 'La suivante',
      canal: 'newsletter',
      audience: String(push.input.audience),
      signataires: ['opco', 'btp'],
      repetition: 'jamais',
      phase: 'pendant',
      date: '2026-12-10T09:00',
      periode: 'proposee',
      silence: 'rien_ne_part',
    });
    expect(made.status).toBe(303);
    const { text } = await person.get(made.location.replace('/contenu', ''));
    expect(text).toContain('value="2026-12-07T08:00"');
    expect(text).toContain('value="2026-12-17T20:00"');
  });

  test.each([
    ['a window with one end', { 'periode-au': '' }, 'Donnez les deux moments'],
    ['an impossible date of answer', { reponse: '2026-02-30T09:00' }, 'une heure qui existent'],
    ['a date of answer that is past', { reponse: '2026-11-20T09:00' }, 'Cette date est passée'],
    [
      'leaving without the silent, with no date',
      { reponse: '', silence: 'sans_elle' },
      'jusqu’à quand elle peut répondre',
    ],
  ])('refused: %s', async (_, over, sentence) => {
    const answer = await save({ date: '2026-11-26T09:00', ...over });
    expect(answer.status).toBe(422);
    expect(plain(answer.text)).toContain(sentence);
  });
});

test('« ce qui vous attend » says by when to answer, the most pressing first', async () => {
  await submit(t, push.id);
  const later = await makePush(t, { push: { title: 'Plus tard', scheduledAt: days(6), answerBy: days(5) } });
  await submit(t, later.id);
  const page = plain((await bruno().get('/')).text);
  expect(page).toContain('Réponse attendue avant lun. 23 nov., 11 h.');
  expect(page.indexOf('lun. 23 nov., 11 h')).toBeLessThan(page.indexOf('« Plus tard »'));
});
