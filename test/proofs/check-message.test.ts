import { describe, expect, test } from 'vitest';
import {
  checkOwedLinks,
  checkPicturesOnly,
  checkSubject,
  checkTwin,
  checkWeight,
} from '../../src/proofs/check-message.ts';
import { variant } from '../rendering/letter.ts';
import { codes, letterOf, page, run, text, withBlocks } from './check-cast.ts';

const WORDS =
  'Les métiers de la fibre recrutent, et les entreprises cherchent comment former leurs équipes sur place. ';

describe('the subject', () => {
  const judged = async (subject: string) => run(checkSubject, await letterOf({}, () => ({ subject })));

  test('one sentence passes, with a symbol too', async () => {
    expect(await judged('Recruter et garder ses raccordeurs')).toEqual([]);
    expect(await judged('📣 Recruter et garder ses raccordeurs')).toEqual([]);
    expect(await judged('GEPP : trois outils prêts')).toEqual([]);
  });

  test.each([
    ['', 'bloquant objet_vide'],
    ['📣 🎉', 'bloquant objet_sans_mot'],
    ['Re: votre demande', 'bloquant objet_fausse_reponse'],
    ['RE : votre demande', 'bloquant objet_fausse_reponse'],
    ['Fwd: à lire', 'bloquant objet_fausse_reponse'],
    ['TR: à lire', 'bloquant objet_fausse_reponse'],
    ['RECRUTEZ VOS RACCORDEURS', 'a_voir objet_capitales'],
    [`Recruter ${'et former '.repeat(9)}ses raccordeurs`, 'a_voir objet_long'],
  ])('« %s » : %s', async (subject, expected) => {
    const found = await judged(subject);
    expect(codes(found)).toEqual([expected]);
    expect(found[0]).toMatchObject({ place: 'Objet', remedy: expect.stringMatching(/\.$/) });
  });

  test('a word that begins like an answer is a word', async () => {
    expect(await judged('Recommandations : trois pistes')).toEqual([]);
    expect(await judged('Tremplin : trois pistes')).toEqual([]);
  });
});

describe('the weight, once links are rewritten (MAIL-41)', () => {
  const long = (times: number) => letterOf(withBlocks(...Array.from({ length: times }, () => text(WORDS.repeat(70)))));

  test('a usual letter passes, 80 KB is to be looked at, 100 KB blocks', async () => {
    expect(run(checkWeight, await letterOf())).toEqual([]);
    expect(run(checkWeight, await long(10))).toMatchObject([{ code: 'poids', level: 'a_voir', place: 'Message' }]);
    expect(run(checkWeight, await long(14))).toMatchObject([
      { code: 'poids', level: 'bloquant', remedy: expect.stringContaining('Retirez des blocs') },
    ]);
  });

  test('what counts is the tracked link that leaves, not the long address behind it', async () => {
    const url = `https://www.constructys.fr/?${'a'.repeat(1_500)}`;
    const letter = await letterOf(
      withBlocks(...Array.from({ length: 50 }, (_, i) => ({ type: 'button', label: `Fiche ${i}`, url: `${url}${i}` }))),
    );
    expect(run(checkWeight, letter)).toEqual([]);
    expect(codes(run(checkWeight, letter, 'direct'))).toEqual(['bloquant poids']);
  });
});

describe('the plain-text twin (MAIL-40)', () => {
  test('the same links as the page', async () => {
    expect(run(checkTwin, await letterOf())).toEqual([]);
  });

  test('the page of a controller is the same link, however it was typed', async () => {
    const { organisation } = variant('terrain');
    const letter = await letterOf({
      organisation: { ...organisation, privacyContact: 'https://Donnees.constructys.example' },
    });
    expect(letter.rendered.html).toContain('href="https://donnees.constructys.example/"');
    expect(run(checkTwin, letter)).toEqual([]);
  });

  test('without it, the message does not leave', async () => {
    expect(codes(run(checkTwin, await letterOf({}, () => ({ text: ' \n' }))))).toEqual(['bloquant texte_absent']);
  });

  test.each([
    [
      'that the text has lost',
      (letter: { html: string; text: string }) => ({ text: letter.text.replaceAll('{{link:1}}', '') }),
    ],
    [
      'that the page has lost',
      (letter: { html: string; text: string }) => ({ html: letter.html.replaceAll('{{link:1}}', '#') }),
    ],
  ])('a link %s blocks, by its name', async (_, spoil) => {
    const found = run(checkTwin, await letterOf({}, spoil));
    expect(found).toMatchObject([{ code: 'texte_liens', level: 'bloquant', place: 'Mise en page' }]);
  });
});

describe('what the law wants in every message (PRV-06)', () => {
  test('the compiled letter has all three', async () => {
    expect(run(checkOwedLinks, await letterOf())).toEqual([]);
  });

  test.each([
    ['{{unsubscribe}}', 'desinscription_absente'],
    ['{{preferences}}', 'preferences_absentes'],
    ['https://lettre.afdas.example/confidentialite/essentiels-infranum', 'confidentialite_absente'],
  ])('without %s, it does not leave', async (link, code) => {
    const fromPage = await letterOf({}, ({ html }) => ({ html: html.replaceAll(link, '#') }));
    const fromText = await letterOf({}, (letter) => ({ text: letter.text.replaceAll(link, '') }));
    expect(codes(run(checkOwedLinks, fromPage))).toEqual([`bloquant ${code}`]);
    expect(codes(run(checkOwedLinks, fromText))).toEqual([`bloquant ${code}`]);
  });

  test('an unsubscribe link in a comment is none', async () => {
    const letter = await letterOf(
      {},
      page(
        /<a href="\{\{unsubscribe\}\}"([\s\S]*?)<\/a>/g as unknown as RegExp,
        '<!-- <a href="{{unsubscribe}}">x</a> -->',
      ),
    );
    expect(codes(run(checkOwedLinks, letter))).toEqual(['bloquant desinscription_absente']);
  });
});

describe('a message that is a picture (A11Y-20)', () => {
  const image = { type: 'image', src: '/fichiers/essentiels/affiche.png', alt: 'L’affiche de la journée' };

  test('alone, it blocks', async () => {
    expect(run(checkPicturesOnly, await letterOf(withBlocks(image, text('Bonne lecture !'))))).toMatchObject([
      { code: 'image_seule', level: 'bloquant', remedy: expect.stringContaining('bloc de texte') },
    ]);
  });

  test('among words, it passes', async () => {
    expect(run(checkPicturesOnly, await letterOf(withBlocks(image, text(WORDS))))).toEqual([]);
    expect(run(checkPicturesOnly, await letterOf(withBlocks(text('Bonne lecture !'))))).toEqual([]);
  });
});
