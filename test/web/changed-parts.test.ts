import { expect, test } from 'vitest';
import type { Block } from '../../src/pushes/schema.ts';
import { changedParts, picturesIn } from '../../src/web/changed-parts.ts';

const blocks = [
  { id: 'b1', type: 'title', text: 'Trois outils' },
  { id: 'b2', type: 'text', markdown: 'Ils sont **gratuits**, et ils servent tous les jours.' },
] as Block[];
const said = (before: string, after: string) =>
  changedParts(before, after, blocks)?.map((p) => [
    p.kind,
    p.block,
    p.changes.map((c) => ({ same: c.text, added: `+${c.text}`, removed: `-${c.text}` })[c.kind]).join('|'),
  ]);

test('the same text, whatever its blanks and rules, has not changed', () => {
  expect(said('Un titre\n=======\n\nTexte.', 'Un titre\n=====\n\n\n\nTexte.\n\n---')).toEqual([]);
});

test('a paragraph that was changed is told word by word, with the block it stands in', () => {
  expect(said('Ils sont gratuits, et servent.', 'Ils sont gratuits, et ils servent tous les jours.')).toEqual([
    ['modifié', 'b2', expect.stringMatching(/Ils sont gratuits, et \|\+ils \|servent\|\+ tous les jours\|\./)],
  ]);
});

test('added, removed, and replaced by something else are told apart', () => {
  expect(said('Premier.\n\nDernier.', 'Premier.\n\nTrois outils\n\nDernier.')).toEqual([
    ['ajouté', 'b1', '+Trois outils'],
  ]);
  expect(said('Premier.\n\nAu milieu.\n\nDernier.', 'Premier.\n\nDernier.')).toEqual([['retiré', null, '-Au milieu.']]);
  expect(said('Rendez-vous à Lyon mardi.', 'Écrivez-nous.')?.map(([kind]) => kind)).toEqual(['ajouté', 'retiré']);
});

test('what did not change is cut short around what did', () => {
  const long = 'mot '.repeat(400);
  const [part] = changedParts(`${long}avant.`, `${long}après.`, []) ?? [];
  expect(part?.changes[0]?.text.length).toBeLessThan(200);
  expect(part?.changes[0]?.text).toContain('[…]');
});

test('texts too long and too different to be compared take no page down', () => {
  const words = (seed: number) =>
    Array.from({ length: 6_000 }, (_, i) => `Phrase ${(i * seed) % 7919} ${i % seed}.`).join('\n\n');
  const start = performance.now();
  changedParts(words(31), words(37), []);
  expect(performance.now() - start).toBeLessThan(5_000);
});

test('the images of a message, with what they say', () => {
  expect(picturesIn('<p>x</p><img width="1" src="/a.png" alt="Un chantier"><img alt="" src="/b.png">')).toEqual([
    { src: '/a.png', alt: 'Un chantier' },
    { src: '/b.png', alt: '' },
  ]);
});
