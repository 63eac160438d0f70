import type { SizeClass } from '../base/words.ts';
import type { Read } from './identifiers.ts';

export type Headcount = { headcount: number | null; sizeClass: SizeClass };

export function sizeClass(headcount: number): SizeClass {
  if (headcount < 11) return '<11';
  if (headcount < 50) return '11-49';
  return headcount < 250 ? '50-249' : '250+';
}

const MAX_HEADCOUNT = 2_000_000;

/**
 * A number, or a bracket such as « 20 à 49 salariés », « moins de 11 », « 250 et plus ». FR-40: a bracket that
 * straddles two classes (INSEE's 10-19) is `inconnu`, not a guess.
 */
export function readHeadcount(raw: string): Read<Headcount> {
  const text = raw
    .replace(/(?<=\d)[\s\u00a0\u202f](?=\d{3}\b)/g, '')
    .trim()
    .toLowerCase();
  if (text === '') return { value: null };
  const numbers = (text.match(/\d+/g) ?? []).map(Number);
  const [low, high] = numbers;
  if (low === undefined || numbers.length > 2 || numbers.some((n) => n > MAX_HEADCOUNT))
    return { value: null, code: 'headcount_invalid' };
  if (/^\d+([.,]0+)?$/.test(text)) return { value: { headcount: low, sizeClass: sizeClass(low) } };
  const bracket = (from: number, to: number): Read<Headcount> => {
    const [a, b] = [sizeClass(from), sizeClass(to)];
    return { value: { headcount: null, sizeClass: a === b ? a : 'inconnu' } };
  };
  if (high !== undefined && /^\d+ *(-|à|a|et|–) *\d+/.test(text.replace(/^de |^entre /, ''))) return bracket(low, high);
  if (/^(moins de|<)/.test(text)) return bracket(0, low - 1);
  if (/(et plus|\+|ou plus)/.test(text) || /^(plus de|>)/.test(text)) return bracket(low, MAX_HEADCOUNT);
  if (/^\d+ *(salari|pers|employ)/.test(text)) return { value: { headcount: low, sizeClass: sizeClass(low) } };
  return { value: null, code: 'headcount_invalid' };
}
