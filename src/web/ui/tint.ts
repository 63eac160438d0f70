/*
 * Colours that organisations choose, made readable. Pure: two hexadecimal colours in, a stylesheet out.
 */

/** The two papers of base.css, on which tinted text stands. */
export const PAPERS = { light: '#f8f4ec', dark: '#12161d' } as const;

const channels = (hex: string): [number, number, number] =>
  [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as [number, number, number];
const toHex = (rgb: readonly number[]): string =>
  `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;

/** WCAG 2.2 relative luminance. */
export function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((c) => {
    const v = c / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast ratio, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The nearest colour, towards black or white, that reaches `ratio` on `paper`. */
export function readableOn(colour: string, paper: string, ratio = 4.6): string {
  const target = luminance(paper) > 0.4 ? 0 : 255;
  const rgb = channels(colour);
  for (let step = 0; step <= 20; step++) {
    const tried = toHex(rgb.map((c) => c + ((target - c) * step) / 20));
    if (contrast(tried, paper) >= ratio) return tried;
  }
  return target === 0 ? '#000000' : '#ffffff';
}

export const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

/** Overrides the two tinted tokens of base.css. */
export function tintCss(colour: string, accent: string): string {
  const pair = (c: string) => `light-dark(${readableOn(c, PAPERS.light)},${readableOn(c, PAPERS.dark)})`;
  const band = readableOn(colour, '#ffffff');
  return `:root{--tint:${pair(colour)};--tint-band:${band};--signal:${pair(accent)};--signal-ink:light-dark(#fff,#12161d)}`;
}
