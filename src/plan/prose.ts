const ITEM = /^\s*(?:[-*+]|\d+[.)])\s/;
/** Two spaces are Markdown's own way to ask for a new line where one is wanted. */
const WANTED_BREAK = / {2}$/;

/** Whether a line of a file belongs to the one before it. */
const goesOn = (line: string, previous: string): boolean =>
  line.trim() !== '' && previous.trim() !== '' && !ITEM.test(line) && !WANTED_BREAK.test(previous);

/**
 * A text as its paragraphs and list items, one line each. In a file, lines are folded to fit the editor; on a screen
 * and in a mail, a new line is one that the writer wanted: in a file it is asked for by a backslash at the end of the
 * line before.
 */
export function unfolded(text: string): string {
  const lines: string[] = [];
  let wanted = false;
  for (const line of text.split('\n')) {
    const previous = lines.at(-1) ?? '';
    const joined = goesOn(line, previous);
    if (joined && wanted) lines[lines.length - 1] = previous.slice(0, -1);
    if (joined && !wanted) lines[lines.length - 1] = `${previous} ${line.trim()}`;
    else lines.push(line);
    wanted = line.endsWith('\\');
  }
  return lines.join('\n');
}

/** The same text as a file says it: `unfolded(keepingLines(text)) === text`. */
export function keepingLines(text: string): string {
  const lines = text.split('\n');
  return lines.map((line, i) => (goesOn(lines[i + 1] ?? '', line) ? `${line}\\` : line)).join('\n');
}
