import ICAL from 'ical.js';
import { acrossOrganisations } from '../../src/db/database.ts';
import { type CalendarPart, sendOne } from '../../src/mail/send-one.ts';
import { parseTransport } from '../../src/mail/transport.ts';
import type { SendOwed } from '../../src/outbox/drain.ts';
import { messageIdOf } from '../../src/outbox/message-id.ts';
import type { Letter } from '../../src/webinars/letters.ts';
import { writeLetters } from '../../src/webinars/letters.ts';
import { lockWebinar, type WebinarRow } from '../../src/webinars/queries.ts';
import { findRegistration, type RegistrationRow } from '../../src/webinars/registrations.ts';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';
import { readAgain } from './made-webinar.ts';

export type Owed = {
  id: number;
  kind: string;
  to: string;
  organisationId: number | null;
  once: boolean;
  void: boolean;
  from: { name: string; address: string };
  replyTo?: string;
  subject: string;
  text: string;
  html: string;
  calendar?: CalendarPart;
};

/** Every mail about a webinar, in the order in which it was written, what became void included. */
export async function mailsAbout(t: TestDatabase, webinar: Pick<WebinarRow, 'id'>): Promise<Owed[]> {
  const rows = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('outbox').selectAll().where('about', '=', `webinar:${webinar.id}`).orderBy('id').execute(),
  );
  return rows.map((r) => ({
    ...(r.message as Omit<Owed, 'id' | 'kind' | 'to' | 'organisationId' | 'once' | 'void'>),
    id: r.id,
    kind: r.kind,
    to: r.to_address,
    organisationId: r.organisation_id,
    once: r.once,
    void: r.failed_at !== null,
  }));
}

export const forget = (t: TestDatabase) => acrossOrganisations(t.db, (trx) => trx.deleteFrom('outbox').execute());

/** Changes a registration behind the house's back, then reads it. */
export async function person(
  t: TestDatabase,
  id: number,
  change: Record<string, unknown> = {},
): Promise<RegistrationRow> {
  return acrossOrganisations(t.db, async (trx) => {
    if (Object.keys(change).length > 0)
      await trx.updateTable('registrations').set(change).where('id', '=', id).execute();
    const found = await findRegistration(trx, id);
    if (!found) throw new Error(`no registration ${id}`);
    return found;
  });
}

/** Writes a letter as its verbs do, at this moment; answers how many. */
export const write = async (
  t: TestDatabase,
  webinar: Pick<WebinarRow, 'id'>,
  ids: readonly number[],
  letter: Letter,
  now = NOW,
): Promise<number> => {
  const current = await readAgain(t, webinar.id);
  return acrossOrganisations(t.db, async (trx) => {
    await lockWebinar(trx, webinar.id);
    const people: RegistrationRow[] = [];
    for (const id of ids) {
      const found = await findRegistration(trx, id);
      if (found) people.push(found);
    }
    return writeLetters(trx, t.ctx(t.cast.alice, now), current, people, letter);
  });
};

/** What a calendar program makes of it. */
export function event(calendar: CalendarPart | undefined): {
  method: string;
  uid: string;
  sequence: number;
  start: Date;
  attendees: string[];
  organizer: string;
} {
  const file = new ICAL.Component(ICAL.parse(calendar?.content ?? ''));
  ICAL.TimezoneService.reset();
  for (const zone of file.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const read = new ICAL.Event(file.getFirstSubcomponent('vevent') ?? undefined);
  return {
    method: String(file.getFirstPropertyValue('method')),
    uid: read.uid,
    sequence: read.sequence,
    start: read.startDate.toJSDate(),
    attendees: read.attendees.map((a) => String(a.getFirstValue())),
    organizer: String(read.organizer),
  };
}

/** Every address a reader may follow. */
export const linksIn = (text: string): string[] => [...new Set(text.match(/https?:\/\/[^\s"<>]+/g) ?? [])].toSorted();

/** By this mail server, as the service does. */
export const sendOwed =
  (smtp: string): SendOwed =>
  (mail, beforeDot) =>
    sendOne(
      parseTransport(smtp),
      { ...mail, to: { name: '', address: mail.to }, messageId: messageIdOf(SECRETS, mail) },
      beforeDot,
    );
