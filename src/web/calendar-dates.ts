import { parseParis, toParisField } from '../base/dates.ts';

/** A day and, where one wants it, an hour: two fields. Without the hour it is the whole day, kept as its midnight. */
export type TypedMoment = { day: string; hour: string };

/** Null for an empty day; undefined for what is no date or no hour. */
export function momentOf({ day, hour }: TypedMoment): Date | null | undefined {
  if (day.trim() === '') return hour.trim() === '' ? null : undefined;
  const typed = hour.trim();
  if (typed !== '' && !/^\d{2}:\d{2}$/.test(typed)) return undefined;
  return parseParis(typed === '' ? day : `${day.trim()}T${typed}`) ?? undefined;
}

export function typedMoment(at: Date | null): TypedMoment {
  if (!at) return { day: '', hour: '' };
  const [day = '', hour = ''] = toParisField(at).split('T');
  return { day, hour: hour === '00:00' ? '' : hour };
}
