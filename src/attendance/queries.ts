import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';

/** Somebody who registered and came. */
export type Present = {
  registrationId: number;
  /** Whose registrant. */
  organisationId: number;
  /** Stayed, overlaps counted once; null when no file says how long (seen in the room, or a file of names only). */
  minutes: number | null;
};

/**
 * The registrants of a webinar who came, for sure or because their organisation said so: those of the transaction's
 * organisation, or of all of them across. Doubtful ones are not among them.
 */
export const presentRegistrations = (trx: Trx, webinarId: number): Promise<Present[]> =>
  trx
    .selectFrom('attendances')
    .select([
      'registration_id as registrationId',
      'organisation_id as organisationId',
      sql<number | null>`nullif(sum(minutes), 0)`.as('minutes'),
    ])
    .where('webinar_id', '=', webinarId)
    .where('state', 'in', ['sur', 'oui'])
    .groupBy(['registration_id', 'organisation_id'])
    .orderBy('registration_id')
    .execute();
