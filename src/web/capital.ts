/** A label at the head of a line; the official names of regions are stored with a typewriter's apostrophe. */
export const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`.replaceAll("'", '’');
