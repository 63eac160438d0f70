import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('golden/', import.meta.url);
const GOLDEN = readdirSync(FOLDER).filter((name) => /\.(html\.golden|page\.golden)$/.test(name));
const HIDES = /display:\s*none|visibility:\s*hidden|max-height:\s*0|(?<![\w-])opacity:\s*0(?![.\d])/i;
/** Of the link itself: containers of messages have no size of their own, and give one to what they hold. */
const SHRINKS = /font-size:\s*0(?![.\d])/i;
const VOID = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);

type Link = { href: string; hidden: boolean; says: string };

/** Every link of a page, whether something around it hides it, and what a reader sees of it. */
function linksOf(html: string): Link[] {
  const links: Link[] = [];
  const around: { tag: string; hidden: boolean; link: Link | null }[] = [];
  const body = html.replace(/<!--[\s\S]*?-->/g, '').replace(/<(style|title|script)\b[\s\S]*?<\/\1>/gi, '');
  for (const [, close, name = '', attributes = '', text = ''] of body.matchAll(
    /<(\/?)([a-z][\w:]*)([^>]*)>([^<]*)/gi,
  )) {
    const tag = name.toLowerCase();
    if (close) {
      while (around.length > 0 && around.pop()?.tag !== tag);
    } else {
      const style = /style="([^"]*)"/i.exec(attributes)?.[1] ?? '';
      const shrunk = tag === 'a' && SHRINKS.test(style);
      const hidden = (around.at(-1)?.hidden ?? false) || HIDES.test(style) || shrunk || /\shidden\b/.test(attributes);
      const href = tag === 'a' ? /href="([^"]*)"/i.exec(attributes)?.[1] : undefined;
      const link = href === undefined ? (around.at(-1)?.link ?? null) : { href, hidden, says: '' };
      if (href !== undefined && link) links.push(link);
      if (tag === 'img' && link) link.says += /alt="([^"]*)"/i.exec(attributes)?.[1] ?? '';
      if (!VOID.has(tag)) around.push({ tag, hidden, link });
    }
    const link = around.at(-1)?.link;
    if (link) link.says += text;
  }
  return links;
}

test('what is hidden is found: in a hidden block, by its own style, without a word', () => {
  const trap = (html: string) => linksOf(`<body>${html}<p><a href="/b">lire</a></p></body>`);
  expect(trap('<div style="display:none"><p><a href="/a">x</a></p></div>').map((l) => l.hidden)).toEqual([true, false]);
  expect(trap('<a href="/a" style="font-size:0">x</a>').map((l) => l.hidden)).toEqual([true, false]);
  expect(trap('<a href="/a"><img alt=""></a>').map((l) => l.says)).toEqual(['', 'lire']);
});

test('no message holds a link that a reader cannot see: robots are not trapped, nor people who use a screen reader (BOT-01)', () => {
  expect(GOLDEN.length).toBeGreaterThan(3);
  for (const path of GOLDEN) {
    const links = linksOf(readFileSync(new URL(path, FOLDER), 'utf8'));
    expect(links.length, path).toBeGreaterThan(2);
    expect(
      links.filter((l) => l.hidden || l.says.replace(/[\s\u00a0\u200b]|&#?\w+;/g, '') === ''),
      path,
    ).toEqual([]);
  }
});
