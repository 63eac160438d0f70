import { ZONE } from '../base/dates.ts';
import { type Channel, type Content, PRESS_BLOCKS } from './schema.ts';

/** The webinar a new invitation is made for: what its first subject says. */
export type InvitedTo = { slug: string; title: string; startsAt: Date };

/** What a new push says at first: its own name, or what another one said, as far as its channel can say it. */
export function firstContent(
  channel: Channel,
  title: string,
  source: Content | null,
  webinar: InvitedTo | null = null,
): unknown {
  if (channel === 'newsletter') {
    if (!source) return { subject: title, blocks: [{ id: 'b1', type: 'title', text: title }] };
    const { press: _, webinar: __, ...letter } = source;
    return letter.blocks.length > 0 ? letter : { ...letter, blocks: [{ id: 'b1', type: 'title', text: title }] };
  }
  if (channel === 'webinaire') {
    const subject = webinar ? invitationSubject(webinar) : title;
    // Of another invitation the words are about another day: its subjects stay behind.
    const head =
      source && source.webinar === undefined
        ? { subject: source.subject, subjects: source.subjects, preheader: source.preheader }
        : { subject };
    return { ...head, blocks: source?.blocks ?? [], webinar: webinar?.slug ?? '' };
  }
  const blocks = source?.blocks.filter((b) => (PRESS_BLOCKS as readonly string[]).includes(b.type)) ?? [];
  return {
    subject: source?.subject ?? title,
    subjects: source?.subjects ?? {},
    preheader: source?.preheader ?? '',
    blocks,
    // An embargo is of one announcement: it is not taken over.
    press: { ...source?.press, headline: source?.press?.headline ?? title, embargoAt: null },
  };
}

const SUBJECT = 150;
const day = new Intl.DateTimeFormat('fr-FR', { timeZone: ZONE, day: 'numeric', month: 'long' });

/** « Webinaire du 3 décembre : Vos outils en pratique » */
export function invitationSubject({ title, startsAt }: Pick<InvitedTo, 'title' | 'startsAt'>): string {
  const subject = `Webinaire du ${day.format(startsAt)} : ${title}`;
  return subject.length <= SUBJECT ? subject : `${subject.slice(0, SUBJECT - 1).trimEnd()}…`;
}
