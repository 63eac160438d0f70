import { longDate, parseParis } from '../base/dates.ts';
import { type StatementInput, UNIT_NAMES } from './schema.ts';

/** How a statement is said again, in its own words, wherever it stands. */

const french = new Intl.NumberFormat('fr-FR');

/** « 9 000 visites », « plus de 9 000 personnes »; of another unit, what the remark says of it. */
export const amountText = (s: Pick<StatementInput, 'value' | 'atLeast' | 'unit' | 'note'>): string =>
  `${s.atLeast ? 'plus de ' : ''}${french.format(s.value)}\u00a0${s.unit === 'autre' ? `(${s.note})` : UNIT_NAMES[s.unit]}`;

const dayText = (day: string): string => {
  const at = parseParis(day);
  return at ? longDate(at).replace(/^\S+ /, '').replace(/^1 /, '1er ') : day;
};

/** « du 1er octobre 2023 au 31 décembre 2023 », else the words of the source: « en deux mois ». */
export function windowText({ from, to, windowSaid }: Pick<StatementInput, 'from' | 'to' | 'windowSaid'>): string {
  if (from === null || to === null)
    return /^(en|sur|pendant|de|du|au|entre|fin|depuis)\b/i.test(windowSaid) ? windowSaid : `en ${windowSaid}`;
  return from === to ? `le ${dayText(from)}` : `du ${dayText(from)} au ${dayText(to)}`;
}

const SMALL = ['zéro', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf', 'dix', 'onze', 'douze'];
const LENGTHS: [RegExp, number][] = [
  [/^jours?$/, 1],
  [/^semaines?$/, 7],
  [/^quinzaines?$/, 15],
  [/^mois$/, 30.44],
  [/^trimestres?$/, 91.3],
  [/^semestres?$/, 182.6],
  [/^(an|ans|année|années)$/, 365.25],
];

/** How many days a window lasts; null: its words do not say. « deux mois », « 6 semaines », « un trimestre ». */
export function daysIn({ from, to, windowSaid }: Pick<StatementInput, 'from' | 'to' | 'windowSaid'>): number | null {
  if (from !== null && to !== null) return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
  const words = windowSaid
    .toLowerCase()
    .normalize('NFC')
    .replace(/\bune\b/g, 'un');
  for (const [, amount = '', unit = ''] of words.matchAll(/(\d{1,4}|\p{L}+)[\s\u00a0]+(\p{L}+)/gu)) {
    const n = /^\d/.test(amount) ? Number(amount) : SMALL.indexOf(amount);
    const length = LENGTHS.find(([names]) => names.test(unit))?.[1];
    if (n > 0 && length !== undefined) return n * length;
  }
  return null;
}
