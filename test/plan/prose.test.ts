import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepingLines, unfolded } from '../../src/plan/prose.ts';

test('lines folded by an editor become paragraphs and items again; wanted new lines stay', () => {
  const folded = 'Un texte\nsur deux lignes.\n\n1. **Un**,\n   la suite\n2. Deux\n- trois  \n  vers\\\nfin\n\nAutre.';
  const once = 'Un texte sur deux lignes.\n\n1. **Un**, la suite\n2. Deux\n- trois  \n  vers\nfin\n\nAutre.';
  expect(unfolded(folded)).toBe(once);
});

test('a text written on a screen comes back from a file as it was, whatever its lines', () => {
  const pieces = fc.constantFrom('mot', ' ', '  ', '\\', '\\\\', '\n', '\n\n', '- ', '1. ', '*', 'fin.');
  const texts = fc.array(pieces, { maxLength: 16 }).map((all) => all.join(''));
  fc.assert(fc.property(texts, (text) => unfolded(keepingLines(text)) === text));
});
