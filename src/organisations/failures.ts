import { sql } from 'kysely';
import { subscriberOf } from '../base/client-address.ts';
import type { Ctx } from '../base/context.ts';
import { tooMany } from '../base/errors.ts';
import { hmac } from '../base/tokens.ts';
import type { Trx } from '../db/database.ts';

/** Before sign-in there is no actor: only the database, the clock and the keys. */
export type Visitor = Pick<Ctx, 'db' | 'now' | 'secrets'> & { network: string };

const FAILURES = 10;
const FAILURE_MINUTES = 15;

/**
 * What is tried (an address, an invitation) AND the network it is tried from: guessing is slowed, and nobody can lock
 * another person out from elsewhere (ASVS 6.3.1).
 */
export const failureSubject = (visitor: Visitor, what: string): Buffer =>
  hmac(visitor.secrets.network, `${what}\0${subscriberOf(visitor.network)}`);

/** `counted`: how many of the tries found are the one being made. */
export async function refuseIfTooMany(trx: Trx, visitor: Visitor, what: string, counted = 0): Promise<void> {
  const since = new Date(visitor.now().getTime() - FAILURE_MINUTES * 60_000);
  const { n } = await trx
    .selectFrom('sign_in_failures')
    .select(sql<number>`count(*)`.as('n'))
    .where('subject_hash', '=', failureSubject(visitor, what))
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  if (n - counted >= FAILURES)
    throw tooMany(`Trop d’essais depuis votre réseau. Attendez ${FAILURE_MINUTES} minutes, puis recommencez.`);
}

export const countFailure = (trx: Trx, visitor: Visitor, what: string) =>
  trx
    .insertInto('sign_in_failures')
    .values({ subject_hash: failureSubject(visitor, what), at: visitor.now() })
    .execute();
