import { sql } from 'kysely';
import { tooMany } from '../base/errors.ts';
import { acrossOrganisations } from '../db/database.ts';
import { countFailure, failureSubject, type Visitor } from './failures.ts';

const HOUR = 3_600_000;

/**
 * Counts one act of somebody without a session and refuses more than `most` of one kind in `hours` (a day at most) from one
 * network. It is committed before it is looked at: a thousand at once are a thousand. Nothing but a keyed hash is kept, for a day.
 */
export async function slowDown(visitor: Visitor, what: string, most: number, hours = 1): Promise<void> {
  await acrossOrganisations(visitor.db, (trx) => countFailure(trx, visitor, what));
  const { n } = await acrossOrganisations(visitor.db, (trx) =>
    trx
      .selectFrom('sign_in_failures')
      .select(sql<number>`count(*)`.as('n'))
      .where('subject_hash', '=', failureSubject(visitor, what))
      .where('at', '>', new Date(visitor.now().getTime() - hours * HOUR))
      .executeTakeFirstOrThrow(),
  );
  if (n > most)
    throw tooMany(
      hours === 1
        ? 'Trop de demandes depuis votre connexion. Réessayez dans une heure.'
        : 'Trop de demandes. Réessayez demain.',
    );
}
