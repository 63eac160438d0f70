/** Colours of a message: those people chose, made readable (WCAG 2.2, 1.4.3). All are `#rrggbb`, opaque. */

const WHITE = '#ffffff';
const BLACK = '#000000';

/** `#abc` or `#aabbcc` as `#aabbcc`; the fallback for anything else, so that nothing but a colour enters a style. */
export function hexColour(text: string, fallback: string): string {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim());
  if (short)
    return `#${short
      .slice(1)
      .map((c) => c + c)
      .join('')}`.toLowerCase();
  return /^#[0-9a-f]{6}$/i.test(text.trim()) ? text.trim().toLowerCase() : fallback;
}

const channels = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours, from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** `from`, moved by this share (0 to 1) of the way to `to`. */
export const mix = (from: string, to: string, share: number): string => {
  const target = channels(to);
  return `#${channels(from)
    .map((c, i) =>
      Math.round(c + (target[i]! - c) * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
};

/** The colour itself when it can be read on every background, else its nearest shade that can. */
export function readableOn(colour: string, background: string | readonly string[], ratio = 4.5): string {
  const backgrounds = typeof background === 'string' ? [background] : background;
  const worst = (c: string) => Math.min(...backgrounds.map((b) => contrast(c, b)));
  const towards = worst(BLACK) >= worst(WHITE) ? BLACK : WHITE;
  for (let step = 0; step < 20; step++) {
    const shade = mix(colour, towards, step / 20);
    if (worst(shade) >= ratio) return shade;
  }
  return towards;
}
