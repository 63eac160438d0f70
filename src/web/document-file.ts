import { convert } from 'html-to-text';
import type { Document } from './document.ts';
import { markdownOf, plainMarkdown } from './document.ts';
import { DocumentView } from './document-view.tsx';
import type { WebContext } from './env.ts';
import { noteHtml } from './memory-words.tsx';

// A file that is opened from a disk has no other place for its look than itself.
const LOOK = `:root{color-scheme:light dark}
body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:400 1rem/1.5 Georgia,"Times New Roman",serif}
h1,h2,h3,th,dt,caption{font-family:system-ui,sans-serif;line-height:1.2}
h2{margin-top:2rem;border-top:1px solid;padding-top:.6rem}h3{margin-top:1.5rem}
h2,h3{break-after:avoid}
dl>div{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:1rem;padding:.2rem 0;break-inside:avoid}
dd{margin:0}dt{opacity:.75}dd ul{margin:0;padding:0;list-style:none}
table{width:100%;border-collapse:collapse;margin-top:1rem}
th,td{border:1px solid;padding:.35rem .5rem;text-align:left;vertical-align:top}
caption{text-align:left;padding-bottom:.3rem}
@page{margin:16mm 14mm}@media print{body{margin:0;max-width:none;font-size:10.5pt}a{color:inherit}h1{font-size:17pt}h2{font-size:13pt;margin-top:.9rem}ul{margin:.3rem 0}}`;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** The document as one HTML file that needs nothing else, and can run nothing. */
export async function htmlFile(doc: Document): Promise<string> {
  return `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(doc.title)}</title><style>${LOOK}</style></head>
<body><main><h1>${escaped(doc.title)}</h1>${doc.lead.map((l) => `<p>${escaped(l)}</p>`).join('')}
${String(await DocumentView({ doc }))}</main></body></html>
`;
}

/** A note keeps its words and its links; whatever its Markdown hid does not come along. */
const notePlain = (source: string): string =>
  convert(noteHtml(source), {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { linkBrackets: ['(', ')'], hideLinkHrefIfSameAsText: true } },
      { selector: 'ul', options: { itemPrefix: '- ' } },
    ],
  })
    .split('\n')
    .map((line) =>
      line.trimStart().startsWith('- ') ? `- ${plainMarkdown(line.trim().slice(2))}` : plainMarkdown(line),
    )
    .join('\n');

export const markdownFile = (doc: Document): string => markdownOf(doc, notePlain);

/** The same document in the three forms a page offers. `name` is the file's, without its ending. */
export async function download(c: WebContext, doc: Document, format: 'md' | 'html', name: string) {
  const body = format === 'md' ? markdownFile(doc) : await htmlFile(doc);
  return c.body(body, 200, {
    'content-type': format === 'md' ? 'text/markdown; charset=utf-8' : 'text/html; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.${format}"`,
    // Opened from this address all the same, it would still be somebody's text on our site.
    ...(format === 'html'
      ? { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox" }
      : {}),
  });
}
