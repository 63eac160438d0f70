const ITEM = /^\s*(?:[-*+]|\d+[.)])\s/;
/** Markdown's own ways to ask for a new line where one is wanted. */
const WANTED_BREAK = /(?: {2}|\\)$/;

/**
 * A text as its paragraphs and list items, one line each. In a file, lines are folded to fit the editor; on a screen
 * and in a mail, a new line is one that the writer wanted.
 */
export function unfolded(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const previous = lines.at(-1) ?? '';
    const goesOn = line.trim() !== '' && previous.trim() !== '' && !ITEM.test(line) && !WANTED_BREAK.test(previous);
    if (goesOn) lines[lines.length - 1] = `${previous} ${line.trim()}`;
    else lines.push(line);
  }
  return lines.join('\n');
}
