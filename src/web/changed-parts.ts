import { diffArrays } from 'diff';
import { type Change, wordChanges } from '../key-messages/compare.ts';
import type { Block } from '../pushes/schema.ts';

/** One paragraph that moved; `block` is the one it stands in now, where that can be told. */
export type ChangedPart = { kind: 'modifié' | 'ajouté' | 'retiré'; changes: Change[]; block: string | null };

/** A comparison that would take longer than a page is left to the reader, who has the whole below. */
const TIMEOUT_MS = 300;
/** Under this share of words in common, two paragraphs are one removed and one added, not one that was changed. */
const ALIKE = 0.4;

/**
 * What differs between two texts, paragraph by paragraph and word by word inside, in reading order. `blocks` names where
 * each stands. Null when the texts are too long or too different to be compared.
 */
export function changedParts(before: string, after: string, blocks: readonly Block[]): ChangedPart[] | null {
  const runs = diffArrays(paragraphs(before), paragraphs(after), { timeout: TIMEOUT_MS });
  if (!runs) return null;
  const found: ChangedPart[] = [];
  let removed: string[] = [];
  const flush = (added: readonly string[]) => {
    const left = [...removed];
    removed = [];
    for (const text of added) {
      const changes = alike(left[0], text);
      if (changes) left.shift();
      const block = blockOf(text, blocks);
      found.push(
        changes ? { kind: 'modifié', changes, block } : { kind: 'ajouté', changes: [{ kind: 'added', text }], block },
      );
    }
    for (const text of left) found.push({ kind: 'retiré', changes: [{ kind: 'removed', text }], block: null });
  };
  for (const run of runs) {
    if (run.removed) removed.push(...run.value);
    else flush(run.added ? run.value : []);
  }
  flush([]);
  return found;
}

/** Paragraphs that say something: rules and rows of signs do not count. */
const paragraphs = (text: string): string[] =>
  text
    .split(/\n{2,}/)
    .map((p) => p.replace(/\n[-=]{3,}$/, '').trim())
    .filter((p) => /[\p{L}\p{N}]/u.test(p));

function alike(before: string | undefined, after: string): Change[] | null {
  if (before === undefined) return null;
  const changes = wordChanges(before, after);
  const same = changes.reduce((n, c) => n + (c.kind === 'same' ? c.text.length : 0), 0);
  return same >= ALIKE * Math.min(before.length, after.length) ? changes.map(shortened) : null;
}

const AROUND = 90;
/** What did not change is there to find one's way: its ends are enough. */
const shortened = (change: Change): Change =>
  change.kind !== 'same' || change.text.length <= 3 * AROUND
    ? change
    : { kind: 'same', text: `${change.text.slice(0, AROUND)} […] ${change.text.slice(-AROUND)}` };

/** Letters and digits alone: Markdown's marks and the text twin's are not compared. */
const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
const SEEN = 60;

/** Of the blocks whose own words are in the message; a resource or a wording has its words elsewhere. */
function blockOf(paragraph: string, blocks: readonly Block[]): string | null {
  const words = bare(paragraph).slice(0, SEEN);
  return blocks.find((b) => bare(wordsOf(b)).includes(words))?.id ?? null;
}

const wordsOf = (block: Block): string =>
  Object.entries(block)
    .flatMap(([key, value]) => (key !== 'id' && key !== 'type' && typeof value === 'string' ? [value] : []))
    .join(' ');

export type PictureShown = { src: string; alt: string };

/** The images of a message, from its page as it is sent. */
export const picturesIn = (html: string): PictureShown[] =>
  [...html.matchAll(/<img\b[^>]*>/g)].map(([tag]) => ({
    src: /\bsrc="([^"]*)"/.exec(tag)?.[1] ?? '',
    alt: /\balt="([^"]*)"/.exec(tag)?.[1] ?? '',
  }));
