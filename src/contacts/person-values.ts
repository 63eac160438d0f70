import type { Read } from './identifiers.ts';

const isDay = (year: number, month: number, day: number): boolean => {
  const at = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && year < 2200 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
};

/** `12/03/2024` (day first), `12-3-24` or `2024-03-12`, an hour after it being left out; as `2024-03-12`. */
export function readDay(raw: string): Read<string> {
  const text = raw.trim().replace(/[T ]\d{1,2}[:h].*$/, '');
  if (text === '') return { value: null };
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const french = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})$/.exec(text);
  const [year, month, day] = iso
    ? [iso[1], iso[2], iso[3]].map(Number)
    : [french?.[3]?.padStart(4, '20'), french?.[2], french?.[1]].map(Number);
  if (!isDay(year!, month!, day!)) return { value: null, code: 'date_invalid' };
  return { value: `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` };
}

const isUpper = (word: string): boolean =>
  word === word.toUpperCase() && word !== word.toLowerCase() && word.length > 1;

/** « Théo Da Silva », « DA SILVA Théo » or « Da Silva, Théo ». One word alone is a last name. */
export function splitName(full: string): { firstName: string | null; lastName: string | null } {
  const text = full
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^(M\.|Mme|Mlle|Monsieur|Madame) /i, '');
  const comma = text.indexOf(',');
  if (comma > 0) return { lastName: text.slice(0, comma).trim(), firstName: text.slice(comma + 1).trim() || null };
  const words = text.split(' ');
  if (words.length < 2) return { firstName: null, lastName: text || null };
  const upper = words.findIndex((word) => !isUpper(word));
  if (upper > 0) return { lastName: words.slice(0, upper).join(' '), firstName: words.slice(upper).join(' ') };
  return { firstName: words[0]!, lastName: words.slice(1).join(' ') };
}

const CIVILITIES: Record<string, string> = {
  m: 'M.',
  mr: 'M.',
  monsieur: 'M.',
  homme: 'M.',
  h: 'M.',
  mme: 'Mme',
  madame: 'Mme',
  mlle: 'Mme',
  mademoiselle: 'Mme',
  ms: 'Mme',
  mrs: 'Mme',
  femme: 'Mme',
  f: 'Mme',
};

/** « M. », « Mme », or nothing: a civility is never guessed. */
export const readCivility = (raw: string): string | null =>
  CIVILITIES[raw.trim().toLowerCase().replace(/\.$/, '')] ?? null;

/** « fibre, apprentissage | salon 2026 », each once, in the order written. */
export const readTags = (raw: string): string[] => [
  ...new Set(
    raw
      .split(/[,;|\n]/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];

const YES = new Set(['oui', 'o', 'yes', 'y', '1', 'x', 'vrai', 'true', 'granted', 'accord', 'accepte', 'ok']);
const NO = new Set(['non', 'n', 'no', '0', 'faux', 'false', 'refused', 'refus', 'refuse', 'refusé']);

export function readConsent(raw: string): Read<'granted' | 'refused'> {
  const text = raw.trim().toLowerCase();
  if (text === '') return { value: null };
  if (YES.has(text)) return { value: 'granted' };
  return NO.has(text) ? { value: 'refused' } : { value: null, code: 'consent_unclear' };
}
