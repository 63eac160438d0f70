import { Marked, type Token } from 'marked';
import type { Block } from '../pushes/schema.ts';
import { TYPE_NAMES } from '../rendering/blocks.ts';
import { type CheckedVariant, type Finding, folded } from './check-schema.ts';

export type WrittenLink = { url: string; label: string };

/** A block as its author wrote it, read for one variant: its words, and its links before anything is made of them. */
export type WrittenBlock = {
  id: string;
  /** As a reader counts, from 1. */
  n: number;
  type: Block['type'];
  words: string;
  links: WrittenLink[];
};

const marked = new Marked({ gfm: true });

/** The words of a token, without the marks of bold and italic. */
const bareWords = (token: Token): string =>
  'tokens' in token && token.tokens?.length
    ? token.tokens.map(bareWords).join('')
    : 'text' in token
      ? String(token.text)
      : '';

/** Markdown as its words and its links; what a link leads to is kept as typed. */
export function readMarkdown(source: string): { words: string; links: WrittenLink[] } {
  const links: WrittenLink[] = [];
  const words: string[] = [];
  marked.walkTokens(marked.lexer(source), (token: Token) => {
    if (token.type === 'link') links.push({ url: String(token.href), label: bareWords(token) });
    else if (token.type === 'paragraph' || token.type === 'list_item' || token.type === 'br') words.push('\n');
    else if (token.type === 'codespan' || token.type === 'escape') words.push(String(token.text));
    else if (token.type === 'text' && !('tokens' in token && token.tokens)) words.push(String(token.text));
  });
  return { words: words.join('').trim(), links };
}

function contentOf(
  block: Block,
  { resources, keyMessages, surveys }: CheckedVariant['input'],
): { words: string; links: WrittenLink[] } {
  const only = (words: string, ...links: WrittenLink[]) => ({ words, links });
  switch (block.type) {
    case 'title':
      return only(block.text);
    case 'text':
      return readMarkdown(block.markdown);
    case 'image':
      return only(block.alt, ...(block.url ? [{ url: block.url, label: block.alt }] : []));
    case 'button':
      return only(block.label, { url: block.url, label: block.label });
    case 'testimony':
      return only([block.quote, block.author, block.role].join('\n'));
    case 'video':
      return only(block.title, { url: block.url, label: block.title });
    case 'separator':
      return only('');
    case 'survey': {
      const survey = surveys?.[block.survey];
      return survey
        ? only(`${survey.title}\n${survey.introduction}`, { url: survey.url, label: survey.title })
        : only('');
    }
    case 'resource': {
      const resource = resources[block.resource];
      return resource
        ? only(
            `${resource.title}\n${resource.summary}`,
            ...(resource.url ? [{ url: resource.url, label: resource.title }] : []),
          )
        : only('');
    }
    case 'key-message':
      return readMarkdown(keyMessages[block.keyMessage]?.[block.format] ?? '');
  }
}

/** The blocks of one variant, numbered as they stand in the whole message. */
export const blocksOf = ({ input }: CheckedVariant): WrittenBlock[] =>
  input.content.blocks.flatMap((block, i) =>
    (block.levels?.includes(input.level) ?? true) && (block.organisations?.includes(input.organisation.slug) ?? true)
      ? [{ id: block.id, n: i + 1, type: block.type, ...contentOf(block, input) }]
      : [],
  );

type Placed = Pick<Finding, 'place' | 'block'>;

/** « Bloc 3 (texte) », and the block to open. */
export const at = (block: Pick<WrittenBlock, 'id' | 'n' | 'type'>): Placed => ({
  place: `Bloc ${block.n} (${TYPE_NAMES[block.type]})`,
  block: { id: block.id, n: block.n },
});

/** Where a text of the compiled page was written: its block, or the frame around blocks. */
export function whereIs(variant: CheckedVariant, text: string): Placed {
  const plain = (words: string) => folded(words).replace(/\s+/g, ' ').trim();
  const wanted = plain(text);
  const block = wanted ? blocksOf(variant).find((b) => plain(b.words).includes(wanted)) : undefined;
  return block ? at(block) : { place: 'Mise en page' };
}
