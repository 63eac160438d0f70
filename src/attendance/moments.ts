import { fromParis, parisFields } from '../base/dates.ts';
import type { DateOrder } from './schema.ts';

const TIME = String.raw`(\d{1,2})[:h] ?(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([ap])\.?m\.?)?`;
const ZONE = String.raw`(?: ?(z|utc|gmt|[+-]\d{2}:?\d{2}))?`;
const ISO = new RegExp(String.raw`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:t|,? )${TIME}${ZONE}$`, 'i');
const NUMERIC = new RegExp(String.raw`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2}),? (?:à |at )?${TIME}${ZONE}$`, 'i');
const DAY_NAMED = new RegExp(
  String.raw`^(?:\p{L}+\.?,? )?(\d{1,2}) (\p{L}+)\.?,? (\d{4}),? (?:à |at )?${TIME}${ZONE}$`,
  'iu',
);
const MONTH_NAMED = new RegExp(String.raw`^(\p{L}+)\.? (\d{1,2}),? (\d{4}),? (?:à |at )?${TIME}${ZONE}$`, 'iu');

/** No instant is longer. */
const LONGEST = 60;

/** By their first letters, accents dropped, in French and in English. */
const MONTHS = [
  ['jan'],
  ['fev', 'feb'],
  ['mar'],
  ['avr', 'apr'],
  ['mai', 'may'],
  ['juin', 'jun'],
  ['juil', 'jul'],
  ['aou', 'aug'],
  ['sep'],
  ['oct'],
  ['nov'],
  ['dec'],
];

export const monthOf = (name: string): number => {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return MONTHS.findIndex((begins) => begins.some((b) => plain.startsWith(b))) + 1;
};

/** Narrow spaces and direction marks, which browsers write into dates. */
export const plainText = (text: string): string =>
  text
    .replace(/[\u200e\u200f]/g, '')
    .replace(/[\s\u00a0\u2009\u202f]+/g, ' ')
    .trim();

/**
 * An instant as platforms write it: `26/11/2026 14:05:09`, `11/26/26, 2:05:09 PM`, `2026-11-26T13:05:09Z`,
 * `26 nov. 2026 à 14:05`. Without a zone it is the clock of Paris (`utc`: Greenwich). Null: not an instant.
 */
export function readMoment(raw: string, order: DateOrder, utc = false): Date | null {
  const text = plainText(raw);
  if (text.length > LONGEST) return null;
  const found = fieldsOf(text, order);
  if (!found) return null;
  const { year, month, day, time } = found;
  const [hour12, minute, second, half, zone] = time;
  if (half && (Number(hour12) < 1 || Number(hour12) > 12)) return null;
  const hour = half ? (Number(hour12) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour12);
  if (!isDay(year, month, day) || hour > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  const seconds = Number(second ?? 0) * 1000;
  if (!zone && !utc) return new Date(fromParis(year, month, day, hour, Number(minute)).getTime() + seconds);
  return new Date(Date.UTC(year, month - 1, day, hour, Number(minute)) + seconds - offsetOf(zone));
}

type Fields = { year: number; month: number; day: number; time: (string | undefined)[] };

function fieldsOf(text: string, order: DateOrder): Fields | null {
  const iso = ISO.exec(text);
  if (iso) return { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]), time: iso.slice(4) };
  const numeric = NUMERIC.exec(text);
  if (numeric) {
    const [first, second] = [Number(numeric[1]), Number(numeric[2])];
    const [day, month] = order === 'jour' ? [first, second] : [second, first];
    return { year: Number(numeric[3]?.padStart(4, '20')), month, day, time: numeric.slice(4) };
  }
  const named = DAY_NAMED.exec(text);
  if (named)
    return { year: Number(named[3]), month: monthOf(named[2] ?? ''), day: Number(named[1]), time: named.slice(4) };
  const american = MONTH_NAMED.exec(text);
  if (!american) return null;
  const [, month, day, year] = american;
  return { year: Number(year), month: monthOf(month ?? ''), day: Number(day), time: american.slice(4) };
}

