import PostalMime from 'postal-mime';

/** What a mail is judged on. Every text is cut, decoded, with LF line ends; nothing in it can be trusted. */
export type Letter = {
  header: (name: string) => string;
  headers: (name: string) => string[];
  subject: string;
  from: string;
  text: string;
  /** The other parts: delivery status, feedback report, the message that came back. */
  parts: { type: string; text: string }[];
};

/** A report comes before the message it returns: what is cut off is the end of our own newsletter. */
const MAX_BYTES = 256 * 1024;
/** The parser pays by the line (10 µs): a quarter of a second for the worst mail there is. */
const MAX_LINES = 20_000;
const MAX_TEXT = 64 * 1024;
const MAX_LINE = 2000;

/** Opens any bytes as a mail. Never throws: what no parser understands is read as one header block and a body. */
export async function openLetter(bytes: Buffer): Promise<Letter> {
  const raw = unixLines(bytes.subarray(0, MAX_BYTES));
  try {
    const mail = await PostalMime.parse(raw, {
      forceRfc822Attachments: true,
      attachmentEncoding: 'utf8',
      maxNestingDepth: 60,
      maxHeadersSize: MAX_BYTES,
    });
    const shown = mail.text?.trim() ? mail.text : stripTags(mail.html ?? '');
    // A boundary that never comes leaves nothing: the body is then read as it stands.
    const plain = shown || (mail.attachments.length === 0 ? bodyOf(raw.toString('latin1')) : '');
    return letterOf(
      mail.headers.map((h) => [h.key, h.value]),
      mail.subject ?? '',
      plain,
      mail.attachments.map((part) => ({ type: part.mimeType, text: String(part.content) })),
    );
  } catch {
    // Nested too deep, headers without end: what stands in plain sight is read all the same.
    return plainLetter(raw.toString('latin1'));
  }
}

function letterOf(
  headers: (readonly [string, string])[],
  subject: string,
  text: string,
  parts: Letter['parts'],
): Letter {
  const all = new Map<string, string[]>();
  for (const [name, value] of headers.slice(0, 1000))
    all.set(name, [...(all.get(name) ?? []), value.slice(0, MAX_LINE)]);
  return {
    header: (name) => all.get(name)?.[0] ?? '',
    headers: (name) => all.get(name) ?? [],
    subject: subject.slice(0, 500),
    from: all.get('from')?.[0] ?? '',
    text: readable(text),
    parts: parts.slice(0, 50).map((p) => ({ type: p.type.toLowerCase(), text: readable(p.text) })),
  };
}

function plainLetter(raw: string): Letter {
  const end = raw.search(/\n\n/);
  const head = (end === -1 ? raw : raw.slice(0, end)).replace(/\n[ \t]+/g, ' ').split('\n', 1000);
  const headers = head
    .map((line) => /^([\w-]{1,80}):[ \t]*(.*)$/.exec(line))
    .filter((m) => m !== null)
    .map((m) => [m[1]!.toLowerCase(), m[2]!] as const);
  const subject = headers.find(([name]) => name === 'subject')?.[1] ?? '';
  return letterOf(headers, subject, bodyOf(raw), []);
}

const bodyOf = (raw: string): string => /\r?\n\r?\n(.*)/s.exec(raw)?.[1] ?? '';

/** Old systems end lines with CR alone; a file of one message may still begin with mbox's « From ». */
function unixLines(bytes: Buffer): Buffer {
  const start = /^From [^\n\r]*[\n\r]+/.exec(bytes.subarray(0, 1000).toString('latin1'))?.[0].length ?? 0;
  const mail = firstLines(bytes.subarray(start));
  if (mail.includes(10) || !mail.includes(13)) return mail;
  return Buffer.from(mail.map((byte) => (byte === 13 ? 10 : byte)));
}

function firstLines(mail: Buffer): Buffer {
  let end = -1;
  for (let i = 0; i < MAX_LINES; i++) {
    end = mail.indexOf(10, end + 1);
    if (end === -1) return mail;
  }
  return mail.subarray(0, end + 1);
}

const readable = (text: string): string =>
  text
    .slice(0, MAX_TEXT)
    .replaceAll('\r\n', '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a stranger's text must not bring into a page, a log or a row
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .split('\n')
    .map((line) => line.slice(0, MAX_LINE))
    .join('\n');

const stripTags = (html: string): string =>
  html
    .slice(0, 2 * MAX_TEXT)
    .replace(/<style[^>]{0,200}>[^<]*<\/style>/gi, '')
    .replace(/<(?:br|p|div|tr|li|h\d)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>@]*>/g, ' ')
    .replace(/&(?:lt|#60);/gi, '<')
    .replace(/&(?:gt|#62);/gi, '>')
    .replace(/&(?:nbsp|#160);/gi, ' ')
    .replace(/&(?:#39|apos|rsquo);/gi, "'")
    .replace(/&amp;/gi, '&');
