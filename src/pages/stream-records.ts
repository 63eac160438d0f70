import { setImmediate as turn } from 'node:timers/promises';
import { invalid } from '../base/errors.ts';
import { type FileRecord, records } from '../contacts/records.ts';

/** Characters read at once: what a file of any size costs in memory. */
const BLOCK = 512 * 1024;
/** A line that never ends is no table. */
const LONGEST_LINE = 8 * 1024 * 1024;

/**
 * `records` over a text that comes in pieces, block by block. A block ends at a line end outside quotes, so that a quoted
 * cell over several lines stays whole. Throws `file_lines` for a line longer than eight million characters.
 */
export async function* streamedRecords(
  pieces: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<readonly FileRecord[]> {
  let text = '';
  // A carriage return may be the first half of a line end.
  let half = '';
  let before = 0;
  const block = (part: string): FileRecord[] => {
    const found = [...records(part, delimiter)].map((r) => ({ ...r, line: r.line + before }));
    for (let at = part.indexOf('\n'); at !== -1; at = part.indexOf('\n', at + 1)) before += 1;
    return found;
  };
  for await (const piece of pieces) {
    const read = half + piece;
    half = read.endsWith('\r') ? '\r' : '';
    text += read.slice(0, read.length - half.length).replace(/\r\n?/g, '\n');
    if (text.length < BLOCK) continue;
    const end = lastWholeLine(text);
    if (end > 0) {
      // A long file yields to whatever else the process does.
      await turn();
      yield block(text.slice(0, end));
      text = text.slice(end);
    } else if (text.length > LONGEST_LINE)
      throw invalid('file_lines', 'Ce fichier n’a pas de lignes : exportez-le de nouveau, au format CSV ou TSV.');
  }
  yield block(text + half);
}

/** Where the last record that is surely whole ends; 0: nowhere yet. A quote left open lets go after a very long line. */
function lastWholeLine(text: string): number {
  let end = 0;
  let open = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) open = !open;
    else if (code === 10 && !open) end = i + 1;
  }
  return end === 0 && text.length > LONGEST_LINE ? text.lastIndexOf('\n') + 1 : end;
}
