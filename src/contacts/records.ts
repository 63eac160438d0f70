/** One record of a delimited file. `line` is the physical line (from 1) where it starts, whatever its cells contain. */
export type FileRecord = { line: number; cells: string[] };

/** What Excel itself allows in a cell: a quote still open after that was never meant to open one. */
const LONGEST_CELL = 32_767;

/**
 * The records of a delimited text, blank lines skipped. Line ends may be mixed. A quoted cell may hold the delimiter,
 * doubled quotes and line ends. Where a quote is never closed, or closed in the middle of a word, its line is taken
 * literally and reading goes on at the next line: one damaged quote costs one row, not the rest of the file.
 */
export function* records(text: string, delimiter: string): Generator<FileRecord> {
  // PostgreSQL's text holds any character but NUL.
  const source = text.replace(/\r\n?/g, '\n').replaceAll('\0', '');
  let line = 1;
  for (let at = 0; at < source.length; ) {
    const newline = source.indexOf('\n', at);
    const end = newline === -1 ? source.length : newline;
    const first = source.slice(at, end);
    const quoted = first.includes('"') ? quotedRecord(source, at, delimiter) : null;
    const cells = quoted?.cells ?? first.split(delimiter);
    if (cells.some((cell) => cell.trim() !== '')) yield { line, cells };
    line += quoted?.lines ?? 1;
    at = (quoted?.end ?? end) + 1;
  }
}

/** The record at `at`, read with its quotes; null when they are damaged. `end` is where its line end stands. */
function quotedRecord(
  source: string,
  at: number,
  delimiter: string,
): { cells: string[]; lines: number; end: number } | null {
  const cells: string[] = [];
  let lines = 1;
  for (let i = at; ; i++) {
    let cell: string;
    if (source[i] === '"') {
      const close = closingQuote(source, i + 1);
      if (close === -1) return null;
      const raw = source.slice(i + 1, close);
      cell = raw.includes('"') ? raw.replaceAll('""', '"') : raw;
      for (let n = raw.indexOf('\n'); n !== -1; n = raw.indexOf('\n', n + 1)) lines++;
      i = close + 1;
    } else {
      const start = i;
      while (i < source.length && source[i] !== delimiter && source[i] !== '\n') i++;
      cell = source.slice(start, i);
    }
    cells.push(cell);
    if (i >= source.length || source[i] === '\n') return { cells, lines, end: i };
    if (source[i] !== delimiter) return null;
  }
}

function closingQuote(source: string, from: number): number {
  const limit = from + LONGEST_CELL;
  for (let i = source.indexOf('"', from); i !== -1 && i <= limit; i = source.indexOf('"', i + 2))
    if (source[i + 1] !== '"') return i;
  return -1;
}
