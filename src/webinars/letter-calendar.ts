import { type IcsPerson, icsCalendar } from '../base/ics.ts';
import { oneLine, visible } from '../base/visible.ts';
import type { CalendarPart } from '../mail/send-one.ts';
import type { WebinarRow } from './queries.ts';
import type { RegistrationRow } from './registrations.ts';

export type Invited = Pick<WebinarRow, 'title' | 'summary' | 'startsAt' | 'endsAt' | 'joinUrl' | 'joinNote'>;

/**
 * The place of a webinar in one registered person's calendar: asked for, moved (the same again, with a higher sequence), or
 * taken out. `page`: where anybody may read about it. The way in is the real address, never a counted one (CAL-06), and
 * the person's own link to their registration is not in it: calendars are shared.
 */
export function calendarFor(of: {
  method: CalendarPart['method'];
  webinar: Invited;
  registration: Pick<RegistrationRow, 'uid' | 'address' | 'firstName' | 'lastName'>;
  organizer: IcsPerson;
  sequence: number;
  page: string;
  now: Date;
}): CalendarPart {
  const { method, webinar, registration, organizer, sequence, page, now } = of;
  const joining = webinar.joinUrl
    ? [`Rejoindre : ${webinar.joinUrl}`, webinar.joinNote]
    : ['Le lien pour rejoindre vous sera envoyé.', webinar.joinNote];
  const content = icsCalendar({
    name: webinar.title,
    method,
    events: [
      {
        uid: registration.uid,
        sequence,
        stamp: now,
        start: webinar.startsAt,
        end: webinar.endsAt,
        summary: oneLine(webinar.title, 300),
        organizer,
        attendee: { name: fullName(registration), address: registration.address ?? '' },
        ...(method === 'REQUEST' && {
          description: [webinar.summary, ...joining, `En savoir plus : ${page}`]
            .map(visible)
            .filter(Boolean)
            .join('\n\n'),
          location: webinar.joinUrl ?? 'En ligne',
          url: webinar.joinUrl ?? page,
        }),
      },
    ],
  });
  return { method, content };
}

/** « Léa Petit »; empty when nothing is known. What somebody typed into a form stands on one line (MAIL-43). */
export const fullName = ({ firstName, lastName }: Pick<RegistrationRow, 'firstName' | 'lastName'>): string =>
  oneLine(`${firstName ?? ''} ${lastName ?? ''}`, 120);
