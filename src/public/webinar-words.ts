import { longDate, toParisField } from '../base/dates.ts';
import type { PublicState, PublicWebinar } from '../webinars/public-webinar.ts';

/** How public pages say when a webinar is, and whether one may come. */

const clock = (at: Date): string => {
  const [hour, minute] = toParisField(at).slice(11).split(':');
  return minute === '00' ? `${Number(hour)}\u00a0h` : `${Number(hour)}\u00a0h\u00a0${minute}`;
};

/** « jeudi 14 janvier 2027, de 14 h à 15 h 30 » */
export function spanText({ startsAt, endsAt }: Pick<PublicWebinar, 'startsAt' | 'endsAt'>): string {
  const [day, last] = [longDate(startsAt), longDate(endsAt)];
  return day === last
    ? `${day}, de ${clock(startsAt)} à ${clock(endsAt)}`
    : `du ${day}, ${clock(startsAt)} au ${last}, ${clock(endsAt)}`;
}

/** The same where nothing stands before it: a line begins with a capital. */
export const spanLine = (w: Pick<PublicWebinar, 'startsAt' | 'endsAt'>): string => {
  const text = spanText(w);
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
};

const STATE_WORDS: Record<PublicState, string> = {
  bientot: 'bientôt',
  ouvert: 'inscriptions ouvertes',
  complet: 'complet : liste d’attente',
  clos: 'inscriptions closes',
  annule: 'annulé',
  passe: 'passé',
};
export const stateWords = (w: Pick<PublicWebinar, 'state'>): string => STATE_WORDS[w.state];

const PLACE_WORDS: Record<PublicWebinar['places'], string> = {
  libres: 'il y a de la place',
  quelques: 'il reste quelques places',
  aucune: 'complet ; les inscriptions vont sur une liste d’attente',
};
export const placeWords = (w: Pick<PublicWebinar, 'places'>): string => PLACE_WORDS[w.places];

/** How many wait before somebody, without a number that would count the others. */
export const waitingWords = (before: number): string =>
  before === 0
    ? 'La prochaine place est pour vous.'
    : before < 5
      ? 'Vous êtes parmi les cinq prochaines personnes.'
      : before < 20
        ? 'Vous êtes parmi les vingt prochaines personnes.'
        : 'Plus de vingt personnes sont avant vous.';

const french = new Intl.ListFormat('fr', { type: 'conjunction' });
export const organisersText = (w: Pick<PublicWebinar, 'organisers'>): string =>
  french.format(w.organisers.map((o) => o.name));

export const webinarPath = (address: string, rest = ''): string => `/webinaires/${address}${rest}`;
