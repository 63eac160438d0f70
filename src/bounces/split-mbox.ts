/** The line mbox puts before each message: an address (or a word) and a date. */
const FROM_LINE = /^From \S{1,320} .{0,40}\d{1,2}:\d{2}/;
const MAX_MESSAGES = 100_000;

/** The messages of a file: several when it is an mbox, else the file itself. */
export function splitMbox(file: Buffer): Buffer[] {
  if (!FROM_LINE.test(file.subarray(0, 400).toString('latin1'))) return [file];
  const starts = [0];
  for (
    let at = file.indexOf('\nFrom ');
    at !== -1 && starts.length < MAX_MESSAGES;
    at = file.indexOf('\nFrom ', at + 1)
  )
    if (afterBlankLine(file, at) && FROM_LINE.test(file.subarray(at + 1, at + 401).toString('latin1')))
      starts.push(at + 1);
  return starts.map((start, i) => file.subarray(start, starts[i + 1]));
}

/** A line of a body that begins with « From » is quoted with « > » in an mbox; not all programs do. */
const afterBlankLine = (file: Buffer, at: number): boolean =>
  file[at - 1] === 10 || (file[at - 1] === 13 && file[at - 2] === 10);
