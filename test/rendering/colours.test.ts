import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrast, hexColour, readableOn } from '../../src/rendering/colours.ts';

const colour = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`);

test('contrast is the ratio of WCAG 2.2', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('A11Y-20: any colour becomes readable on any background, at 4.5 to 1', () => {
  fc.assert(
    fc.property(colour, colour, (c, background) => contrast(readableOn(c, background), background) >= 4.5),
    { numRuns: 2000 },
  );
});

test('a colour that can be read already is kept, another keeps its hue', () => {
  expect(readableOn('#16324f', '#ffffff')).toBe('#16324f');
  expect(readableOn('#e4572e', '#ffffff')).toMatch(/^#[b-d]\w[3-5]\w[0-4]\w$/);
});

test('only a hexadecimal colour is a colour', () => {
  expect(hexColour('#ABC', '#000000')).toBe('#aabbcc');
  for (const text of ['red', '#12345', 'url(x)', '#123456;x', '']) expect(hexColour(text, '#010203')).toBe('#010203');
});
