/*
 * French typography, once for all pages: the space before a double sign, inside guillemets and in « 9 h 30 » does not
 * break, so that no line begins with « : » or « h ». Sources and what people type keep the ordinary space.
 */

/** Tags, and the elements whose text is data or code. */
const NOT_PROSE = /(<(?:textarea|pre|script|style)\b[\s\S]*?<\/(?:textarea|pre|script|style)>|<[^>]*>)/;

const prose = (text: string): string =>
  text
    .replace(/ (?=[:;?!](?:\s|$))/g, '\u00a0')
    .replaceAll('« ', '«\u00a0')
    .replaceAll(' »', '\u00a0»')
    .replace(/(?<=\d) (?=(?:h|%)(?!\p{L}))/gu, '\u00a0')
    .replace(/(?<=\d\u00a0h) (?=\d\d\b)/g, '\u00a0');

/** `html` is what a template wrote, so that a `>` in an attribute is escaped. Attributes are left alone. */
export const typeset = (html: string): string =>
  html
    .split(NOT_PROSE)
    .map((part, i) => (i % 2 ? part : prose(part)))
    .join('');
