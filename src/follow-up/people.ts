import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Headcount } from '../webinars/headcounts.ts';
import { livingRegistrations, type RegistrationRow } from '../webinars/registrations.ts';
import type { Followed } from './schema.ts';

/** A registrant as the letters after the webinar see it. */
export type FollowedPerson = RegistrationRow & {
  /** Null: maybe present; nothing is written until somebody has said so. */
  group: Followed | null;
  /** Refused the messages of its organisation, of the campaign or of everybody, or its organisation has left. */
  refused: boolean;
  /** Was written to after this webinar. */
  written: boolean;
};

/**
 * Everybody who registered and did not cancel, those who waited for a place too, with whether they came. Across
 * organisations. Null: no file of who came is known, so that nobody can be told from anybody.
 */
export async function followedPeople(trx: Trx, webinarId: number): Promise<FollowedPerson[] | null> {
  const known = await trx
    .selectFrom('attendance_imports')
    .select('id')
    .where('webinar_id', '=', webinarId)
    .where('withdrawn_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (!known) return null;
  const { rows } = await sql<{ id: number; came: boolean; maybe: boolean; refused: boolean; written: boolean }>`
    select r.id,
      exists (select from attendances a where a.registration_id = r.id and a.state in ('sur', 'oui')) as came,
      exists (select from attendances a where a.registration_id = r.id and a.state = 'douteux') as maybe,
      is_withdrawn(r.campaign_id, r.organisation_id)
        or exists (select from suppressions s where s.address_hash = r.address_hash and (s.scope = 'instance'
          or s.scope = 'organisation' and s.organisation_id = r.organisation_id
          or s.scope = 'campagne' and s.campaign_id = r.campaign_id))
        or (select c.value from consents c where c.organisation_id = r.organisation_id and c.address_hash = r.address_hash
          and c.purpose = 'message' order by c.id desc limit 1) is not distinct from 'refused' as refused,
      exists (select from webinar_letters l where l.registration_id = r.id and l.kind = 'suite') as written
    from registrations r
    where r.webinar_id = ${webinarId} and r.cancelled_at is null and r.address_hash is not null`.execute(trx);
  const seen = new Map(rows.map((r) => [r.id, r]));
  return (await livingRegistrations(trx, { webinarId })).flatMap((registration): FollowedPerson[] => {
    const found = seen.get(registration.id);
    if (!found) return [];
    const { came, maybe, refused, written } = found;
    return [{ ...registration, group: came ? 'presents' : maybe ? null : 'absents', refused, written }];
  });
}

/**
 * Of the reader's organisation, exactly; of the others together, to the nearest ten and from k up. Told exactly, partners'
 * registrants who came would say which names of a file are theirs: under k, none and few are alike (no oracle).
 */
export function followedCount(people: readonly FollowedPerson[], own: number, k: number): Headcount {
  const others = people.filter((p) => p.organisationId !== own).length;
  return { own: people.length - others, others: others < k ? null : Math.round(others / 10) * 10 };
}
