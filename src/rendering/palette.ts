import type { Level } from '../base/words.ts';
import { contrast, hexColour, readableOn } from './colours.ts';
import type { VariantInput } from './schema.ts';

const LIGHT = { paper: '#f4efe6', sheet: '#fffdf9', card: '#f7f2e9', ink: '#1a2330', soft: '#566070', rule: '#ded7c9' };
const DARK = { paper: '#101318', sheet: '#1b1f26', card: '#252a33', ink: '#ece8df', soft: '#a7adb8', rule: '#3a414d' };

const DARK_FIELDS = {
  dark_paper: DARK.paper,
  dark_sheet: DARK.sheet,
  dark_card: DARK.card,
  dark_ink: DARK.ink,
  dark_soft: DARK.soft,
  dark_rule: DARK.rule,
};

const LEVELS: Record<Level, { light: string; dark: string }> = {
  institutionnel: { light: '#36458f', dark: '#a5b4ff' },
  operationnel: { light: '#0f6b6b', dark: '#63d0c8' },
  terrain: { light: '#9a5b00', dark: '#f3b75a' },
};

const DEFAULT_COLOUR = '#1a2330';
const DEFAULT_ACCENT = '#c2410c';
const PAPER_WHITE = '#fffdf9';

/** White paper or deep ink, whichever is read better on this background. */
const inkOn = (background: string): string => {
  const best = contrast(PAPER_WHITE, background) >= contrast(LIGHT.ink, background) ? PAPER_WHITE : LIGHT.ink;
  return readableOn(best, background);
};

/**
 * Every colour a message uses, in light then (`dark_…`) in dark. What campaign and organisation chose is kept where it
 * can be read and moved to its nearest readable shade where it cannot: 4.5:1 for text, 3:1 for marks.
 */
export function paletteOf(input: VariantInput) {
  const band = hexColour(input.campaign.colour, DEFAULT_COLOUR);
  const accent = hexColour(input.campaign.accent, DEFAULT_ACCENT);
  const sender = hexColour(input.organisation.colour, DEFAULT_COLOUR);
  const button = readableOn(accent, LIGHT.sheet);
  const darkButton = readableOn(accent, DARK.sheet);
  const level = LEVELS[input.level];
  return {
    ...LIGHT,
    ...DARK_FIELDS,
    band,
    bandInk: inkOn(band),
    bandAccent: readableOn(accent, band),
    accent,
    link: readableOn(accent, [LIGHT.paper, LIGHT.sheet, LIGHT.card]),
    dark_link: readableOn(accent, [DARK.paper, DARK.sheet, DARK.card]),
    button,
    buttonInk: inkOn(button),
    dark_button: darkButton,
    dark_buttonInk: inkOn(darkButton),
    level: readableOn(level.light, [LIGHT.paper, LIGHT.sheet, LIGHT.card]),
    dark_level: readableOn(level.dark, [DARK.paper, DARK.sheet, DARK.card]),
    sender: readableOn(sender, LIGHT.sheet, 3),
    dark_sender: readableOn(sender, DARK.sheet, 3),
  };
}

export type Palette = ReturnType<typeof paletteOf>;
