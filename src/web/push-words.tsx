import { parisFields, shortDate, shortDateTime, toParisDay } from '../base/dates.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import { CHANNEL_NAMES } from '../pushes/schema.ts';
import { number } from './ui/figures.tsx';
import { Levels, State, type StateKind } from './ui/marks.tsx';

/** How every page says where a push stands, when it leaves and towards whom. */

export const pushUrl = (p: { campaignSlug: string; slug: string }, part = ''): string =>
  `/campagnes/${p.campaignSlug}/envois/${p.slug}${part}`;

/** Between French quotation marks, whose spaces do not break; those that the text has itself become inner ones. */
export const quoted = (text: string): string => `«\u00a0${text.replace(/«\s*/g, '“').replace(/\s*»/g, '”')}\u00a0»`;

export const plural = (n: number, one: string, many: string): string => `${number(n)}\u00a0${n < 2 ? one : many}`;

const french = new Intl.ListFormat('fr');
/** « Afdas, Constructys et la fédération » */
export const listed = (names: readonly string[]): string => french.format(names);

type Standing = Pick<PushLine, 'state' | 'signatories' | 'changesAskedBy' | 'recurrence'>;

/** The state of a push in a sign and a few words, as `myOrganisation` reads it. */
export function standing(p: Standing, myOrganisation: number): { kind: StateKind; text: string } {
  // Who has left, or was silent at the deadline, is not waited for.
  const counted = p.signatories.filter((s) => s.absent === null);
  const yes = counted.filter((s) => !s.missing).length;
  switch (p.state) {
    case 'brouillon':
      return { kind: 'off', text: 'brouillon' };
    case 'a_valider':
      if (p.changesAskedBy.length) return { kind: 'stop', text: 'changement demandé' };
      return p.signatories.some((s) => s.id === myOrganisation && s.missing)
        ? { kind: 'todo', text: 'à valider par votre organisation' }
        : { kind: 'wait', text: `${plural(yes, 'validation', 'validations')} sur ${counted.length}` };
    case 'programme':
      return { kind: 'ok', text: 'validé, programmé' };
    case 'pret':
      return { kind: 'todo', text: 'validé, prêt à partir' };
    case 'en_cours':
      return { kind: 'run', text: 'en cours d’envoi' };
    case 'en_pause':
      return { kind: 'pause', text: 'en pause' };
    case 'termine':
      return { kind: 'ok', text: 'envoyé' };
    case 'annule':
      return { kind: 'off', text: 'annulé' };
    case 'modele':
      return { kind: 'wait', text: 'se répète' };
  }
}

export const Standing = (p: { push: Standing; organisation: number }) => {
  const { kind, text } = standing(p.push, p.organisation);
  return <State kind={kind}>{text}</State>;
};

export const PushMeta = ({
  push: p,
  campaign,
}: {
  push: Pick<PushLine, 'channel' | 'levels' | 'campaign'>;
  campaign?: boolean;
}) => (
  <>
    {CHANNEL_NAMES[p.channel]} · <Levels levels={p.levels} />
    {campaign && ` · ${p.campaign}`}
  </>
);

/** « du mar. 24 nov., 8 h au ven. 4 déc., 20 h » */
export const periodOf = (window: { from: Date; to: Date }): string =>
  `du ${shortDateTime(window.from)} au ${shortDateTime(window.to)}`;

export const whenOf = (at: Date | null): string => (at ? shortDateTime(at) : 'sans date');

const weekday = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', weekday: 'long' });
const dayAndMonth = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', day: 'numeric', month: 'long' });

const DAY = 86_400_000;
/** Days of the calendar between two instants, in Paris. */
export const daysUntil = (at: Date, now: Date): number =>
  Math.round((Date.parse(toParisDay(at)) - Date.parse(toParisDay(now))) / DAY);

/** « Aujourd’hui », « Demain », « Jeudi », « Le 4 décembre »: the opening of a sentence. */
export function dayWord(at: Date, now: Date): string {
  const days = daysUntil(at, now);
  if (days === 0) return 'Aujourd’hui';
  if (days === 1) return 'Demain';
  const name = weekday.format(at);
  return days > 1 && days < 7 ? `${name[0]?.toUpperCase()}${name.slice(1)}` : `Le ${dayAndMonth.format(at)}`;
}

/** « du 2 nov. au 31 mars 2027 » */
export function periodText(startsOn: string, endsOn: string): string {
  const [from, to] = [new Date(`${startsOn}T12:00:00Z`), new Date(`${endsOn}T12:00:00Z`)];
  const start = dayAndMonth.format(from);
  const years = [parisFields(from).year, parisFields(to).year];
  return `du ${years[0] === years[1] ? start : `${start} ${years[0]}`} au ${dayAndMonth.format(to)} ${years[1]}`;
}

export const dayText = (day: string): string => shortDate(new Date(`${day}T12:00:00Z`));

const ORDINALS = ['premier', 'deuxième', 'troisième', 'quatrième'];
const DAYS = ['dimanche', 'lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];
const MONTHS = [
  'janvier',
  'février',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'août',
  'septembre',
  'octobre',
  'novembre',
  'décembre',
];
const WEEKS = ['1-7', '8-14', '15-21', '22-28'];

/** `1,4` as positions; null for what is no plain list. */
const numbers = (field: string): number[] | null => (/^\d+(,\d+)*$/.test(field) ? field.split(',').map(Number) : null);
const dateWord = (date: number): string => (date === 1 ? 'le 1er' : `le ${date}`);

/** A recurrence as people say it: « chaque mois, le premier mardi à 9 h »; of a rarer shape, its next dates say it better. */
export function recurrenceText(cron: string): string {
  const [minute = '0', hour = '0', date = '*', month = '*', weekday = '*'] = cron.split(' ');
  const months = numbers(month)?.map((m) => MONTHS[m - 1] ?? '');
  const day = daysOf(date, weekday);
  if (day === null || (month !== '*' && !months)) return RARE;
  const each = month === '*' && date !== '*' ? 'chaque mois, ' : '';
  const when = months ? `, en ${listed(months)},` : '';
  return `${each}${day}${when} à ${Number(hour)} h${Number(minute) === 0 ? '' : ` ${minute.padStart(2, '0')}`}`;
}

const RARE = 'à plusieurs dates, selon son expression avancée';

function daysOf(date: string, weekday: string): string | null {
  const days = numbers(weekday)?.map((d) => DAYS[d] ?? '');
  const week = WEEKS.indexOf(date);
  if (date === '*') return weekday === '*' ? 'chaque jour' : weekdayWords(weekday, days);
  if (weekday === '*') return listed(numbers(date)?.map(dateWord) ?? []) || null;
  return week >= 0 && days ? `le ${ORDINALS[week]} ${listed(days)}` : null;
}

function weekdayWords(weekday: string, days: string[] | undefined): string | null {
  if (days) return `chaque ${listed(days)}`;
  const [, from, to] = /^(\d)-(\d)$/.exec(weekday) ?? [];
  return from ? `du ${DAYS[Number(from)]} au ${DAYS[Number(to)]}` : null;
}
