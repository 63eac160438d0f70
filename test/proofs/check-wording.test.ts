import { describe, expect, test } from 'vitest';
import { folded } from '../../src/proofs/check-schema.ts';
import { checkGlossary, checkOldWordings, outdatedIn } from '../../src/proofs/check-wording.ts';
import { GLOSSARY } from '../../src/proofs/glossary.ts';
import { letterOf, run, text, withBlocks } from './check-cast.ts';

const words = (sentence: string): string[] => outdatedIn(sentence).map((f) => f.written);

test.each([
  ['Votre conseiller Pôle emploi vous aide.', 'Pôle emploi', 'France Travail'],
  ['Votre conseiller POLE-EMPLOI vous aide.', 'POLE-EMPLOI', 'France Travail'],
  ['Demandez à votre OPCA.', 'OPCA', 'OPCO (opérateur de compétences)'],
  ['L’OPCAIM a financé.', 'OPCAIM', 'OPCO 2i'],
  ['L’Opca Défi a financé.', 'Opca Défi', 'OPCO 2i'],
  ['Le FAFIEC et ses branches.', 'FAFIEC', 'Atlas'],
  ['Un dossier de CIF.', 'CIF', 'projet de transition professionnelle (PTP)'],
  ['Utilisez votre DIF.', 'DIF', 'compte personnel de formation (CPF)'],
  ['La Direccte vous reçoit.', 'Direccte', 'DREETS (Drieets en Île-de-France)'],
  ['Votre Fongécif régional.', 'Fongécif', 'Transitions Pro'],
  ['Le FPSPP, puis le Copanef.', 'FPSPP', 'France compétences'],
  ['Soyez référencé au Datadock.', 'Datadock', 'Qualiopi'],
  ['La fiche ROME 3 du métier.', 'ROME 3', 'ROME 4.0'],
  ['Recruter des handicapés.', 'des handicapés', 'personnes en situation de handicap'],
  ['Le plan de formation de 2027.', 'plan de formation', 'plan de développement des compétences'],
  ['L’entretien professionnel est obligatoire.', 'entretien professionnel', 'entretien de parcours professionnel'],
])('« %s »', (sentence, written, now) => {
  expect(outdatedIn(sentence)[0]).toMatchObject({ written, entry: { now } });
});

test.each([
  'Cap emploi et France Travail accompagnent les travailleurs handicapés.',
  'Le contrat de professionnalisation et l’OPCO de votre branche.',
  'Un récif, un fait difficile, un chef actif : rien de périmé.',
  'France Travail (ex-Pôle emploi) a repris les fiches.',
  'L’OPCO 2i, anciennement l’OPCAIM, finance.',
  'Rome 4.0 décrit les métiers.',
  'La cif du fichier', // not in capitals: a word, not the scheme
])('« %s » is of today', (sentence) => {
  expect(words(sentence)).toEqual([]);
});

test('two old names in one sentence are two findings, and a longer name is said once', () => {
  expect(words('Pôle emploi et l’OPCA Transports')).toEqual(['Pôle emploi', 'OPCA Transports']);
});

describe('the glossary itself', () => {
  test('has at least thirty entries, each dated, sourced, and of a form that can be found', () => {
    expect(GLOSSARY.length).toBeGreaterThanOrEqual(30);
    for (const { old, since, source, now } of GLOSSARY) {
      expect(old, 'patterns are compared to folded texts').toBe(folded(old));
      expect(since).toMatch(/^\d{4}(-\d{2}-\d{2})?$/);
      expect(source.length).toBeGreaterThan(5);
      // What it advises is not out of date itself.
      expect(
        outdatedIn(now).map((f) => f.written),
        now,
      ).toEqual([]);
    }
  });

  test('no two entries look for the same word', () => {
    expect(new Set(GLOSSARY.map((e) => e.old)).size).toBe(GLOSSARY.length);
  });
});

test('a finding says the place, since when, by which text, and what to write', async () => {
  const letter = await letterOf(
    withBlocks({ type: 'title', text: 'Recruter' }, text('Avec **Pôle emploi**, trois fois Pôle emploi.')),
  );
  expect(run(checkGlossary, letter)).toEqual([
    {
      code: 'mot_perime',
      level: 'a_voir',
      place: 'Bloc 2 (texte)',
      block: { id: 'b2', n: 2 },
      message: '«\u00a0Pôle emploi\u00a0» ne se dit plus depuis le 01/01/2024 (loi n° 2023-1196 du 18 décembre 2023).',
      remedy: 'Écrivez : France Travail.',
    },
  ]);
});

test('the subject, the resources and the éléments de langage are read too', async () => {
  const letter = await letterOf(
    {
      ...withBlocks({ type: 'resource', resource: 'guide' }, { type: 'key-message', keyMessage: 'gepp' }),
      resources: { guide: { title: 'Guide de la GPEC', summary: 'Un guide.', kind: 'Guide', url: null, formats: [] } },
      keyMessages: { gepp: { paragraphe: 'Parlez-en à votre OPCA.' } },
    },
    () => ({ subject: 'Les métiers de Pôle emploi' }),
  );
  expect(run(checkGlossary, letter).map((f) => [f.place, f.message.slice(2, 14)])).toEqual([
    ['Objet', expect.stringContaining('Pôle emploi')],
    ['Bloc 1 (ressource)', expect.stringContaining('GPEC')],
    ['Bloc 2 (élément de langage)', expect.stringContaining('OPCA')],
  ]);
});

test('a text that repeats a wording replaced since is told, with both versions', async () => {
  const old = {
    slug: 'gepp',
    topic: 'L’outil GEPP',
    text: 'L’outil GEPP aide **chaque entreprise** à préparer ses recrutements de demain.',
    version: 1,
    last: 3,
  };
  const copied = await letterOf(
    withBlocks(text('Bonjour. L’outil GEPP aide chaque entreprise à préparer ses recrutements de demain. Merci.')),
  );
  expect(run(checkOldWordings([old]), copied)).toMatchObject([
    {
      code: 'edl_remplace',
      level: 'a_voir',
      place: 'Bloc 1 (texte)',
      message: expect.stringMatching(/version 1 .*version 3/),
    },
  ]);
  const other = await letterOf(withBlocks(text('L’outil GEPP aide les petites équipes.')));
  expect(run(checkOldWordings([old]), other)).toEqual([]);
});
