/** What a reader cannot see has no place in a message: controls, zero-width and bidirectional marks, Unicode tags (MAIL-45). */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]|[\u{e0000}-\u{e007f}]/gu;

/** Author text without its invisible characters; every text of a message passes through here. */
export const visible = (text: string): string => text.replace(INVISIBLE, '');

/** Whether something of a line could not be seen in it, a line break included: refused rather than taken out. */
export const hidesSomething = (line: string): boolean => /[\t\n\r]/.test(line) || visible(line) !== line;

/** The same on one line, cut at `max` characters: what may stand in a header (MAIL-43). */
export function oneLine(text: string, max: number): string {
  const line = visible(text.toWellFormed().replace(/[^\S\u00a0\u202f]+/g, ' ')).trim();
  const characters = [...line];
  return characters.length <= max
    ? line
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}
