import { type Block, type Channel, PRESS_BLOCKS } from '../pushes/schema.ts';
import type { formOf } from './page.tsx';

/** Blocks as plain forms: which fields each has, and how a form becomes a block again. */

export type BlockType = Block['type'];

export const BLOCK_NAMES: Record<BlockType, string> = {
  title: 'titre',
  text: 'texte',
  'key-message': 'élément de langage',
  resource: 'ressource',
  button: 'bouton',
  image: 'image',
  testimony: 'témoignage',
  video: 'vidéo',
  survey: 'questionnaire',
  separator: 'séparateur',
};

export const isBlockType = (text: string): text is BlockType => Object.hasOwn(BLOCK_NAMES, text);

/** Those that a channel offers. */
export const blockTypesOf = (channel: Channel): readonly BlockType[] =>
  channel === 'communique' ? PRESS_BLOCKS : (Object.keys(BLOCK_NAMES) as BlockType[]);

/** The fields of each type, under the names of the channel's own schema. */
const FIELDS: Record<BlockType, readonly string[]> = {
  title: ['text'],
  text: ['markdown'],
  'key-message': ['keyMessage', 'format'],
  resource: ['resource'],
  button: ['label', 'url'],
  image: ['src', 'alt', 'decorative', 'url'],
  testimony: ['quote', 'author', 'role'],
  video: ['title', 'url', 'duration'],
  survey: ['survey'],
  separator: [],
};

type Form = Awaited<ReturnType<typeof formOf>>;
export type BlockValues = Record<string, string | string[]>;

/**
 * What was typed, and the block it makes; the verb judges it. No level or organisation chosen means everybody. `src` is
 * where the image of an image block is read.
 */
export function readBlock(
  form: Form,
  type: BlockType,
  id: string,
  src: string,
): { block: { id: string } & Record<string, unknown>; values: BlockValues } {
  const [levels, organisations] = [form.all('levels'), form.all('organisations')];
  const typed = Object.fromEntries(FIELDS[type].map((name) => [name, name === 'src' ? src : form.text(name)]));
  const given: Record<string, unknown> = { ...typed };
  if (type === 'image') {
    given.decorative = typed.decorative === '1';
    if (!typed.url?.trim()) delete given.url;
  }
  return {
    block: {
      id,
      type,
      ...given,
      ...(levels.length ? { levels } : {}),
      ...(organisations.length ? { organisations } : {}),
    },
    values: { ...typed, levels, organisations },
  };
}

export function blockValues(block: Block): BlockValues {
  const parts: Record<string, unknown> = block;
  const typed = Object.fromEntries(
    FIELDS[block.type].map((name) => [
      name,
      parts[name] === true ? '1' : parts[name] === false ? '' : String(parts[name] ?? ''),
    ]),
  );
  return { ...typed, levels: block.levels ?? [], organisations: block.organisations ?? [] };
}

/** The block in a few words, for a list. `names` gives the title of a resource or the topic of an élément de langage. */
export function blockExcerpt(block: Block, names: ReadonlyMap<string, string>): string {
  switch (block.type) {
    case 'title':
      return block.text;
    case 'text':
      return short(block.markdown);
    case 'key-message':
      return `${names.get(block.keyMessage) ?? block.keyMessage} (${block.format})`;
    case 'resource':
      return names.get(block.resource) ?? block.resource;
    case 'button':
      return `${block.label} → ${block.url}`;
    case 'image':
      return block.decorative ? 'image décorative' : block.alt;
    case 'testimony':
      return short(`${block.author} : ${block.quote}`);
    case 'video':
      return block.title;
    case 'survey':
      return names.get(block.survey) ?? block.survey;
    case 'separator':
      return 'un filet entre deux parties';
  }
}

const SHORT = 160;
/** Without the marks of its bold and italic. */
const short = (marked: string): string => {
  const text = marked.replace(/\*+|^#+ /gm, '');
  return text.length > SHORT ? `${text.slice(0, SHORT).replace(/\s+\S*$/, '')}…` : text;
};
