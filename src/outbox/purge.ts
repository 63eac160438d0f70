import { acrossOrganisations, type Database } from '../db/database.ts';

/** A mail that left or was given up is kept a week, to answer « I never got it »; it names a person and may hold a code. */
const KEPT_MS = 7 * 86_400_000;
/** One that nobody knows the fate of waits for a person to look at it. */
const DOUBTED_MS = 30 * 86_400_000;

export const purgeOutbox = (db: Database, now: Date): Promise<unknown> => {
  const before = (ms: number) => new Date(now.getTime() - ms);
  return acrossOrganisations(db, (trx) =>
    trx
      .deleteFrom('outbox')
      .where('created_at', '<', before(KEPT_MS))
      .where((eb) =>
        eb.or([
          eb('sent_at', 'is not', null),
          eb('failed_at', 'is not', null),
          eb('unknown_at', '<', before(DOUBTED_MS)),
        ]),
      )
      .execute(),
  );
};