export const isDay = (year: number, month: number, day: number): boolean => {
  const at = new Date(Date.UTC(year, month - 1, day));
  return year > 2000 && year < 2200 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
};

const offsetOf = (zone: string | undefined): number => {
  const m = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) * 60_000 : 0;
};

const DAY_AND_TIME = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2}),? .*\d[:h]\d/;

/**
 * Which of the two readings the days of a file have, from all of them: a 13th settles it, then the day of the webinar,
 * then titles in French. Null: nothing settles it, and somebody must say.
 */
export function dateOrderOf(
  cells: Iterable<string>,
  { day, french }: { day: Date; french: boolean },
): DateOrder | null {
  const first = new Set<number>();
  const second = new Set<number>();
  const pairs = new Set<string>();
  for (const cell of cells) {
    const m = DAY_AND_TIME.exec(plainText(cell));
    if (!m) continue;
    first.add(Number(m[1]));
    second.add(Number(m[2]));
    pairs.add(`${Number(m[1])}/${Number(m[2])}/${m[3]?.padStart(4, '20')}`);
  }
  if (Math.max(0, ...first) > 12) return 'jour';
  if (Math.max(0, ...second) > 12) return 'mois';
  if ([...pairs].every((pair) => pair.split('/')[0] === pair.split('/')[1])) return 'jour';
  const wanted = parisFields(day);
  const asDays = pairs.has(`${wanted.day}/${wanted.month}/${wanted.year}`);
  const asMonths = pairs.has(`${wanted.month}/${wanted.day}/${wanted.year}`);
  if (asDays !== asMonths) return asDays ? 'jour' : 'mois';
  return french ? 'jour' : null;
}

const UNIT_SECONDS: [RegExp, number][] = [
  [/^(?:h|hr|hrs|heures?|hours?)$/, 3600],
  [/^(?:m|mn|min|mins|minutes?)$/, 60],
  [/^(?:s|sec|secs|secondes?|seconds?)$/, 1],
];

/**
 * A length of time in seconds: `1 h 2 min 3 s`, `1h 2m 3s`, `01:02:03`, `62 min`, or a bare number of `unit`.
 * Null: not one (`01:02` could be minutes or hours).
 */
export function readDuration(raw: string, unit: 'minutes' | 'secondes' = 'minutes'): number | null {
  const text = plainText(raw).toLowerCase();
  if (text.length > LONGEST) return null;
  const hours = /^(\d{1,2}) ?h ?(\d{2})$/.exec(text);
  if (hours) return Number(hours[1]) * 3600 + Number(hours[2]) * 60;
  const clock = /^(\d{1,3}):(\d{2}):(\d{2})$/.exec(text);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  if (/^\d+(?:[.,]\d+)?$/.test(text)) return Number(text.replace(',', '.')) * (unit === 'minutes' ? 60 : 1);
  if (!/^(?:\d+(?:[.,]\d+)? ?\p{L}+\.?(?:,? |$)?)+$/u.test(text)) return null;
  let seconds = 0;
  for (const [, amount, name] of text.matchAll(/(\d+(?:[.,]\d+)?) ?(\p{L}+)/gu)) {
    const found = UNIT_SECONDS.find(([names]) => names.test(name ?? ''));
    if (!found) return null;
    seconds += Number(amount?.replace(',', '.')) * found[1];
  }
  return seconds;
}

/** Nobody stays longer in a webinar: such a number is a mistake of the file, or of its columns. */
export const LONGEST_STAY_SECONDS = 24 * 3600;

/** Whole minutes of a length of time; anybody who stayed at all stayed one. */
export const wholeMinutes = (seconds: number): number => (seconds > 0 ? Math.max(1, Math.round(seconds / 60)) : 0);
