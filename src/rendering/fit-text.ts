import { type Face, widthOf } from './lettering.ts';

/** Text set in a box: points throughout. */
export type Fitted = { size: number; lines: string[]; lineHeight: number; height: number };
export type Sizes = { max: number; min: number; leading: number };

/** A word, or a part of one after which a line may end (« Auvergne-Rhône-Alpes », an address); width in ems. */
type Piece = { text: string; width: number; spaced: boolean };

function piecesOf(text: string, face: Face): Piece[] {
  return text
    .split(' ')
    .filter(Boolean)
    .flatMap((word, w) =>
      word
        .split(/(?<=[\p{L}\d][-/])(?=[\p{L}\d])/u)
        .map((part, i) => ({ text: part, width: widthOf(part, face), spaced: w > 0 && i === 0 })),
    );
}

/** A piece wider than the line, cut where the line ends: an eighty-letter word is read all the same. */
function cut(piece: Piece, face: Face, room: number): Piece[] {
  if (piece.width <= room) return [piece];
  const parts: Piece[] = [];
  let text = '';
  for (const letter of piece.text) {
    if (text && widthOf(text + letter, face) > room) {
      parts.push({ text, width: widthOf(text, face), spaced: parts.length === 0 && piece.spaced });
      text = '';
    }
    text += letter;
  }
  return [...parts, { text, width: widthOf(text, face), spaced: parts.length === 0 && piece.spaced }];
}

function linesOf(pieces: readonly Piece[], room: number, space: number): string[] {
  const lines: string[] = [];
  let [line, width] = ['', 0];
  for (const piece of pieces) {
    const gap = piece.spaced ? space : 0;
    if (line && width + gap + piece.width > room) {
      // Read aloud or copied, two lines do not run together; an address cut in two does.
      lines.push(piece.spaced ? `${line} ` : line);
      [line, width] = [piece.text, piece.width];
    } else if (line) {
      line += (piece.spaced ? ' ' : '') + piece.text;
      width += gap + piece.width;
    } else [line, width] = [piece.text, piece.width];
  }
  return line ? [...lines, line] : lines;
}

/** As many lines, all about as long: no single word alone under a full line. */
function balanced(pieces: readonly Piece[], room: number, space: number, lines: string[]): string[] {
  let [low, high, best] = [room / 2, room, lines];
  for (let step = 0; step < 10; step++) {
    const middle = (low + high) / 2;
    const tried = linesOf(pieces, middle, space);
    const narrower = tried.length === lines.length && pieces.every((p) => p.width <= middle);
    if (narrower) [high, best] = [middle, tried];
    else low = middle;
  }
  return best;
}

const STEPS = 60;
const SMALL = /(?<![\p{L}’'])(à|au|aux|ce|chez|dans|de|des|du|en|et|la|le|les|ne|ou|par|pour|sur|un|une) /giu;

type Room = { width: number; height: number };

/**
 * A title as a person would cut it: lines about as long as one another, none that ends on « de » or « la », unless that
 * would make the letters much smaller.
 */
export function fitTitle(text: string, face: Face, box: Room, sizes: Sizes): Fitted {
  const plain = fitText(text, face, box, sizes, true);
  const tied = fitText(text.replace(SMALL, '$1\u00a0'), face, box, sizes, true);
  return tied.size >= plain.size * 0.85 ? tied : plain;
}

/**
 * The largest setting of `text` that the box holds, its words whole where that is possible. A text that even the smallest
 * size cannot hold ends with « … »: it never runs out of its box. `even` balances the lines.
 */
export function fitText(text: string, face: Face, box: Room, { max, min, leading }: Sizes, even = false): Fitted {
  const pieces = piecesOf(text, face);
  const space = widthOf(' ', face);
  const setting = (size: number, breaking: boolean): Fitted | null => {
    const room = box.width / size;
    if (!breaking && pieces.some((p) => p.width > room)) return null;
    const parts = pieces.flatMap((p) => cut(p, face, room));
    const greedy = linesOf(parts, room, space);
    const lineHeight = size * leading;
    if (greedy.length * lineHeight > box.height) return null;
    const lines = even && greedy.length > 1 ? balanced(parts, room, space, greedy) : greedy;
    return { size, lines, lineHeight, height: lines.length * lineHeight };
  };
  const half = (max + min) / 2;
  for (const [from, breaking] of [
    [max, false],
    [half, true],
  ] as const)
    for (let step = 0; step <= STEPS; step++) {
      const found = setting(from - ((from - min) * step) / STEPS, breaking);
      if (found) return found;
    }
  return shortened(pieces, face, box, min, leading);
}

function shortened(pieces: Piece[], face: Face, box: Room, size: number, leading: number): Fitted {
  const room = box.width / size;
  const lineHeight = size * leading;
  const all = linesOf(
    pieces.flatMap((p) => cut(p, face, room)),
    room,
    widthOf(' ', face),
  );
  const lines = all.slice(0, Math.max(1, Math.floor(box.height / lineHeight)));
  let last = lines.at(-1)!;
  while (last && widthOf(`${last}…`, face) > room) last = last.slice(0, -1).trimEnd();
  lines[lines.length - 1] = `${last.replace(/[\s,;:.-]+$/u, '')}…`;
  return { size, lines, lineHeight, height: lines.length * lineHeight };
}
