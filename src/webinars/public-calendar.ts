import { type IcsEvent, icsCalendar } from '../base/ics.ts';
import { visible } from '../base/visible.ts';
import type { MyRegistration } from './my-registration.ts';
import type { PublicWebinar } from './public-webinar.ts';

type Instance = { publicUrl: string };

/** The public page of a webinar. */
export const webinarUrl = ({ publicUrl }: Instance, address: string): string => `${publicUrl}/webinaires/${address}`;

/** One webinar, for anybody's calendar: nobody is invited by it, and where it takes place is not in it (CAL-01, CAL-06). */
export const webinarFile = (instance: Instance, webinar: PublicWebinar): string =>
  icsCalendar({ name: webinar.title, method: 'PUBLISH', events: [publicEvent(instance, webinar)] });

/** All of them, for a calendar that subscribes. */
export const webinarsFeed = (instance: Instance, name: string, webinars: readonly PublicWebinar[]): string =>
  icsCalendar({ name, events: webinars.map((w) => publicEvent(instance, w)) });

const french = new Intl.ListFormat('fr', { type: 'conjunction' });

function publicEvent(instance: Instance, w: PublicWebinar): IcsEvent {
  const page = webinarUrl(instance, w.address);
  const organizer = w.organisers.find((o) => o.id === w.organisationId) ?? w.organisers[0];
  return {
    uid: w.uid,
    sequence: w.sequence,
    stamp: w.changedAt,
    start: w.startsAt,
    end: w.endsAt,
    summary: visible(w.title),
    description: [
      w.summary,
      w.organisers.length > 0 && `Organisé par ${french.format(w.organisers.map((o) => o.name))}.`,
      w.state === 'annule'
        ? ['Annulé.', w.reason].filter(Boolean).join(' ')
        : `Le lien pour rejoindre est donné aux personnes inscrites : ${page}`,
    ]
      .filter((part) => typeof part === 'string' && part !== '')
      .map((part) => visible(String(part)))
      .join('\n\n'),
    location: 'En ligne',
    url: page,
    status: w.state === 'annule' ? 'CANCELLED' : 'CONFIRMED',
    ...(organizer?.sender && { organizer: { name: organizer.name, address: organizer.sender } }),
  };
}

/** The registered person's own, with the way in: the same event in their calendar as the letter's (CAL-03). */
export function registrationFile(instance: Instance, mine: MyRegistration): string {
  const event = publicEvent(instance, mine.webinar);
  const { join } = mine;
  return icsCalendar({
    name: mine.webinar.title,
    method: 'PUBLISH',
    events: [
      {
        ...event,
        uid: mine.uid,
        sequence: mine.sequence,
        ...(mine.state === 'annulee' && { status: 'CANCELLED' }),
        ...(mine.state === 'attente' && { status: 'TENTATIVE' }),
        ...(join?.url && {
          location: join.url,
          url: join.url,
          description: [mine.webinar.summary, `Rejoindre : ${join.url}`, join.note]
            .map(visible)
            .filter(Boolean)
            .join('\n\n'),
        }),
      },
    ],
  });
}
