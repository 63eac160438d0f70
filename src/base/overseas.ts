import { toParisDay } from './dates.ts';

/** What the clock shows over there: « 18 h », « 4 h 30 », with its day when it is not the day it is in Paris. */
export type OverseasTime = { place: string; time: string; day?: string };

/** Where people of the departments and communities overseas live, from west to east of their date. */
const PLACES = [
  { place: 'Polynésie française', zone: 'Pacific/Tahiti' },
  { place: 'Guadeloupe, Martinique', zone: 'America/Martinique' },
  { place: 'Guyane', zone: 'America/Cayenne' },
  { place: 'Saint-Pierre-et-Miquelon', zone: 'America/Miquelon' },
  { place: 'Mayotte', zone: 'Indian/Mayotte' },
  { place: 'La Réunion', zone: 'Indian/Reunion' },
  { place: 'Nouvelle-Calédonie', zone: 'Pacific/Noumea' },
  { place: 'Wallis-et-Futuna', zone: 'Pacific/Wallis' },
].map(({ place, zone }) => ({
  place,
  clock: new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
  day: new Intl.DateTimeFormat('fr-FR', { timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' }),
}));

/**
 * An instant on the clocks overseas, for whoever reads an hour of Paris there. Most of these places never change their
 * clocks: the same meeting moves by an hour for them when Paris does.
 */
export function overseasTimes(at: Date): OverseasTime[] {
  const today = toParisDay(at);
  return PLACES.map(({ place, clock, day }) => {
    const p = Object.fromEntries(clock.formatToParts(at).map((x) => [x.type, x.value]));
    const time = p.minute === '00' ? `${Number(p.hour)} h` : `${Number(p.hour)} h ${p.minute}`;
    return `${p.year}-${p.month}-${p.day}` === today ? { place, time } : { place, time, day: day.format(at) };
  });
}

/** « Guyane : 7 h · La Réunion : 14 h · Nouvelle-Calédonie : 21 h » */
export const overseasLine = (at: Date): string =>
  overseasTimes(at)
    .map(({ place, time, day }) => `${place} : ${time}${day ? ` (${day})` : ''}`)
    .join(' · ');
