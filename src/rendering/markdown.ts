import { convert } from 'html-to-text';
import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import type { Links } from './links.ts';
import { linkTarget, visible } from './sanitise.ts';
import { type Fragment, safe } from './template.ts';

/** One text of an author, in both forms; `removed` names the links that led nowhere a message may lead. */
export type Written = { html: Fragment; text: string; removed: string[] };

const marked = new Marked({ gfm: true, breaks: true });
const TAGS = ['p', 'ul', 'ol', 'li', 'strong', 'em', 'a', 'br'];
const paragraph = () => ({ tagName: 'p', attribs: {} });

// Headings become paragraphs: the outline belongs to title blocks, so that a level is never skipped (A11Y-20).
const FLATTENED = Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre'].map((tag) => [tag, paragraph]));

/** The words of the links, in order: the second pass meets a tag before its content. */
const labelsOf = (html: string): string[] =>
  [...html.matchAll(/<a\b[^>]*>([\s\S]*?)<\/a>/gi)].map((m) =>
    visible(convert(m[1]!, { wordwrap: false }))
      .replace(/\s+/g, ' ')
      .trim(),
  );

/**
 * The safe Markdown subset (p, ul, ol, li, strong, em, br, a to http, https, mailto, tel). Anything else loses its tag
 * and keeps its words, scripts and styles lose both (SEC-12). `link` is the inline style of links.
 */
export function writeMarkdown(markdown: string, links: Links, link: string): Written {
  const removed: string[] = [];
  const raw = marked.parse(visible(markdown), { async: false });
  const pure = sanitizeHtml(raw, {
    allowedTags: TAGS,
    allowedAttributes: { a: ['href'] },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowProtocolRelative: false,
    transformTags: FLATTENED,
    // Character references (&#8203;) are decoded by now: what they hid goes too.
    textFilter: visible,
  });
  const labels = labelsOf(pure);
  let at = 0;
  const body = sanitizeHtml(pure, {
    allowedTags: TAGS,
    allowedAttributes: { a: ['href', 'style'] },
    allowedSchemesAppliedToAttributes: [],
    transformTags: {
      a: (_, { href }): sanitizeHtml.Tag => {
        const label = labels[at++] ?? '';
        const target = href && linkTarget(href);
        if (!target) {
          removed.push(label);
          return { tagName: 'removed', attribs: {} };
        }
        // A link without words would have no name for a screen reader: it takes its address.
        const name = label || target;
        return {
          tagName: 'a',
          attribs: { href: links.to(target, name), style: link },
          ...(label ? {} : { text: name }),
        };
      },
    },
  }).trim();
  return { html: safe(body), text: asText(body), removed };
}

const asText = (html: string): string =>
  convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true } },
      { selector: 'ul', options: { itemPrefix: '- ' } },
    ],
  }).trim();
