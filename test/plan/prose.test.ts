import { expect, test } from 'vitest';
import { unfolded } from '../../src/plan/prose.ts';

test('lines folded by an editor become paragraphs and items again; wanted new lines stay', () => {
  const folded = 'Un texte\nsur deux lignes.\n\n1. **Un**,\n   la suite\n2. Deux\n- trois  \n  vers\\\nfin\n\nAutre.';
  const once = 'Un texte sur deux lignes.\n\n1. **Un**, la suite\n2. Deux\n- trois  \n  vers\\\nfin\n\nAutre.';
  expect(unfolded(folded)).toBe(once);
  expect(unfolded(once)).toBe(once);
});
