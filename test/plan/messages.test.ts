import { expect, test } from 'vitest';
import { messageOf } from '../../src/plan/message-file.ts';

const file = (body: string, header = 'sujet: L’outil GEPP') =>
  messageOf('messages/gepp.md', 'gepp', `---\n${header}\n---\n\n# Terrain\n\n${body}`);

test('every format has its heading, and the shape of what is under it is kept', () => {
  const { value, problems } = file(`## Titre

Un outil
en ligne

## Post LinkedIn

Un outil.

#GEPP

## E-mail type

Objet : Un outil

Bonjour,

Voici **tout**.

## Diapositive

L’outil
- Trois profils
- Gratuit

## Trame de rendez-vous

- Demandez.
- Montrez.

## Discours de 30 secondes

Vous recrutez ?

## FAQ

Q : Pour qui ?
R : Pour tous.
`);
  expect(problems).toEqual([]);
  expect(value?.wordings.terrain).toEqual({
    titre: 'Un outil en ligne',
    post: 'Un outil.\n\n#GEPP',
    email: 'Objet : Un outil\n\nBonjour,\n\nVoici **tout**.',
    diapositive: 'L’outil\n- Trois profils\n- Gratuit',
    rendez_vous: '- Demandez.\n- Montrez.',
    discours: 'Vous recrutez ?',
    faq: 'Q : Pour qui ?\nR : Pour tous.',
  });
});

test('older files say « Post », or « Post pour les réseaux sociaux »: it is the LinkedIn post', () => {
  for (const name of ['Post', 'Post pour les réseaux sociaux'])
    expect(file(`## ${name}\n\nUn outil.`).value?.wordings.terrain).toEqual({ post: 'Un outil.' });
});

test('days are in the header, and wrong ones are told at their line', () => {
  const header = 'sujet: L’outil\nvalable du: 2026-12-01\nvalable jusqu’au: 2026-12-31\npourquoi: Le salon';
  expect(file('## Titre\n\nUn outil', header).value).toMatchObject({
    validFrom: '2026-12-01',
    validTo: '2026-12-31',
    note: 'Le salon',
  });
  const wrong = file('## Titre\n\nUn outil', 'sujet: L’outil\nvalable du: 2026-02-30');
  expect(wrong.problems).toMatchObject([{ line: 3, message: expect.stringContaining('un jour qui existe') }]);
});

test('a shape that is wrong is told at its heading', () => {
  expect(file('## Titre\n\nUn outil\n\n## E-mail type\n\nBonjour').problems).toMatchObject([
    { line: 11, message: expect.stringContaining('« Objet : … »') },
  ]);
  expect(file('## Titre\n\nUn outil\n\n## Postt\n\nUn outil').problems).toMatchObject([
    { line: 11, message: expect.stringContaining('post LinkedIn') },
  ]);
});
