import { namesOf } from './names.ts';

/** Somebody of the files: every name they went by, and the keyed hash of their address in hexadecimal. */
export type Seen = { person: string; names: readonly string[]; hash: string | null };
/** Somebody who registered with one organisation. */
export type Registrant = { id: number; name: string; hash: string | null };

export type Match = {
  registrationId: number;
  person: string;
  how: 'adresse' | 'nom' | 'proche';
  /** Nobody needs to look at it. */
  sure: boolean;
};

/** More registrants than this fit: the name says too little to ask anybody. */
const MOST_CANDIDATES = 5;
/** A word that so many registrants have in their name brings nobody close to anybody. */
const TOO_COMMON = 300;

/**
 * Who of one organisation's registrants came: by address, else, for somebody whose address nobody knows, by a whole name
 * that one registrant alone has, both for sure; by a name that several have, by one that comes close, or by a name whose
 * address is another one (a namesake, or a second account), to be looked at. Given the registrants of one
 * organisation only: what it learns must not depend on whom the others registered.
 */
export function matchAttendance(people: readonly Seen[], registrants: readonly Registrant[]): Match[] {
  const byHash = new Map(registrants.flatMap((r) => (r.hash ? [[r.hash, r] as const] : [])));
  const book = bookOf(registrants);
  const matches: Match[] = [];

  for (const seen of people) {
    const known = seen.hash === null ? undefined : byHash.get(seen.hash);
    if (known) {
      matches.push({ registrationId: known.id, person: seen.person, how: 'adresse', sure: true });
      continue;
    }
    const names = seen.names.flatMap(namesOf);
    const whole = unique(names.flatMap((words) => book.named(words)));
    if (whole.length > 0) {
      if (whole.length > MOST_CANDIDATES) continue;
      const sure = whole.length === 1 && seen.hash === null;
      for (const { id } of whole) matches.push({ registrationId: id, person: seen.person, how: 'nom', sure });
      continue;
    }
    const near = unique(names.flatMap((words) => book.near(words)));
    if (near.length > MOST_CANDIDATES) continue;
    for (const { id } of near) matches.push({ registrationId: id, person: seen.person, how: 'proche', sure: false });
  }
  return matches;
}

const unique = (registrants: readonly Registrant[]): Registrant[] => [
  ...new Map(registrants.map((r) => [r.id, r])).values(),
];

/** Registrants found by their names: a list of thousands is not walked for each of thousands. */
function bookOf(registrants: readonly Registrant[]) {
  const byName = new Map<string, Registrant[]>();
  const byWord = new Map<string, { registrant: Registrant; words: string[] }[]>();
  for (const registrant of registrants)
    for (const words of namesOf(registrant.name)) {
      const name = words.join(' ');
      const namesakes = byName.get(name);
      if (namesakes) namesakes.push(registrant);
      else byName.set(name, [registrant]);
      for (const word of new Set(words)) {
        if (word.length < 2) continue;
        const others = byWord.get(word);
        if (others) others.push({ registrant, words });
        else byWord.set(word, [{ registrant, words }]);
      }
    }
  return {
    named: (words: readonly string[]): Registrant[] => byName.get(words.join(' ')) ?? [],
    near: (words: readonly string[]): Registrant[] =>
      words
        .map((word) => byWord.get(word) ?? [])
        .filter((found) => found.length <= TOO_COMMON)
        .flat()
        .filter((found) => nearness(words, found.words) !== null)
        .map((found) => found.registrant),
  };
}

export type Nearness = 'initiale' | 'faute' | 'mots';
export const NEARNESS_NAMES: Record<Nearness, string> = {
  initiale: 'une initiale à la place d’un nom',
  faute: 'une lettre de différence',
  mots: 'un mot de plus ou de moins',
};

/** How a name comes close to another, of which it shares a word; both as `nameWords` gives them. Null: it does not. */
export function nearness(a: readonly string[], b: readonly string[]): Nearness | null {
  const [restA, restB] = [without(a, b), without(b, a)];
  const shared = a.length - restA.length;
  if (shared === 0) return null;
  if (restA.length === 0 || restB.length === 0) return shared >= 2 ? 'mots' : null;
  if (restA.length === restB.length && restA.every((word, i) => isInitial(word, restB[i] ?? ''))) return 'initiale';
  const [left, right] = [restA.join(''), restB.join('')];
  return Math.max(left.length, right.length) >= 4 && withinOneTypo(left, right) ? 'faute' : null;
}

/** The words of `a` that `b` has not, each as often as it stands there. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const left = [...b];
  return a.filter((word) => {
    const at = left.indexOf(word);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

const isInitial = (a: string, b: string): boolean =>
  a !== b && (a.length === 1 || b.length === 1) && a.startsWith(b.slice(0, 1)) && b !== '';

/** One letter changed, missing, added, or two that changed places. */
export function withinOneTypo(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const same = (fromA: number, fromB: number) => a.slice(fromA) === b.slice(fromB);
  if (same(i + 1, i + 1) || same(i, i + 1) || same(i + 1, i)) return true;
  return a[i] === b[i + 1] && a[i + 1] === b[i] && same(i + 2, i + 2);
}
