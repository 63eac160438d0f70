import { expect, test } from 'vitest';
import { blockSchema } from '../../src/pushes/schema.ts';
import { renderNewsletter } from '../../src/rendering/newsletter.ts';
import { fillSample } from '../../src/rendering/sample.ts';
import { LETTER, variant } from '../rendering/letter.ts';
import { globRoot, SOURCES } from './sources.ts';

const NAMES = globRoot('templates/newsletter/*.mjml').map((path) => path.replace(/^.*\/|\.mjml$/g, ''));
const rendering = SOURCES.filter((s) => s.name.startsWith('rendering/'))
  .map((s) => s.text)
  .join('\n');

test('every template is used, and every template that is used exists', () => {
  const used = [...rendering.matchAll(/\bfill\(\s*'([\w-]+)'/g)].map((m) => m[1]);
  expect(new Set(used)).toEqual(new Set(NAMES));
});

test('the letter of the rendering tests holds every kind of block, so that every template compiles there', () => {
  const kinds = blockSchema.options.map((o) => [...o.shape.type.values][0]);
  expect([...new Set(LETTER.blocks.map((b) => b.type))].sort()).toEqual(kinds.sort());
});

test('every kind of block has its plain-text twin: nothing is said in HTML only (MAIL-40)', async () => {
  const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\d]{5,}/gu));
  const { html, text } = fillSample(await renderNewsletter(variant('operationnel')));
  const shown = words(
    html.replace(/<(style|title|head)[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[^>]+>/g, ' ').replace(/&[a-z]+;|&#\d+;/g, ' '),
  );
  const written = words(text);
  expect([...shown].filter((word) => !written.has(word))).toEqual([]);
});
