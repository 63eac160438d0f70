import { longDate, toParisField } from '../base/dates.ts';
import type { Effect } from '../pushes/edit-webinar.ts';
import type { Headcount } from '../webinars/headcounts.ts';
import type { WebinarRow } from '../webinars/queries.ts';
import type { WebinarCard } from '../webinars/read-webinars.ts';
import { WEBINAR_STATE_NAMES, type WebinarState } from '../webinars/schema.ts';
import { listed, plural, pushUrl, quoted } from './push-words.tsx';
import { number } from './ui/figures.tsx';
import { State, type StateKind } from './ui/marks.tsx';

/** How the pages of a webinar say when it is, where it stands, and how many come. */

export const webinarsUrl = (campaign: string, path = ''): string => `/campagnes/${campaign}/webinaires${path}`;
export const webinarUrl = (campaign: string, slug: string, part = ''): string =>
  webinarsUrl(campaign, `/${slug}${part}`);

const clock = (at: Date): string => {
  const [hour, minute] = toParisField(at).slice(11).split(':');
  return minute === '00' ? `${Number(hour)}\u00a0h` : `${Number(hour)}\u00a0h\u00a0${minute}`;
};

/** « jeudi 14 janvier 2027, de 14 h à 15 h 30 » */
export function spanText({ startsAt, endsAt }: Pick<WebinarRow, 'startsAt' | 'endsAt'>): string {
  const [day, last] = [longDate(startsAt), longDate(endsAt)];
  return day === last
    ? `${day}, de ${clock(startsAt)} à ${clock(endsAt)}`
    : `du ${day}, ${clock(startsAt)} au ${last}, ${clock(endsAt)}`;
}

const STATE_KINDS: Record<WebinarState, StateKind> = {
  prepare: 'off',
  ouvert: 'run',
  ferme: 'pause',
  passe: 'todo',
  tenu: 'ok',
  annule: 'off',
};
export const WebinarMark = ({ state }: { state: WebinarState }) => (
  <State kind={STATE_KINDS[state]}>{WEBINAR_STATE_NAMES[state]}</State>
);

/** « 12 personnes de votre organisation, 27 des autres »; others are not told under k. */
export function peopleText({ own, others }: Headcount, w: Pick<WebinarCard, 'alone' | 'k'>): string {
  if (w.alone && others === null) return plural(own, 'personne', 'personnes');
  const rest = others === null ? `moins de ${w.k} chez les autres` : `${number(others)} chez les autres`;
  return `${plural(own, 'personne', 'personnes')} de votre organisation, ${rest}`;
}

/** The same where the others are counted to the nearest ten. */
export const roughText = (count: Headcount, w: Pick<WebinarCard, 'alone' | 'k'>): string =>
  peopleText(count, w).replace(/, (?=\d)/, ', environ ');

/** Whether there is something to say before it is done. */
export const mattersTo = (effect: Effect, w: Pick<WebinarCard, 'alone' | 'said'>): boolean =>
  effect.pushes.length > 0 ||
  (effect.told !== null &&
    w.said !== 'prepare' &&
    [effect.told.placed, effect.told.waiting].some((n) => n !== null && (n.own > 0 || n.others !== null || !w.alone)));

/** What was shown, so that a yes is a yes to it and to nothing else. */
export const effectKey = (effect: Effect): string =>
  JSON.stringify([effect.told, effect.hour, effect.pushes.map((p) => p.slug)]);

/** An effect in pairs, as pages that ask before acting show it. */
export function effectFacts(
  effect: Effect,
  w: WebinarCard,
  campaign: string,
): (readonly [string, string | ReturnType<typeof PushList>])[] {
  const { told, pushes } = effect;
  return [
    ...(told ? [['Message à', peopleText(told.placed, w)] as const] : [['Message à', 'personne'] as const]),
    ...(told?.waiting && (told.waiting.own > 0 || told.waiting.others !== null)
      ? [['Et à qui attend une place', peopleText(told.waiting, w)] as const]
      : []),
    ...(effect.hour
      ? [['Rappels', 'ceux de l’ancienne heure ne partent plus ; les nouveaux suivent la nouvelle'] as const]
      : []),
    ...(effect.roomier ? [['Places ajoutées', 'à qui attend, dans l’ordre des inscriptions'] as const] : []),
    [
      'À valider de nouveau',
      pushes.length === 0 ? 'aucun envoi' : <PushList pushes={pushes} campaign={campaign} />,
    ] as const,
  ];
}

const PushList = ({ pushes, campaign }: { pushes: Effect['pushes']; campaign: string }) => (
  <>
    {pushes.map((p, i) => (
      <>
        {i > 0 && ', '}
        <a href={pushUrl({ campaignSlug: campaign, slug: p.slug })}>{quoted(p.title)}</a>
      </>
    ))}
  </>
);

export const organisersText = (w: Pick<WebinarCard, 'organiserNames'>): string => listed(w.organiserNames);
