// With a database in the C locale every character outside ASCII counts as a letter: « would be a word, and a space that
// does not break would glue two.
const SIGNS = /[\s\u00a0\u2000-\u200b\u202f«»“”„‹›–—…·•]+/g;
// Words of nothing that the French stop list forgets, or no longer knows without their accent.
const EMPTY = /(?<![\p{L}\p{N}'’-])(?:les|cet|cette|à|a|où)(?![\p{L}\p{N}'’-])/giu;

/** What is typed in a search box, as `fr_query` should get it; words between double quotes stay as they are. */
export const searched = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll('\0', '')
    .replace(SIGNS, ' ')
    .split('"')
    .map((part, i) => (i % 2 === 0 ? part.replace(EMPTY, ' ') : part))
    .join('"')
    .trim();
