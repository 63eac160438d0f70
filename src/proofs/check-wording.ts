import { toParisDay } from '../base/dates.ts';
import type { TermInput } from '../key-messages/glossary-schema.ts';
import type { VersionRow } from '../key-messages/queries.ts';
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

/** As one word or a few: « cif » is not in « récif ». */
const asWords = (source: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${source})(?![\\p{L}\\p{N}])`, 'gu');

const compiled = new Map(GLOSSARY.map((entry) => [entry, asWords(entry.old)] as const));

type Match = { written: string; from: number; to: number };

function matchesOf(words: string, pattern: RegExp): Match[] {
  // Folding keeps one character for one, so that what was written is read at the same place.
  return [...folded(words).matchAll(pattern)].map((match) => {
    const [from, to] = [match.index, match.index + match[0].length];
    return { written: words.slice(from, to), from, to };
  });
}

/** Without what is a part of something longer that was found too. */
const longest = <M extends Match>(found: M[]): M[] =>
  found.filter((f) => !found.some((g) => g !== f && g.from <= f.from && g.to >= f.to && g.to - g.from > f.to - f.from));

/** « ex-Pôle emploi », « anciennement OPCA »: the old name is said as such. */
const SAID_AS_OLD =
  /(?:\bex[- ]|anciennement |ancien(?:ne)?s? |autrefois |\bnee? d[eu] )(?:(?:l'|le |la |les |d'|de |du )*)$/;

/** The outdated words of a text, as they are written in it. */
export function outdatedIn(words: string): { written: string; entry: Entry }[] {
  const text = folded(words);
  const found = [...compiled].flatMap(([entry, pattern]) =>
    matchesOf(words, pattern)
      .filter(({ written, from }) => {
        if (entry.capitals && written !== written.toUpperCase()) return false;
        return !SAID_AS_OLD.test(text.slice(0, from));
      })
      .map((match) => ({ ...match, entry })),
  );
  // « OPCA Défi » is one old name, not that of all OPCA as well.
  return longest(found);
}

/** An expression as a pattern: spaces and dashes for one another, and the plural of each of its words. */
const patternOf = (expression: string): RegExp =>
  asWords(
    folded(expression)
      .split(/[\s-]+/)
      .filter(Boolean)
      .map((word) => `${word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}[sx]?`)
      .join('[\\s-]+'),
  );

/**
 * What a campaign's glossary says to avoid and a text says all the same. An expression that the term itself contains is
 * not avoided where the whole term is said (« raccordeur » in « raccordeur de fibre optique »).
 */
export function avoidedIn(words: string, glossary: readonly TermInput[]): { written: string; term: string }[] {
  const found = glossary.flatMap(({ term, avoid }) => {
    const said = matchesOf(words, patternOf(term));
    return avoid
      .flatMap((expression) => matchesOf(words, patternOf(expression)))
      .filter((m) => !said.some((s) => s.from <= m.from && s.to >= m.to))
      .map((match) => ({ ...match, term }));
  });
  return longest(found).map(({ written, term }) => ({ written, term }));
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

export const checkCampaignGlossary =
  (glossary: readonly TermInput[]): VariantCheck =>
  (variant) =>
    readTexts(variant).flatMap(({ words, where }) =>
      [...new Map(avoidedIn(words, glossary).map((f) => [folded(f.written), f])).values()].map(({ written, term }) => ({
        code: 'mot_a_eviter',
        level: 'a_voir' as const,
        ...where,
        message: `${quoted(written)} est à éviter, selon le glossaire de la campagne.`,
        remedy: `Écrivez : ${term}.`,
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

/** The version of an élément de langage that a message says, and the newest one there is. */
export type SaidWording = Pick<VersionRow, 'topic' | 'version' | 'validFrom' | 'validTo'> & { newest: number };

const french = (day: string): string => day.split('-').reverse().join('/');

/** A submitted message keeps the wording of that day: its readers should know that there is another, or that it is over. */
export const checkWordingVersions =
  (said: ReadonlyMap<string, SaidWording>, leavesAt: Date): VariantCheck =>
  (variant) =>
    blocksOf(variant).flatMap((block) => {
      const written = variant.input.content.blocks[block.n - 1];
      const wording = written?.type === 'key-message' ? said.get(written.keyMessage) : undefined;
      return wording ? versionFindings(wording, at(block), toParisDay(leavesAt)) : [];
    });

function versionFindings(wording: SaidWording, where: Placed, day: string): Finding[] {
  const { topic, version, newest, validFrom, validTo } = wording;
  const finding = (code: string, message: string, remedy: string): Finding => ({
    code,
    level: 'a_voir',
    ...where,
    message,
    remedy,
  });
  const found: Finding[] = [];
  if (newest > version)
    found.push(
      finding(
        'edl_remplace',
        `L’élément de langage ${quoted(topic)} a une version plus récente : ce message dit la version ${version}, la dernière est la version ${newest}.`,
        'Soumettez de nouveau pour prendre la version en cours.',
      ),
    );
  if (validTo !== null && validTo < day)
    found.push(
      finding(
        'edl_perime',
        `L’élément de langage ${quoted(topic)} est périmé le ${french(validTo)}, avant le départ.`,
        'Écrivez-en une nouvelle version, ou dites autre chose.',
      ),
    );
  if (validFrom !== null && validFrom > day)
    found.push(
      finding(
        'edl_a_venir',
        `L’élément de langage ${quoted(topic)} ne doit pas être dit avant le ${french(validFrom)}, et ce message part plus tôt.`,
        'Reculez le départ, ou dites autre chose.',
      ),
    );
  return found;
}
