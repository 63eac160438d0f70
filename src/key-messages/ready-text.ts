import type { WordingFormat } from './schema.ts';
import { readEmail } from './shapes.ts';

/** What a text shows once its Markdown is read: words, some of them strong. Links are written out, never opened. */
export type Span = { text: string; strong: boolean };

/** In these, `**gras**`, `*italique*` and `[un lien](https://…)` are read; in the others a star is a star. */
const MARKED: ReadonlySet<WordingFormat> = new Set(['paragraphe', 'email', 'rendez_vous', 'faq']);

const PLACE =
  /\*\*(?<strong>\S|\S[\s\S]*?\S)\*\*|(?<![\w*])\*(?<soft>[^\s*]|[^\s*][^*\n]*?[^\s*])\*(?![\w*])|\[(?<label>[^\]\n]+)\]\((?<url>(?:[^()\s]|\([^()\s]*\))+)\)/g;

function spansOf(format: WordingFormat, text: string): Span[] {
  if (!MARKED.has(format)) return [{ text, strong: false }];
  const spans: Span[] = [];
  const say = (words: string, strong = false) => words && spans.push({ text: words, strong });
  let from = 0;
  for (const match of text.matchAll(PLACE)) {
    say(text.slice(from, match.index));
    const { strong, soft, label, url } = match.groups ?? {};
    if (strong !== undefined) say(plain(strong), true);
    else if (soft !== undefined) say(plain(soft));
    else say(linked(label ?? '', url ?? ''));
    from = match.index + match[0].length;
  }
  say(text.slice(from));
  return spans;
}

const plain = (text: string): string =>
  text.replace(PLACE, (_, strong, soft, label, url) => strong ?? soft ?? linked(label, url));

/** A reader of a copied text must see where a link leads; what leads to no page is words only (SEC-12). */
function linked(label: string, address: string): string {
  const url = URL.parse(address);
  if (!url || !['https:', 'http:', 'mailto:', 'tel:'].includes(url.protocol) || url.username || url.password)
    return label;
  const shown = url.protocol === 'mailto:' || url.protocol === 'tel:' ? decoded(url.pathname) : url.href;
  return label === shown || label === address ? label : `${label} (${shown})`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What is pasted: one text for most formats, the subject and the text of an e-mail apart. */
export type Piece = { name: string | null; spans: Span[] };

export function piecesOf(format: WordingFormat, text: string): Piece[] {
  if (format !== 'email') return [{ name: null, spans: spansOf(format, text) }];
  const { subject, body } = readEmail(text);
  return [
    { name: 'objet', spans: [{ text: subject, strong: false }] },
    { name: 'texte', spans: spansOf(format, body) },
  ];
}

/** The whole wording as plain words, without the marks of its Markdown. */
export const readyText = (format: WordingFormat, text: string): string =>
  spansOf(format, text)
    .map((s) => s.text)
    .join('');
