import { longDate, parseParis, toParisField } from '../base/dates.ts';

/**
 * A wall-clock time as somebody types it, `2027-03-28T02:30`, that no clock in France shows: the instant it is read as has
 * another hour. Null when the hour exists, or is no date at all.
 */
export function missingHour(typed: string): { sentence: string } | null {
  const at = parseParis(typed);
  const asked = typed.trim().replace(' ', 'T').slice(0, 16);
  if (!at || asked.length < 16 || toParisField(at) === asked) return null;
  const [hour, minute] = asked.slice(11).split(':');
  return {
    sentence: `Le ${longDate(at)}, les horloges passent de 2 h à 3 h : ${Number(hour)} h ${minute} n’existe pas. Choisissez une autre heure.`,
  };
}
