import sanitizeHtml from 'sanitize-html';
import { hexColour } from '../rendering/colours.ts';

/** The compiled page as a tree, for the checks that read it. Comments (and so Outlook's own parts) are left out. */
export type Element = {
  name: string;
  attributes: Record<string, string>;
  style: Record<string, string>;
  parent: Element | null;
  children: (Element | string)[];
};

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
const decoded = (text: string): string => text.replace(/&(?:amp|lt|gt|quot);/g, (e) => ENTITIES[e] ?? e);

export function styleOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(';')
      .map((rule) => rule.split(/:(.*)/s))
      .filter(([name, value]) => name?.trim() && value?.trim())
      .map(([name, value]) => [name!.trim().toLowerCase(), value!.trim().toLowerCase()]),
  );
}

const VOID = new Set(['img', 'br', 'meta', 'link', 'hr', 'input']);

export function treeOf(html: string): Element {
  const root: Element = { name: '', attributes: {}, style: {}, parent: null, children: [] };
  let at = root;
  sanitizeHtml(html, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    onOpenTag: (name, attributes) => {
      const child: Element = { name, attributes, style: styleOf(attributes.style ?? ''), parent: at, children: [] };
      at.children.push(child);
      if (!VOID.has(name)) at = child;
    },
    onCloseTag: (name) => {
      let open: Element | null = at;
      while (open && open.name !== name) open = open.parent;
      if (open?.parent) at = open.parent;
    },
    textFilter: (text) => {
      at.children.push(decoded(text));
      return '';
    },
  });
  return root;
}

const pages = new WeakMap<object, Element>();

/** The page of a variant, read once for all its checks. */
export function pageOf(rendered: { html: string }): Element {
  const known = pages.get(rendered);
  if (known) return known;
  const page = treeOf(rendered.html);
  pages.set(rendered, page);
  return page;
}

export function* elementsOf(element: Element): Generator<Element> {
  for (const child of element.children)
    if (typeof child !== 'string') {
      yield child;
      yield* elementsOf(child);
    }
}

/** Every text of the page with the element that holds it, in order. */
export function* textsOf(element: Element): Generator<{ text: string; holder: Element }> {
  for (const child of element.children)
    if (typeof child === 'string') yield { text: child, holder: element };
    else if (child.name !== 'style' && child.name !== 'title') yield* textsOf(child);
}

/** The words of an element, pictures read by their alternative. */
export const wordsOf = (element: Element): string =>
  element.children
    .map((child) =>
      typeof child === 'string' ? child : child.name === 'img' ? (child.attributes.alt ?? '') : wordsOf(child),
    )
    .join('');

export const ancestorsOf = (element: Element): Element[] =>
  element.parent ? [element, ...ancestorsOf(element.parent)] : [element];

/** `16px` as 16; null for anything else. */
export const pixels = (value: string | undefined): number | null => {
  const size = /^(\d+(?:\.\d+)?)(?:px)?$/.exec(value ?? '');
  return size ? Number(size[1]) : null;
};

/** The size of the short form `italic 700 23px/1.36 Georgia`, or of `font-size`. */
export const fontSizeOf = ({ style }: Element): number | null =>
  pixels(style['font-size']) ?? pixels(/(?:^|\s)(\d+(?:\.\d+)?px)/.exec(style.font ?? '')?.[1]);

/** A colour of a style as `#rrggbb`; null when it is none that can be computed (transparent, a picture). */
export function colourOf(value: string | undefined): string | null {
  const hex = /#(?:[0-9a-f]{6}|[0-9a-f]{3})\b/i.exec(value ?? '')?.[0];
  if (hex) return hexColour(hex, '') || null;
  const named = /\b(white|black)\b/i.exec(value ?? '')?.[1]?.toLowerCase();
  return named ? (named === 'white' ? '#ffffff' : '#000000') : null;
}

/** What is behind and in front where this element writes: the nearest that is said, as browsers inherit. */
export function coloursAt(element: Element): { ink: string; paper: string } {
  const around = ancestorsOf(element);
  const first = (read: (e: Element) => string | null, fallback: string): string =>
    around.map(read).find((colour) => colour !== null) ?? fallback;
  return {
    ink: first((e) => colourOf(e.style.color), '#000000'),
    paper: first(
      (e) => colourOf(e.style['background-color']) ?? colourOf(e.style.background) ?? colourOf(e.attributes.bgcolor),
      '#ffffff',
    ),
  };
}
