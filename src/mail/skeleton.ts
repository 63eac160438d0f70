import { createHash, randomBytes } from 'node:crypto';
import { invalid } from '../base/errors.ts';
import { checkHeaderValue, headerLine } from './headers.ts';
import { encodeQuotedPrintable, encodeValue } from './quoted-printable.ts';

/**
 * Slots of a finished message. `link:N` is the N-th tracked link; the others are one per recipient.
 * `greeting` is « Bonjour Léa Petit, » or « Bonjour, ».
 */
export type SlotName =
  | `link:${number}`
  | 'greeting'
  | 'unsubscribe'
  | 'preferences'
  | 'web'
  | 'register'
  | 'to'
  | 'messageId'
  | 'date'
  | 'notice';
export type SlotEncoding = 'header' | 'html' | 'text';

/**
 * A message rendered once, sent many times: constant text and slots in turn. `enc` says how a value is written there:
 * `header` as it is (caller gives header-safe text), `html` escaped then quoted-printable, `text` quoted-printable.
 */
export type Skeleton = { pieces: (string | { slot: SlotName; enc: SlotEncoding })[] };

// Random per process, so that no author can write one; plain ASCII, so that it survives Markdown, MJML and sanitising.
const MARK = `slot.${randomBytes(16).toString('hex')}`;
const MARKED = new RegExp(
  `${MARK}\\.(link\\.\\d+|greeting|unsubscribe|preferences|web|register|to|messageId|date|notice)\\.end`,
  'g',
);

/** Marks the place of a value in a header, a text or an HTML about to be compiled by this same process. */
export const slot = (name: SlotName): string => `${MARK}.${name.replace(':', '.')}.end`;

const nameOf = (marked: string): SlotName => marked.replace('.', ':') as SlotName;

/** The same text with readable places, `{{link:3}}`: for previews and checks. */
export const showSlots = (text: string): string => text.replace(MARKED, (_, name: string) => `{{${nameOf(name)}}}`);

/** Constant text at even places, slot names at odd ones. */
function cut(text: string): { constants: string[]; slots: SlotName[] } {
  const parts = text.split(MARKED);
  const constants = parts.filter((_, index) => index % 2 === 0);
  if (constants.some((constant) => constant.includes(MARK)))
    throw invalid('slot_damaged', 'Un emplacement du message a été abîmé par la mise en page : reprenez ce bloc.');
  return { constants, slots: parts.filter((_, index) => index % 2 === 1).map(nameOf) };
}

type Piece = Skeleton['pieces'][number];

function bodyPieces(text: string, enc: 'html' | 'text'): Piece[] {
  const { constants, slots } = cut(text);
  return constants.flatMap((constant, index): Piece[] => {
    const name = slots[index];
    return name === undefined
      ? [encodeQuotedPrintable(constant, false)]
      : [encodeQuotedPrintable(constant, true), { slot: name, enc }];
  });
}

function headerPieces(name: string, value: string): Piece[] {
  const { constants, slots } = cut(value);
  if (slots.length === 0) return [headerLine(name, value)];
  return constants.flatMap((constant, index): Piece[] => {
    checkHeaderValue(name, constant);
    // The length of a value is not known here: between two items is where such a header folds.
    const folded = `${index === 0 ? `${name}: ` : ''}${constant.replaceAll(', ', ',\r\n ')}`;
    const next = slots[index];
    return next === undefined ? [`${folded}\r\n`] : [folded, { slot: next, enc: 'header' }];
  });
}

/** '=_' can stand neither in a quoted-printable body nor in base64, so no content can end a part early. */
const boundaryOf = (...contents: readonly unknown[]): string =>
  `=_${createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 24)}`;

function mixed(message: readonly Piece[], attachments: readonly Attachment[]): Piece[] {
  const boundary = boundaryOf(message, attachments);
  return [
    `Content-Type: multipart/mixed;\r\n boundary="${boundary}"\r\n\r\n--${boundary}\r\n`,
    ...message,
    ...attachments.map(({ name, type, content }) =>
      [
        `--${boundary}\r\n`,
        headerLine('Content-Type', `${type}; name="${name}"`),
        headerLine('Content-Disposition', `attachment; filename="${name}"`),
        'Content-Transfer-Encoding: base64\r\n\r\n',
        (
          Buffer.from(content)
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        ).join('\r\n'),
        '\r\n',
      ].join(''),
    ),
    `--${boundary}--\r\n`,
  ];
}

export type MessageParts = {
  /** In order, without MIME-Version and Content-*: added here. Values may hold slots; those that do must be ASCII. */
  headers: readonly (readonly [name: string, value: string])[];
  text: string;
  html: string;
  /** Files that everybody receives alike. */
  attachments?: readonly Attachment[];
};

