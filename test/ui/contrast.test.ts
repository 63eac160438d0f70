import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrast, PAPERS, readableOn, tintCss } from '../../src/web/ui/tint.ts';

const css = readFileSync(new URL('../../src/web/ui/base.css', import.meta.url), 'utf8');

/** `--name: light-dark(#a, #b)` of the stylesheet, for one palette. */
function palette(index: 0 | 1): Record<string, string> {
  const found = css.matchAll(/--([\w-]+):light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)/g);
  return Object.fromEntries([...found].map(([, name, light, dark]) => [name, (index === 0 ? light : dark) ?? '']));
}

const TEXT_ON = [
  ...['ink', 'soft', 'signal', 'institutionnel', 'operationnel', 'terrain', 'ok', 'bad'].flatMap((c) => [
    [c, 'paper'],
    [c, 'sheet'],
  ]),
  ...['ink', 'soft'].flatMap((c) => [
    [c, 'signal-wash'],
    [c, 'ok-wash'],
    [c, 'bad-wash'],
  ]),
  ['signal-ink', 'signal'],
  ['paper', 'ink'],
  ['paper', 'bad'],
] as [string, string][];
/** Borders of fields, bursts not yet sent, focus on every ground. */
const GRAPHICS_ON = [
  ['field', 'paper'],
  ['field', 'sheet'],
  ['signal', 'signal-wash'],
  ['signal', 'bad-wash'],
] as [string, string][];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the %s palette', (name, index) => {
  const tokens = palette(index);
  const ratio = (a: string, b: string) => {
    expect(tokens[a], a).toBeDefined();
    expect(tokens[b], b).toBeDefined();
    return contrast(tokens[a] ?? '', tokens[b] ?? '');
  };

  test.each(TEXT_ON)('%s can be read on %s (A11Y-05: 4.5:1)', (a, b) => {
    expect(ratio(a, b)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(GRAPHICS_ON)('%s can be seen on %s (A11Y-05: 3:1)', (a, b) => {
    expect(ratio(a, b)).toBeGreaterThanOrEqual(3);
  });

  test('stands on the paper that campaign tints are measured against', () => {
    expect(tokens.paper).toBe(PAPERS[name]);
  });
});

test('the wave behind a title leaves the text over it readable', () => {
  for (const index of [0, 1] as const) {
    const { paper = '', signal = '', soft = '', ink = '' } = palette(index);
    const mix = (i: number) =>
      Math.round(
        Number.parseInt(paper.slice(i, i + 2), 16) * 0.86 + Number.parseInt(signal.slice(i, i + 2), 16) * 0.14,
      );
    const wave = `#${[1, 3, 5].map((i) => mix(i).toString(16).padStart(2, '0')).join('')}`;
    expect(contrast(soft, wave)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(ink, wave)).toBeGreaterThanOrEqual(4.5);
  }
});

test('whatever colours a campaign chooses, its pages can be read on both palettes (A11Y-06)', () => {
  const colour = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`);
  fc.assert(
    fc.property(colour, (c) => {
      for (const paper of Object.values(PAPERS))
        expect(contrast(readableOn(c, paper), paper)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(readableOn(c, '#ffffff'), '#ffffff')).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

test('a colour that is readable already is kept as it was chosen', () => {
  expect(readableOn('#0f6b6b', PAPERS.light)).toBe('#0f6b6b');
  expect(tintCss('#0f6b6b', '#e8b11a')).toContain('--tint-band:#0f6b6b');
});
