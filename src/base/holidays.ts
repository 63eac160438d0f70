/** The days of France on which nobody is at work. */

/** Easter Sunday (Meeus, Gregorian calendar) as days since 1 January 1970 UTC. */
function easter(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return Date.UTC(year, month - 1, ((h + l - 7 * m + 114) % 31) + 1) / 86_400_000;
}

const FIXED: Record<string, string> = {
  '1-1': 'le jour de l’An',
  '5-1': 'la fête du Travail',
  '5-8': 'le 8 Mai',
  '7-14': 'la fête nationale',
  '8-15': 'l’Assomption',
  '11-1': 'la Toussaint',
  '11-11': 'le 11 Novembre',
  '12-25': 'Noël',
};
const MOVING: Record<number, string> = { 1: 'le lundi de Pâques', 39: 'l’Ascension', 50: 'le lundi de Pentecôte' };

/** The public holiday of a day in France (labour code, L. 3133-1), or null. Alsace and Moselle have two more. */
export function holidayOf(year: number, month: number, day: number): string | null {
  const afterEaster = Date.UTC(year, month - 1, day) / 86_400_000 - easter(year);
  return FIXED[`${month}-${day}`] ?? MOVING[afterEaster] ?? null;
}

/** 0 is Sunday. */
export const weekdayOf = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay();
