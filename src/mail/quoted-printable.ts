const LINE = 76;

/** `=XX` for every byte of a character. */
const escaped = (char: string): string => {
  let out = '';
  for (const byte of Buffer.from(char, 'utf8')) out += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
};

/**
 * Text as quoted-printable UTF-8 (RFC 2045 §6.7): lines of 76 at most, CRLF, a character never split over two lines.
 * Starts at column 0. With `open`, what follows is more of the same text: the last line, unless empty, ends with a
 * soft break, so that the next piece starts at column 0 too. No line begins with a dot: SMTP has nothing to double.
 */
export function encodeQuotedPrintable(text: string, open: boolean): string {
  let out = '';
  let line = '';
  const append = (token: string) => {
    if (line.length + token.length > LINE - 1) {
      out += `${line}=\r\n`;
      line = '';
    }
    line += line === '' && token === '.' ? '=2E' : token;
  };
  const lines = text.split(/\r\n|\r|\n/);
  for (const [index, content] of lines.entries()) {
    const last = index === lines.length - 1;
    const body = last && open ? content : content.replace(/[ \t]$/, '');
    for (const char of body) {
      const code = char.charCodeAt(0);
      append((code >= 32 && code <= 126 && char !== '=') || char === '\t' ? char : escaped(char));
    }
    // A blank at the end of a line would be dropped on the way.
    if (body !== content) append(escaped(content.slice(-1)));
    if (!last) {
      out += `${line}\r\n`;
      line = '';
    }
  }
  return open && line !== '' ? `${out}${line}=\r\n` : out + line;
}

const PLAIN = /^[ -~]*$/;

const KEPT = 2_000;
const kept = new Map<string, string>();

/**
 * A slot's value, between two soft breaks. The common case (short, ASCII) is a test and a replacement; long ones are few
 * and come back (the information of a first message), so they are encoded once.
 */
export function encodeValue(value: string): string {
  if (value === '') return '';
  if (value.length < LINE && value[0] !== '.' && PLAIN.test(value)) {
    const line = value.includes('=') ? value.replaceAll('=', '=3D') : value;
    if (line.length < LINE) return `${line}=\r\n`;
  }
  if (value.length < LINE) return encodeQuotedPrintable(value, true);
  const known = kept.get(value);
  if (known !== undefined) return known;
  const encoded = encodeQuotedPrintable(value, true);
  if (kept.size >= KEPT) kept.clear();
  kept.set(value, encoded);
  return encoded;
}
