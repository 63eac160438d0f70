/** What the server answered; `text` is its words, lines joined by a blank, without the code in front. */
export type Reply = { code: number; enhanced: string | null; text: string; lines: string[] };

/** RFC 5321 allows 512 octets a line; nobody honest answers more than this. */
const MAX_PENDING = 64 * 1024;
const LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/;

const readable = (line: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a server's control characters must not reach a page or a log
  const clean = line.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  return /[\u0080-\u00ff]/.test(clean) ? Buffer.from(clean, 'latin1').toString('utf8') : clean;
};

/**
 * Reads replies however their bytes are split over packets. `onReply` gets each whole reply, in order, and says whether
 * to go on; `onGarbage` is called once for what is no SMTP reply. `pending()` tells whether bytes are left unread.
 */
export function replyReader(onReply: (reply: Reply) => boolean, onGarbage: (line: string) => void) {
  let rest = '';
  let lines: string[] = [];
  let code = 0;
  let dead = false;

  const garbage = (line: string) => {
    dead = true;
    onGarbage(readable(line).slice(0, 200));
  };

  const feed = (chunk: Buffer): void => {
    if (dead) return;
    rest += chunk.toString('latin1');
    let from = 0;
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', from)) {
      const line = rest.slice(from, rest[end - 1] === '\r' ? Math.max(from, end - 1) : end);
      from = end + 1;
      const match = LINE.exec(line);
      const digits = Number(match?.[1]);
      if (!match || (lines.length > 0 && digits !== code)) {
        garbage(line);
        return;
      }
      code = digits;
      lines.push(readable(match[3] ?? ''));
      if (match[2] === '-') continue;
      const reply = {
        code,
        enhanced: /^[245]\.\d{1,3}\.\d{1,3}\b/.exec(lines[0] ?? '')?.[0] ?? null,
        text: lines.join(' ').slice(0, 2000),
        lines,
      };
      lines = [];
      // The rest must be set before the call: it may hand over the reading, as STARTTLS does.
      rest = rest.slice(from);
      from = 0;
      if (!onReply(reply)) return;
    }
    rest = rest.slice(from);
    if (rest.length > MAX_PENDING || lines.length > 1000) garbage(rest);
  };

  return { feed, pending: () => rest !== '' || lines.length > 0 };
}
