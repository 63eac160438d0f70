import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';

export type PersonRegistration = {
  webinar: string;
  startsAt: Date;
  registeredAt: Date;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  question: string | null;
  place: string;
  cancelledAt: Date | null;
  reply: string | null;
  minutes: number | null;
};

/** What an organisation keeps of this address among registrations to webinars (PRV-55). */
export async function registrationsOf(
  trx: Trx,
  organisationId: number,
  addressHash: Buffer,
): Promise<PersonRegistration[]> {
  const { rows } = await sql<PersonRegistration>`
    select w.title as webinar, w.starts_at as "startsAt", r.registered_at as "registeredAt", r.first_name as "firstName",
      r.last_name as "lastName", r.company, r.question, r.place, r.cancelled_at as "cancelledAt", r.reply,
      (select sum(a.minutes) from attendances a where a.registration_id = r.id and a.state in ('sur', 'oui')) as minutes
    from registrations r join webinars w on w.id = r.webinar_id
    where r.organisation_id = ${organisationId} and r.address_hash = ${addressHash}
    order by w.starts_at, r.id`.execute(trx);
  return rows;
}
