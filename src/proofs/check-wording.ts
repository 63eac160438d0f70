import { at, blocksOf, type WrittenBlock } from './check-blocks.ts';
import { type CheckedVariant, type Finding, folded, quoted, type VariantCheck } from './check-schema.ts';
import { type Entry, GLOSSARY } from './glossary.ts';

/** Words out of date: those of the trade, and those of the campaign's own éléments de langage. */

type Placed = Pick<Finding, 'place' | 'block'>;

/** What a reader reads of a variant: subject, short line beside it, blocks; separators between words never join two. */
export const readTexts = (variant: CheckedVariant): { words: string; where: Placed }[] => [
  { words: variant.rendered.subject, where: { place: 'Objet' } },
  { words: variant.input.content.preheader, where: { place: 'Phrase d’accroche' } },
  ...blocksOf(variant).map((block) => ({ words: block.words, where: at(block) })),
];

const compiled = new Map(
  GLOSSARY.map((entry) => [entry, new RegExp(`(?<![\\p{L}\\p{N}])(?:${entry.old})(?![\\p{L}\\p{N}])`, 'gu')] as const),
);

/** « ex-Pôle emploi », « anciennement OPCA »: the old name is said as such. */
const SAID_AS_OLD =
  /(?:\bex[- ]|anciennement |ancien(?:ne)?s? |autrefois |\bnee? d[eu] )(?:(?:l'|le |la |les |d'|de |du )*)$/;

/** The outdated words of a text, as they are written in it. */
export function outdatedIn(words: string): { written: string; entry: Entry }[] {
  const text = folded(words);
  const found: { written: string; entry: Entry; from: number; to: number }[] = [];
  for (const [entry, pattern] of compiled)
    for (const match of text.matchAll(pattern)) {
      const [from, to] = [match.index, match.index + match[0].length];
      const written = words.slice(from, to);
      if (entry.capitals && written !== written.toUpperCase()) continue;
      if (SAID_AS_OLD.test(text.slice(0, from))) continue;
      found.push({ written, entry, from, to });
    }
  // « OPCA Défi » is one old name, not that of all OPCA as well.
  return found.filter(
    (f) => !found.some((g) => g !== f && g.from <= f.from && g.to >= f.to && g.to - g.from > f.to - f.from),
  );
}

const dayOf = (since: string): string =>
  /^\d{4}$/.test(since) ? `depuis ${since}` : `depuis le ${since.split('-').reverse().join('/')}`;

export const checkGlossary: VariantCheck = (variant) =>
  readTexts(variant).flatMap(({ words, where }) =>
    [...new Map(outdatedIn(words).map((f) => [`${folded(f.written)}`, f])).values()].map(({ written, entry }) => ({
      code: 'mot_perime',
      level: 'a_voir',
      ...where,
      message: `${quoted(written)} ne se dit plus ${dayOf(entry.since)} (${entry.source}).`,
      remedy: `Écrivez : ${entry.now}.`,
    })),
  );

/** A wording that was replaced, and since when: `last` is the version of today. */
export type OldWording = { slug: string; topic: string; text: string; version: number; last: number };

const bare = (text: string): string => folded(text).replace(/[*_`]/g, '').replace(/\s+/g, ' ').trim();

/** A text that repeats a wording which has been replaced since: shorter ones are anybody's words. */
const LEAST = 40;

export const checkOldWordings =
  (old: readonly OldWording[]): VariantCheck =>
  (variant) => {
    const texts = blocksOf(variant).filter((b): b is WrittenBlock => b.type === 'text' || b.type === 'testimony');
    return texts.flatMap((block) =>
      old
        .filter(({ text }) => bare(text).length >= LEAST && bare(block.words).includes(bare(text)))
        .map(({ topic, version, last }) => ({
          code: 'edl_remplace',
          level: 'a_voir' as const,
          ...at(block),
          message: `Ce bloc reprend la version ${version} de l’élément de langage ${quoted(topic)}, remplacée par la version ${last}.`,
          remedy: 'Remplacez ce texte par un bloc « élément de langage » : il suit la version en cours.',
        })),
    );
  };
