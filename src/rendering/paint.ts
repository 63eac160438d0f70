import { contrast, hexColour, mix, readableOn } from './colours.ts';

const WHITE = '#ffffff';
const INK = '#161d27';

/**
 * Colours of a poster, a card or a press release, from the two a campaign chose: a field of its colour with letters that
 * can be read on it (4.5:1, also where an ornament passes under them), and marks on white paper.
 */
export function paintOf(colour: string, accent: string) {
  const field = hexColour(colour, '#1a2330');
  const mark = hexColour(accent, '#c2410c');
  const light = readableOn(WHITE, field) === WHITE;
  // Rather white than black where both would do, as most chosen colours ask; pale ones get the ink.
  const best = light ? WHITE : readableOn(INK, field);
  const [towards, away] = [mix(field, best, 0.12), mix(field, light ? INK : WHITE, 0.12)];
  // Where letters have little contrast to spare, the ornament goes the other way.
  const ornament = contrast(best, towards) >= 4.5 ? towards : away;
  return {
    field,
    fieldInk: readableOn(best, [field, ornament]),
    ornament,
    /** An ornament: seen, never read. */
    fieldMark: readableOn(mark, field, 1.6),
    mark: readableOn(mark, WHITE),
    ink: INK,
    soft: '#4d5866',
    rule: '#c9ced6',
    paper: WHITE,
  };
}
export type Paint = ReturnType<typeof paintOf>;
