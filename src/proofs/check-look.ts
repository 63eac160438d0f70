import { contrast } from '../rendering/colours.ts';
import { type Palette, paletteOf } from '../rendering/palette.ts';
import { whereIs } from './check-blocks.ts';
import { type CheckedVariant, type Finding, quoted, type VariantCheck } from './check-schema.ts';
import { ancestorsOf, coloursAt, type Element, fontSizeOf, pageOf, textsOf } from './check-tree.ts';

/** What the eye needs: contrast in light and in the dark, letters large enough (WCAG 2.2 1.4.3, A11Y-20), nothing hidden (MAIL-45). */

const SMALLEST_PX = 14;
const RATIO = 4.5;
const TEMPLATE = 'Ce défaut vient de la mise en page : prévenez l’administrateur du service.';

const sizeAt = (element: Element): number =>
  ancestorsOf(element)
    .map(fontSizeOf)
    .find((size) => size !== null) ?? 16;

const isHidden = (element: Element): boolean =>
  ancestorsOf(element).some(
    ({ style }) =>
      style.display === 'none' ||
      style.visibility === 'hidden' ||
      style.opacity === '0' ||
      style['max-height'] === '0' ||
      style['max-height'] === '0px' ||
      /^-\d{3,}/.test(style['text-indent'] ?? ''),
  );

const isOrnament = (element: Element): boolean =>
  ancestorsOf(element).some((e) => e.attributes['aria-hidden'] === 'true');

/** The words a reader sees, each with the element that shows them: ornaments and the short line beside the subject apart. */
function shownTexts(variant: CheckedVariant): { text: string; holder: Element }[] {
  const page = pageOf(variant.rendered);
  return [...textsOf(page)].filter(
    ({ text, holder }) => text.replace(/[\s\u00a0]/g, '') !== '' && !isHidden(holder) && !isOrnament(holder),
  );
}

/** Lightness turned over, hue kept: what mail readers do that darken a message by themselves. */
export function inverted(hex: string): string {
  const [r, g, b] = [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16) / 255) as [
    number,
    number,
    number,
  ];
  const shift = 1 - Math.max(r, g, b) - Math.min(r, g, b);
  return `#${[r, g, b]
    .map((c) =>
      Math.round((c + shift) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

const ratioText = (ratio: number): string => `${ratio.toFixed(1).replace('.', ',')} pour 1`;

/** Each pair of colours once, with the first words that show it. */
function pairsOf(variant: CheckedVariant): { text: string; ink: string; paper: string }[] {
  const pairs = new Map<string, { text: string; ink: string; paper: string }>();
  for (const { text, holder } of shownTexts(variant)) {
    const { ink, paper } = coloursAt(holder);
    if (!pairs.has(`${ink} ${paper}`)) pairs.set(`${ink} ${paper}`, { text, ink, paper });
  }
  return [...pairs.values()];
}

export const checkContrast: VariantCheck = (variant) =>
  pairsOf(variant).flatMap(({ text, ink, paper }): Finding[] => {
    const [light, dark] = [contrast(ink, paper), contrast(inverted(ink), inverted(paper))];
    if (light < RATIO)
      return [
        {
          code: 'contraste',
          level: 'bloquant',
          ...whereIs(variant, text),
          message: `Le texte ${quoted(text)} se lit mal : contraste de ${ratioText(light)}, il en faut 4,5.`,
          remedy: 'Choisissez, pour la campagne ou l’organisation, une couleur plus foncée ou plus claire.',
        },
      ];
    if (dark < RATIO)
      return [
        {
          code: 'contraste_sombre',
          level: 'a_voir',
          place: 'Couleurs',
          message: `La couleur ${ink} sur ${paper} se lira mal si la messagerie inverse les couleurs : contraste de ${ratioText(dark)}, il en faut 4,5.`,
          remedy: 'Choisissez, pour la campagne, un accent plus éloigné du gris moyen.',
        },
      ];
    return [];
  });

/** What the dark sheet of styles shows, in pairs: ink, then paper. */
const DARK_PAIRS = [
  ['dark_ink', 'dark_sheet'],
  ['dark_ink', 'dark_card'],
  ['dark_soft', 'dark_paper'],
  ['dark_soft', 'dark_card'],
  ['dark_link', 'dark_sheet'],
  ['dark_link', 'dark_paper'],
  ['dark_level', 'dark_card'],
  ['dark_buttonInk', 'dark_button'],
  ['bandInk', 'band'],
] as const satisfies readonly (readonly [keyof Palette, keyof Palette])[];

/** The colours of campaign and organisation as mail readers with a dark mode of their own show them. */
export function flawsOfPalette(palette: Palette): Finding[] {
  const weak = DARK_PAIRS.find(([ink, paper]) => contrast(palette[ink], palette[paper]) < RATIO);
  return weak
    ? [
        {
          code: 'contraste_sombre',
          level: 'a_voir',
          place: 'Couleurs',
          message: `Dans le mode sombre des messageries, un texte n’a qu’un contraste de ${ratioText(contrast(palette[weak[0]], palette[weak[1]]))} ; il en faut 4,5.`,
          remedy: 'Choisissez une autre couleur pour la campagne ou pour l’organisation.',
        },
      ]
    : [];
}

export const checkDarkPalette: VariantCheck = ({ input }) => flawsOfPalette(paletteOf(input));

export const checkFontSize: VariantCheck = (variant) =>
  shownTexts(variant)
    .filter(({ holder }) => sizeAt(holder) > 0 && sizeAt(holder) < SMALLEST_PX)
    .map(({ text, holder }) => ({
      code: 'texte_petit',
      level: 'a_voir',
      ...whereIs(variant, text),
      message: `Le texte ${quoted(text)} est écrit en ${sizeAt(holder)} pixels ; il en faut au moins ${SMALLEST_PX}.`,
      remedy: TEMPLATE,
    }));

// Zero-width and bidirectional marks, Unicode tags: words nobody sees. (The soft hyphen and the no-break space are typography.)
const UNSEEN = /[\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|[\u{e0000}-\u{e007f}]/u;

/** MAIL-45: filters take hidden words for a trick. The preheader alone may hide, short and first. */
export const checkHidden: VariantCheck = (variant) => {
  const page = pageOf(variant.rendered);
  const found: Finding[] = [];
  const say = (text: string, why: string) =>
    found.push({
      code: 'texte_cache',
      level: 'bloquant',
      ...whereIs(variant, text),
      message: `Un texte est présent sans être visible (${why}) : ${quoted(text.replace(UNSEEN, '□'))}.`,
      remedy:
        'Retapez ce texte sans le copier d’un autre document ; si cela reste, prévenez l’administrateur du service.',
    });
  const { preheader } = variant.input.content;
  for (const { text, holder } of textsOf(page)) {
    if (text.replace(/[\s\u00a0]/g, '') === '') continue;
    const first =
      holder.parent?.name === 'body' && holder.parent.children.filter((c) => typeof c !== 'string')[0] === holder;
    if (UNSEEN.test(text)) say(text, 'caractères invisibles');
    else if (isHidden(holder)) {
      if (!(first && [...text].length <= Math.max(200, preheader.length))) say(text, 'masqué par un style');
    } else if (sizeAt(holder) === 0) say(text, 'taille nulle');
    else if (!isOrnament(holder)) {
      const { ink, paper } = coloursAt(holder);
      if (ink === paper) say(text, 'de la couleur du fond');
    }
  }
  return found;
};
