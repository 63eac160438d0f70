import { Resvg } from '@resvg/resvg-js';
import { fitTitle, type Sizes } from './fit-text.ts';
import { drawable, type Face, outline } from './lettering.ts';
import { paintOf } from './paint.ts';

export type ShareCard = { title: string; tagline: string; colour: string; accent: string; partners: string[] };

const WIDTH = 1200;
const HEIGHT = 630;
const MARGIN = 76;
const french = new Intl.ListFormat('fr', { type: 'conjunction' });

/**
 * The picture a shared link shows (Open Graph): PNG, 1200 × 630. Its letters are outlines, so that it looks the same on
 * a machine without any font. Any text fits; letters no font of ours has are left out.
 */
export function shareCard({ title, tagline, colour, accent, partners }: ShareCard): Buffer {
  const paint = paintOf(colour, accent);
  const names = partners.map(drawable).filter(Boolean);
  const waves = Array.from(
    { length: 9 },
    (_, i) =>
      `<circle cx="${WIDTH}" cy="${HEIGHT}" r="${150 + i * 62}" fill="none" stroke="${paint.ornament}" stroke-width="${26 - i * 2.4}"/>`,
  ).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}"><path fill="${paint.field}" d="M0 0h${WIDTH}v${HEIGHT}H0z"/>${waves}<circle cx="${WIDTH}" cy="${HEIGHT}" r="92" fill="${paint.fieldMark}"/><g fill="${paint.fieldInk}">${[
    // Networks cut the edges and show it small: few words, large, far from the border.
    written(drawable(title) || 'Campagne', 'title', { y: 68, height: 300 }, { max: 104, min: 30, leading: 1.04 }),
    written(drawable(tagline), 'text', { y: 388, height: 92, width: 800 }, { max: 38, min: 22, leading: 1.3 }),
    names.length > 0
      ? written(french.format(names), 'strong', { y: 506, height: 72, width: 800 }, { max: 27, min: 15, leading: 1.3 })
      : '',
  ].join('')}</g></svg>`;
  return new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
}

function written(
  text: string,
  face: Face,
  { y, height, width = WIDTH - 2 * MARGIN }: { y: number; height: number; width?: number },
  sizes: Sizes,
): string {
  if (!text) return '';
  const { lines, size, lineHeight } = fitTitle(text, face, { width, height }, sizes);
  return lines
    .map(
      (line, i) =>
        `<path d="${outline(line, face, size, MARGIN, y + i * lineHeight + (lineHeight - size) / 2 + size * 0.79)}"/>`,
    )
    .join('');
}
