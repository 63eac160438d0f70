import { convert } from 'html-to-text';
import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { visible } from '../base/visible.ts';

const marked = new Marked({ gfm: true, breaks: true });
const SCHEMES = ['http:', 'https:', 'mailto:', 'tel:'];
const PARAGRAPH = () => ({ tagName: 'p', attribs: {} });
const FLATTENED = Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre'].map((tag) => [tag, PARAGRAPH]));

/**
 * What somebody writes to registered people, in both forms: paragraphs, lists, bold, italics and links to http(s), mailto
 * and tel, as in a newsletter's text. Anything else loses its tag and keeps its words (SEC-12). Links are not tracked.
 */
export function letterMarkdown(markdown: string): { html: string; text: string } {
  const html = sanitizeHtml(marked.parse(visible(markdown), { async: false }), {
    allowedTags: ['p', 'ul', 'ol', 'li', 'strong', 'em', 'a', 'br'],
    allowedAttributes: { a: ['href'] },
    allowedSchemes: SCHEMES.map((s) => s.slice(0, -1)),
    allowProtocolRelative: false,
    transformTags: {
      ...FLATTENED,
      a: (_, { href = '' }): sanitizeHtml.Tag =>
        SCHEMES.includes(URL.parse(href)?.protocol ?? '')
          ? { tagName: 'a', attribs: { href } }
          : { tagName: 'removed', attribs: {} },
    },
    textFilter: visible,
  }).trim();
  const text = convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true } },
      { selector: 'ul', options: { itemPrefix: '- ' } },
    ],
  }).trim();
  return { html, text };
}
