import { convert } from 'html-to-text';
import PostalMime, { type Address } from 'postal-mime';

export type MessageLink = { href: string; text: string };
export type ReadMessage = {
  from: string;
  to: string;
  replyTo: string | null;
  subject: string;
  date: Date | null;
  messageId: string | null;
  /** What the reader's mail program offers as « se désinscrire »; `oneClick` per RFC 8058. */
  unsubscribe: { href: string; oneClick: boolean } | null;
  /** By its sender, on the way out. */
  signed: boolean;
  html: string | null;
  text: string;
  /** In reading order, each address once under each of its texts; http, https and mailto only. */
  links: MessageLink[];
  /** In their order; what is shown inside the message is not one. */
  attachments: AttachedFile[];
};
export type AttachedFile = { name: string; type: string; bytes: Buffer };

/** What a mail program understands of a raw message. */
export async function readMessage(raw: Buffer): Promise<ReadMessage> {
  const mail = await PostalMime.parse(raw);
  const header = (name: string): string | undefined => mail.headers.find((h) => h.key === name)?.value;
  const unsubscribe = /<(https?:[^>]+|mailto:[^>]+)>/.exec(header('list-unsubscribe') ?? '')?.[1];
  const date = mail.date ? new Date(mail.date) : null;
  return {
    from: mail.from ? written(mail.from) : '',
    to: (mail.to ?? []).map(written).join(', '),
    replyTo: mail.replyTo?.map(written).join(', ') || null,
    subject: mail.subject ?? '',
    date: date && !Number.isNaN(date.getTime()) ? date : null,
    messageId: mail.messageId ?? null,
    unsubscribe: unsubscribe
      ? { href: unsubscribe, oneClick: /one-click/i.test(header('list-unsubscribe-post') ?? '') }
      : null,
    signed: header('dkim-signature') !== undefined,
    html: mail.html ?? null,
    text: mail.text ?? '',
    links: mail.html ? linksOf(mail.html) : [],
    attachments: mail.attachments
      .filter((a) => a.disposition === 'attachment')
      .map((a) => ({ name: a.filename ?? '', type: a.mimeType, bytes: bytesOf(a) })),
  };
}

/** A text has its line ends back as they travelled (RFC 2046): the parser gives them shortened. */
function bytesOf({ content, mimeType }: { content: ArrayBuffer | Uint8Array | string; mimeType: string }): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content));
  return /^(?:text\/|application\/ics$)/.test(mimeType)
    ? Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
    : bytes;
}

const written = (address: Address): string =>
  address.group
    ? `${address.name} : ${address.group.map(written).join(', ')}`
    : address.name
      ? `${address.name} <${address.address}>`
      : (address.address ?? '');

type Node = { type: string; data?: string; children?: Node[]; attribs?: Record<string, string> };

const wordsOf = (node: Node): string =>
  (node.data ?? '') + (node.attribs?.alt ?? '') + (node.children ?? []).map(wordsOf).join('');

/** Its links, read by a real parser: entities are decoded, and a link in a comment is none. */
function linksOf(html: string): MessageLink[] {
  const links = new Map<string, MessageLink>();
  convert(html, {
    formatters: {
      collect: (node: Node) => {
        const href = (node.attribs?.href ?? '').trim();
        const text = wordsOf(node).replace(/\s+/g, ' ').trim() || href;
        if (/^(https?|mailto):/i.test(href)) links.set(`${href}\n${text}`, { href, text });
      },
    },
    selectors: [{ selector: 'a', format: 'collect' }],
  });
  return [...links.values()];
}
