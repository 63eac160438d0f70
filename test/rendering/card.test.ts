import { expect, test } from 'vitest';
import { type ShareCard, shareCard } from '../../src/rendering/share-card.ts';
import { drawn, hexAt, type Picture } from './paper.ts';

const card = (changes: Partial<ShareCard> = {}): ShareCard => ({
  title: 'Les essentiels pour la filière',
  tagline: 'Métiers, compétences, emploi',
  colour: '#1a2f5a',
  accent: '#e8590c',
  partners: ['Constructys', 'AFDAS'],
  ...changes,
});

const seen = (png: Buffer): Picture =>
  drawn(
    `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><image width="1200" height="630" href="data:image/png;base64,${png.toString('base64')}"/></svg>`,
  );
const size = (png: Buffer): [number, number] => [png.readUInt32BE(16), png.readUInt32BE(20)];

/** Whether anything is drawn in these pixels of the picture’s left margin or under its last line. */
const painted = (picture: Picture, [x, y, width, height]: number[], field: string): boolean => {
  for (let dx = 0; dx < width!; dx++)
    for (let dy = 0; dy < height!; dy++) if (hexAt(picture, x! + dx, y! + dy) !== field) return true;
  return false;
};

test('a card is 1200 × 630, in the campaign’s colour, with its title', () => {
  const png = shareCard(card());
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(size(png)).toEqual([1200, 630]);
  const picture = seen(png);
  expect(hexAt(picture, 5, 5)).toBe('#1a2f5a');
  expect(painted(picture, [76, 68, 300, 120], '#1a2f5a')).toBe(true);
  expect(hexAt(picture, 1190, 620)).toBe('#e8590c');
});

test.each([
  ['a title of 300 characters', { title: 'Une longue phrase de campagne '.repeat(10) }],
  ['a word of 80 characters', { title: 'W'.repeat(80), tagline: 'é'.repeat(80) }],
  ['thirty partners', { partners: Array.from({ length: 30 }, (_, i) => `Union nationale ${i}`) }],
  ['markup', { title: '<script>&"\'</script>', tagline: '<image href="file:///etc/passwd"/>' }],
  ['letters of no font', { title: '🎉', tagline: 'كلمة', partners: ['\u202e', ''] }],
])('%s stays inside the margins', (_, changes) => {
  const png = shareCard(card(changes));
  expect(size(png)).toEqual([1200, 630]);
  const picture = seen(png);
  expect(painted(picture, [0, 0, 70, 630], '#1a2f5a')).toBe(false);
  expect(painted(picture, [0, 0, 500, 60], '#1a2f5a')).toBe(false);
  expect(painted(picture, [0, 590, 500, 40], '#1a2f5a')).toBe(false);
});

test('two cards of the same words are the same bytes', () => {
  expect(shareCard(card()).equals(shareCard(card()))).toBe(true);
});
