import { raw } from 'hono/html';
import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { visible } from '../../base/visible.ts';

const marked = new Marked({ gfm: true, breaks: true });
const asParagraph = () => ({ tagName: 'p', attribs: {} });

/** A text of several paragraphs as its author wrote it: paragraphs, lists, emphasis, links. The rest keeps its words (SEC-12). */
export const Markdown = ({ source }: { source: string }) => (
  <div class="prose">
    {raw(
      sanitizeHtml(marked.parse(visible(source), { async: false }), {
        allowedTags: ['p', 'ul', 'ol', 'li', 'strong', 'em', 'a', 'br'],
        allowedAttributes: { a: ['href', 'rel'] },
        allowedSchemes: ['http', 'https', 'mailto', 'tel'],
        allowProtocolRelative: false,
        transformTags: {
          ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre'].map((tag) => [tag, asParagraph])),
          a: (_, { href = '' }): sanitizeHtml.Tag => ({ tagName: 'a', attribs: { href, rel: 'noopener noreferrer' } }),
        },
        textFilter: visible,
      }),
    )}
  </div>
);
