import type { Identity } from '../campaigns/schema.ts';
import { contrast, isColour, PAPERS, readableOn } from './ui/tint.ts';

/** A colour that cannot be read where it is used, in words, and the nearest one that can (WCAG 2.2, 1.4.3). */
export type ColourAdvice = { field: 'colour' | 'accent'; message: string; nearest: string };

const RATIO = 4.5;
const WHITE = '#ffffff';

/**
 * What the two colours of a campaign lack. Pages and messages move such a colour to a readable shade by themselves: the
 * advice is there so that nobody discovers it on the screen of somebody else.
 */
export function adviceOn({ colour, accent }: Pick<Identity, 'colour' | 'accent'>): ColourAdvice[] {
  const uses = [
    {
      field: 'colour',
      value: colour,
      ground: WHITE,
      where: 'Le nom de la campagne, écrit en blanc sur cette couleur,',
    },
    { field: 'accent', value: accent, ground: PAPERS.light, where: 'Un lien de cette couleur, sur le papier clair,' },
  ] as const;
  return uses.flatMap(({ field, value, ground, where }) => {
    // What is no colour at all is for the schema to say.
    if (!isColour(value)) return [];
    const ratio = contrast(value, ground);
    if (ratio >= RATIO) return [];
    const nearest = readableOn(value, ground);
    return [
      {
        field,
        nearest,
        message: `${where} se lirait mal : contraste de ${shown(ratio)} pour 1, il en faut 4,5. La nuance lisible la plus proche est ${nearest}.`,
      },
    ];
  });
}

/** Rounded down: 4,49 must not be told as enough. */
const shown = (ratio: number): string => (Math.floor(ratio * 10) / 10).toFixed(1).replace('.', ',');