/** `name` in plain ASCII; `type` as the part's Content-Type, parameters included; `content` is text. */
export type Attachment = { name: string; type: string; content: string };

/**
 * A finished multipart/alternative message (MAIL-40, MAIL-44): text first, html last, quoted-printable UTF-8, CRLF; with
 * attachments, it is the first part of a multipart/mixed one. The same parts give the same pieces, so that their bytes
 * can be hashed and approved. Throws a Refusal for a header with a control character (MAIL-43).
 */
export function compileSkeleton({ headers, text, html, attachments = [] }: MessageParts): Skeleton {
  const textPieces = bodyPieces(text, 'text');
  const htmlPieces = bodyPieces(html, 'html');
  const boundary = boundaryOf(textPieces, htmlPieces);
  const part = (type: string): string =>
    `--${boundary}\r\nContent-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
  const message: Piece[] = [
    `Content-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n\r\n`,
    part('plain'),
    ...textPieces,
    '\r\n',
    part('html'),
    ...htmlPieces,
    `\r\n--${boundary}--\r\n`,
  ];
  const all: Piece[] = [
    ...headers.flatMap(([name, value]) => headerPieces(name, value)),
    'MIME-Version: 1.0\r\n',
    ...(attachments.length === 0 ? message : mixed(message, attachments)),
  ];
  const pieces: Piece[] = [];
  for (const piece of all) {
    const previous = pieces.at(-1);
    if (typeof piece === 'string' && typeof previous === 'string') pieces[pieces.length - 1] = previous + piece;
    else if (piece !== '') pieces.push(piece);
  }
  return { pieces };
}

/** A skeleton made ready once per process: constants as bytes. */
export type Spliceable = { pieces: readonly (Buffer | { slot: SlotName; enc: SlotEncoding })[]; constantBytes: number };

export function prepare(skeleton: Skeleton): Spliceable {
  const pieces = skeleton.pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece));
  return { pieces, constantBytes: pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : 0), 0) };
}

export type SlotValues = Partial<Record<SlotName, string>>;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (value: string): string =>
  /[&<>"']/.test(value) ? value.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c) : value;

const ENCODERS: Record<SlotEncoding, (name: SlotName, value: string) => string> = {
  header: checkHeaderValue,
  html: (_, value) => encodeValue(escapeHtml(value)),
  text: (_, value) => encodeValue(value),
};

/** A finished message's bytes, and where they may be used again. */
export type Shelf = { take: (bytes: number) => Buffer; giveBack: (taken: Buffer) => void };

const SHELF_UNIT = 16 * 1024;

/**
 * Memory for finished messages, used again once each has its answer: bulk mail is 100 MB a second, and left to the
 * collector it costs a third of the sending. What was not taken here (a signed copy) is left alone; nothing that may
 * still be read may be given back.
 */
export function messageShelf(): Shelf {
  const free: ArrayBufferLike[] = [];
  const ours = new WeakSet<ArrayBufferLike>();
  return {
    take: (bytes) => {
      const kept = free.pop();
      const memory =
        kept && kept.byteLength >= bytes ? kept : new ArrayBuffer(Math.ceil(bytes / SHELF_UNIT) * SHELF_UNIT);
      ours.add(memory);
      return Buffer.from(memory, 0, bytes);
    },
    giveBack: (taken) => {
      if (ours.has(taken.buffer)) free.push(taken.buffer);
    },
  };
}

/**
 * One recipient's message. Values are raw: escaping and encoding happen here; a header's is checked (MAIL-43), and may
 * leave ASCII only for an SMTPUTF8 address. Throws a Refusal for a header value, an Error for a slot without value.
 */
export function splice(ready: Spliceable, values: SlotValues, take: Shelf['take'] = Buffer.allocUnsafe): Buffer {
  const encoded: string[] = [];
  let bytes = ready.constantBytes;
  for (const piece of ready.pieces) {
    if (Buffer.isBuffer(piece)) continue;
    const value = values[piece.slot];
    if (value === undefined) throw new Error(`no value for slot ${piece.slot}`);
    const text = ENCODERS[piece.enc](piece.slot, value);
    bytes += piece.enc === 'header' ? Buffer.byteLength(text) : text.length;
    encoded.push(text);
  }
  const out = take(bytes);
  let at = 0;
  let next = 0;
  for (const piece of ready.pieces) {
    if (Buffer.isBuffer(piece)) {
      out.set(piece, at);
      at += piece.length;
    } else at += out.write(encoded[next++] ?? '', at, 'utf8');
  }
  return out;
}
