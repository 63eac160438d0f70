/** Where things stand on each sheet, in millimetres, and how large letters may be, in points. */
type Box = readonly [x: number, y: number, width: number, height: number];
type Sizes = readonly [max: number, min: number];
export type Place =
  | 'name'
  | 'hashtag'
  | 'title'
  | 'tagline'
  | 'text'
  | 'caption'
  | 'link'
  | 'relayLabel'
  | 'relay'
  | 'partners';

export type Sheet = {
  width: number;
  height: number;
  /** The letters' sizes and the boxes below are for this width; a larger sheet of the same shape scales them. */
  scale: number;
  name: Box;
  hashtag: Box;
  logo: Box;
  /** The coloured field stops before the edge: an office printer leaves a white border, and would cut a full one askew. */
  field: Box;
  title: Box;
  tagline: Box;
  text: Box;
  code: Box;
  caption: Box;
  link: Box;
  relayLabel: Box;
  relay: Box;
  rule: Box;
  partners: Box;
  sizes: Record<Place, Sizes>;
};

const A4: Sheet = {
  width: 210,
  height: 297,
  scale: 1,
  name: [16, 15, 112, 11],
  hashtag: [16, 26, 112, 6],
  logo: [134, 14, 60, 18],
  field: [16, 37, 178, 137],
  title: [28, 48, 154, 88],
  tagline: [28, 141, 96, 24],
  text: [16, 184, 108, 58],
  code: [136, 183, 58, 58],
  caption: [136, 243, 58, 5],
  link: [136, 248.5, 58, 17],
  relayLabel: [16, 247, 108, 5],
  relay: [16, 252.5, 108, 15],
  rule: [16, 271, 178, 0],
  partners: [16, 273.5, 178, 10.5],
  sizes: {
    name: [17, 9],
    hashtag: [12, 8],
    title: [76, 18],
    tagline: [19, 11],
    text: [18, 9],
    caption: [11, 8],
    link: [14, 7.5],
    relayLabel: [10, 10],
    relay: [19, 9],
    partners: [10.5, 7],
  },
};

/**
 * The counter card is 100 × 210 mm, a third of an A4: it fits the stands that counters already have, is handed over the
 * counter as it is, and is read from the top down. A folded card would need folding, and carry everything twice.
 */
const CARD: Sheet = {
  width: 100,
  height: 210,
  scale: 1,
  name: [8, 8, 54, 8.5],
  hashtag: [8, 16.5, 54, 4],
  logo: [64, 8, 28, 12.5],
  field: [8, 23, 84, 92],
  title: [14.5, 29.5, 71, 61],
  tagline: [14.5, 92, 46, 18],
  text: [8, 120, 38, 49],
  code: [50, 119, 42, 42],
  caption: [50, 161.5, 42, 3.5],
  link: [50, 165, 42, 11.5],
  relayLabel: [8, 171, 38, 3.5],
  relay: [8, 177, 84, 11],
  rule: [8, 190.5, 84, 0],
  partners: [8, 192.5, 84, 9.5],
  sizes: {
    name: [11, 7],
    hashtag: [8, 6.5],
    title: [38, 10],
    tagline: [12, 7.5],
    text: [11, 6.5],
    caption: [7, 6],
    link: [9.5, 6],
    relayLabel: [7, 7],
    relay: [13, 6],
    partners: [7.5, 6],
  },
};

export const SHEETS = {
  a4: A4,
  a3: { ...A4, width: 297, height: 420, scale: 297 / 210 },
  carte: CARD,
} satisfies Record<string, Sheet>;
export type PosterFormat = keyof typeof SHEETS;
