import { acrossOrganisations, type Database } from '../db/database.ts';

/** A mail that left or was given up is kept a week, to answer « I never got it »; it names a person and may hold a code. */
const KEPT_MS = 7 * 86_400_000;

export const purgeOutbox = (db: Database, now: Date): Promise<unknown> =>
  acrossOrganisations(db, (trx) =>
    trx
      .deleteFrom('outbox')
      .where('created_at', '<', new Date(now.getTime() - KEPT_MS))
      .where((eb) => eb.or([eb('sent_at', 'is not', null), eb('failed_at', 'is not', null)]))
      .execute(),
  );
