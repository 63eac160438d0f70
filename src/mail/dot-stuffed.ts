const CRLF = Buffer.from('\r\n');
const DOT = Buffer.from('.');

/** RFC 5321 §4.5.2, and a CRLF at the end. The same bytes where nothing is to be done. */
export function dotStuffed(data: Buffer): Buffer {
  const parts: Buffer[] = [];
  const nextDot = (from: number): number => data.indexOf('\n.', from) + 1 || -1;
  let from = 0;
  for (let at = data[0] === DOT[0] ? 0 : nextDot(0); at !== -1; at = nextDot(at)) {
    parts.push(data.subarray(from, at), DOT);
    from = at;
  }
  const ends = data.length === 0 || data.subarray(-2).equals(CRLF);
  if (parts.length === 0 && ends) return data;
  return Buffer.concat([...parts, data.subarray(from), ...(ends ? [] : [CRLF])]);
}
