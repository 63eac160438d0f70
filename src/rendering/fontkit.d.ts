/** The part of fontkit this room uses: glyphs as outlines and their measures, in units of the font. */
declare module 'fontkit' {
  export type Glyph = { path: { toSVG(): string }; advanceWidth: number };
  export type Font = {
    unitsPerEm: number;
    hasGlyphForCodePoint(codePoint: number): boolean;
    layout(text: string): { glyphs: Glyph[]; positions: { xAdvance: number }[]; advanceWidth: number };
  };
  export function create(bytes: Buffer): Font;
}
