import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { visible } from './sanitise.ts';

/** Letters on paper and in pictures: what our fonts can draw, and how much room it takes. Sizes and widths in points. */

const FILES = {
  title: 'bricolage-grotesque/files/bricolage-grotesque-#-800-normal.woff',
  name: 'bricolage-grotesque/files/bricolage-grotesque-#-700-normal.woff',
  text: 'atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-#-400-normal.woff',
  strong: 'atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-#-700-normal.woff',
};
export type Face = keyof typeof FILES;
/** Each face comes in two files: most of French is in the first, « Łódź » needs the second. */
const PARTS = ['latin', 'latin-ext'] as const;
type Part = (typeof PARTS)[number];
type Cut = { part: Part; bytes: Buffer; font: Font };

/** Large letters stand closer to one another; in ems. */
export const TRACKING: Record<Face, number> = { title: -0.02, name: -0.005, text: 0, strong: 0 };

const require = createRequire(import.meta.url);
const opened = new Map<Face, Cut[]>();

function cutsOf(face: Face): Cut[] {
  let cuts = opened.get(face);
  if (!cuts) {
    cuts = PARTS.map((part) => {
      const bytes = readFileSync(require.resolve(`@fontsource/${FILES[face].replace('#', part)}`));
      return { part, bytes, font: create(bytes) };
    });
    opened.set(face, cuts);
  }
  return cuts;
}

const cutFor = (face: Face, character: string): Cut | undefined =>
  cutsOf(face).find(({ font }) => font.hasGlyphForCodePoint(character.codePointAt(0)!));

/** The file of a face, to put into a document under the name `face-part`. */
export const fontFile = (face: Face, part: Part): Buffer => cutsOf(face).find((cut) => cut.part === part)!.bytes;

const GAP = '\u00a0';

/**
 * The text as it can be drawn: nothing invisible, no picture letter, no letter of a script our fonts do not know (a square
 * in its place says less than nothing), on one line, French punctuation tied to its word. May come back empty.
 */
export function drawable(text: string): string {
  const composed = visible(text.normalize('NFC')).replace(/[\u2010\u2011]/g, '-');
  const known = [...composed].filter((c) => /\s/.test(c) || (cutFor('title', c) && cutFor('text', c))).join('');
  return (
    known
      // What is left of « word 🎉 , word »: no hole where a letter was dropped.
      .replace(/[ \t\r\n\u2028\u2029]+/g, ' ')
      .replace(/ (?=[,.…)\]])/g, '')
      .replace(/ (?=[:;!?»%€])/g, GAP)
      .replace(/(?<=\d) (?=\d{3}(?!\d))/g, GAP)
      .replace(/« /g, `«${GAP}`)
      .trim()
  );
}

/** Pieces of a text that one font file can draw, in order. */
export function runsOf(text: string, face: Face): { part: Part; text: string; width: number }[] {
  const runs: { cut: Cut; text: string }[] = [];
  for (const character of text) {
    const last = runs.at(-1);
    // A space stays with the letters before it: both files have one.
    const cut = character === ' ' && last ? last.cut : (cutFor(face, character) ?? cutsOf(face)[0]!);
    if (last?.cut === cut) last.text += character;
    else runs.push({ cut, text: character });
  }
  return runs.map(({ cut, text: piece }) => {
    const { advanceWidth, glyphs } = cut.font.layout(piece);
    return {
      part: cut.part,
      text: piece,
      width: advanceWidth / cut.font.unitsPerEm + glyphs.length * TRACKING[face],
    };
  });
}

/** In ems: times the size, it is in points. */
export const widthOf = (text: string, face: Face): number =>
  runsOf(text, face).reduce((sum, run) => sum + run.width, 0);

/** The letters as the `d` of an SVG path, their baseline starting at x, y: a picture then needs no font at all. */
export function outline(text: string, face: Face, size: number, x: number, y: number): string {
  const paths: string[] = [];
  let at = x;
  for (const { part, text: piece } of runsOf(text, face)) {
    const { font } = cutsOf(face).find((cut) => cut.part === part)!;
    const scale = size / font.unitsPerEm;
    const { glyphs, positions } = font.layout(piece);
    glyphs.forEach((glyph, i) => {
      paths.push(placed(glyph.path.toSVG(), scale, at, y));
      at += positions[i]!.xAdvance * scale + TRACKING[face] * size;
    });
  }
  return paths.join('');
}

/** fontkit writes absolute commands (M L Q C Z), y upwards. */
function placed(path: string, scale: number, x: number, y: number): string {
  let across = false;
  return path.replace(/[A-Z]|-?\d+(?:\.\d+)?(?:e-?\d+)?/g, (token) => {
    if (/[A-Z]/.test(token)) {
      across = false;
      return token;
    }
    across = !across;
    const value = Number(token) * scale;
    return `${Math.round((across ? x + value : y - value) * 100) / 100} `;
  });
}
