/** Said beside a name, never part of it. */
const MARKS =
  /[([](invite|invitee|guest|externe|external|non verifie|non verifiee|unverified|organisateur|organizer|hote|host|presentateur|presenter|co-host|me|moi|mobile|telephone)[)\]]/g;
const CIVILITIES = new Set(['mme', 'mlle', 'mr', 'mrs', 'ms', 'dr', 'pr', 'monsieur', 'madame', 'mademoiselle']);
const PARTICLES = new Set('d de du des la le les l da do dos di del della van von der den ter el al et y'.split(' '));

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l');

/**
 * The words of a name in one order, whatever their case, accents and order: « DE LA TOUR Éléonore » and « Éléonore de la
 * Tour » have the same. Particles and civilities are dropped where two words are left without them.
 */
export function nameWords(name: string): string[] {
  const words = wordsIn(name);
  const own = words.filter((w) => !CIVILITIES.has(w) && !PARTICLES.has(w));
  return (own.length >= 2 ? own : words).toSorted();
}

const wordsIn = (name: string): string[] =>
  plain(name)
    .replace(MARKS, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** « Le Goff » as those write it who write « Legoff ». */
function gluedWords(name: string): string[] {
  const words: string[] = [];
  let before = '';
  for (const word of wordsIn(name).filter((w) => !CIVILITIES.has(w))) {
    if (PARTICLES.has(word)) before += word;
    else {
      words.push(before + word);
      before = '';
    }
  }
  return words.toSorted();
}

/** One text for all writings of one name. */
export const foldName = (name: string): string => nameWords(name).join(' ');

/**
 * The names somebody goes by: the one shown, and the one before it was changed (« Marie D. (Marie Durand) »), of two words
 * or more each: one word is nobody's whole name.
 */
export function namesOf(shown: string): string[][] {
  const text = plain(shown).replace(MARKS, ' ');
  const inside = [...text.matchAll(/\(([^()]+)\)/g)].map((m) => m[1] ?? '');
  const outside = text.replace(/\([^()]*\)/g, ' ');
  const all = [outside, ...inside]
    .flatMap((name) => [nameWords(name), gluedWords(name)])
    .filter((words) => words.length >= 2 && words.length <= 8);
  return [...new Map(all.map((words) => [words.join(' '), words])).values()];
}

const NOBODY =
  /^(invite|invitee|guest|anonyme|anonymous|utilisateur|user|participant|inconnu|unknown|telephone|phone|appelant|caller|zoom user|utilisateur zoom|visiteur|attendee)?( \d+)?$/;
const DEVICE =
  /^((i ?phone|i ?pad|i ?mac|mac ?book|galaxy|samsung|huawei|xiaomi|redmi|oppo|pixel|pc|ordinateur|tablette|android|windows|desktop|laptop|salle (de|du|[0-9]))( .*)?|.* s (i ?phone|i ?pad|mac ?book|galaxy)|call in user.*|\d[\d ]*)$/;

/**
 * Whether a name says who somebody is. `nobody`: « Invité », an empty cell: each one is somebody else. `device`:
 * « iPhone de Marie », a telephone number: the same one comes back, and nobody knows whose it is.
 */
export function nameKind(name: string): 'person' | 'device' | 'nobody' {
  const text = plain(name)
    .replace(MARKS, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (NOBODY.test(text) || !/\p{L}|\d/u.test(text)) return 'nobody';
  return DEVICE.test(text) ? 'device' : 'person';
}
