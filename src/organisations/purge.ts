import { acrossOrganisations, type Database } from '../db/database.ts';

const DAY = 86_400_000;

/** Removes what sign-in leaves behind: ended sessions, codes a day old, failures that no longer slow anybody. */
export async function purgeSignIn(db: Database, now: Date): Promise<void> {
  const yesterday = new Date(now.getTime() - DAY);
  await acrossOrganisations(db, async (trx) => {
    await trx.deleteFrom('sessions').where('expires_at', '<', now).execute();
    await trx.deleteFrom('sign_in_codes').where('expires_at', '<', yesterday).execute();
    await trx.deleteFrom('sign_in_failures').where('at', '<', yesterday).execute();
  });
}
