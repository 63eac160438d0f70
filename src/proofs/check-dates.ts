import { longDate, parisFields } from '../base/dates.ts';
import { weekdayOf } from '../base/holidays.ts';
import { endOfDay } from './check-calendar.ts';
import { type Finding, folded, quoted, type VariantCheck } from './check-schema.ts';
import { readTexts } from './check-wording.ts';

/** Dates written in a text, against the day the message leaves: an event that is over, a day that does not exist. */

const MONTHS = 'janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre'.split('|');
const DAYS = 'dimanche|lundi|mardi|mercredi|jeudi|vendredi|samedi'.split('|');

const WORDS = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(${DAYS.join('|')}) )?(?:le )?(\\d{1,2})(?:er)? (${MONTHS.join('|')})(?: (\\d{4}))?(?![\\p{L}\\p{N}])`,
  'gu',
);
const DIGITS = /(?<![\d/.-])(\d{1,2})\/(\d{1,2})\/(\d{4})(?![\d/])/g;

/** What comes before a date that is told as past, not announced. */
const TOLD =
  /\b(?:depuis|signee?s?|publiee?s?|parue?s?|datee?s?|loi|decret|arrete|ordonnance|accord|avenant|convention|creee?s?|adoptee?s?|entree?s? en vigueur|achevee?s?|lancee?s?|remplace\p{L}*)(?: \S+){0,4} $/u;

export type FoundDate = {
  written: string;
  /** Null when the year is not said and cannot be told for certain. */
  year: number | null;
  month: number;
  day: number;
  /** The weekday that is written with it does not fall on that day, in any near year. */
  mismatch: boolean;
  /** Told as history (« la loi du 5 septembre 2018 »). */
  told: boolean;
};

const exists = (year: number, month: number, day: number): boolean =>
  new Date(Date.UTC(year, month - 1, day)).getUTCMonth() === month - 1 && month >= 1 && month <= 12 && day >= 1;

/**
 * The dates of a text. Without a year, the weekday names it: over three years in a row a date falls on three different
 * days. Without either, nobody can tell, and nothing is guessed.
 */
export function datesIn(text: string, around: number): FoundDate[] {
  const bare = folded(text);
  const found: FoundDate[] = [];
  const add = (
    match: RegExpExecArray | RegExpMatchArray,
    weekday: number | null,
    given: number | null,
    month: number,
    day: number,
  ) => {
    const near = [around, around + 1, around - 1];
    const year =
      given ??
      (weekday === null
        ? null
        : (near.find((y) => exists(y, month, day) && weekdayOf(y, month, day) === weekday) ?? null));
    if (month < 1 || month > 12 || day < 1 || day > 31) return;
    found.push({
      written: text.slice(match.index, (match.index ?? 0) + match[0].length),
      year,
      month,
      day,
      mismatch:
        (given !== null && !exists(given, month, day)) ||
        (weekday !== null && (year === null || weekdayOf(year, month, day) !== weekday)),
      told: TOLD.test(bare.slice(0, match.index)),
    });
  };
  for (const match of bare.matchAll(WORDS))
    add(
      match,
      match[1] === undefined ? null : DAYS.indexOf(match[1]),
      match[4] === undefined ? null : Number(match[4]),
      MONTHS.indexOf(match[3] ?? '') + 1,
      Number(match[2]),
    );
  for (const match of bare.matchAll(DIGITS)) add(match, null, Number(match[3]), Number(match[2]), Number(match[1]));
  return found;
}

const EVENT =
  /\b(?:inscri\p{L}+|webinaires?|ateliers?|reunions?|salons?|conferences?|journees?|rencontres?|rendez-vous|date limite|avant le|portes ouvertes)\b/u;

/** Dates are judged on the day the message leaves: its schedule, else now. */
export const checkDates =
  (leavesAt: Date, deadlineAt: Date | null, series: boolean): VariantCheck =>
  (variant) => {
    const found: Finding[] = [];
    for (const { words, where } of readTexts(variant))
      for (const date of datesIn(words, parisFields(leavesAt).year)) {
        const say = (code: string, message: string, remedy: string) =>
          found.push({ code, level: 'a_voir', ...where, message, remedy });
        if (date.mismatch) {
          say(
            'date_fausse',
            `${quoted(date.written)} : ce jour et cette date ne vont pas ensemble.`,
            'Corrigez l’un ou l’autre.',
          );
          continue;
        }
        if (date.year === null || date.told) continue;
        const over = endOfDay(date.year, date.month, date.day);
        if (over < leavesAt)
          say(
            'date_passee',
            `${quoted(date.written)} sera passé quand ce message partira (${longDate(leavesAt)}).`,
            'Retirez cette date, corrigez-la, ou avancez l’envoi.',
          );
        else if (EVENT.test(folded(words)) && !series && (deadlineAt === null || deadlineAt > over))
          say(
            'echeance_evenement',
            deadlineAt === null
              ? `Le message annonce ${quoted(date.written)} sans échéance : un message retardé pourrait arriver après.`
              : `L’échéance de l’envoi tombe après ${quoted(date.written)} : un message retardé arriverait trop tard.`,
            'Donnez à l’envoi une échéance avant cette date.',
          );
      }
    return found;
  };
