import { acrossOrganisations, type Database } from '../db/database.ts';

const DAY = 86_400_000;
/** A file somebody looked at and did not import. */
const FORGOTTEN_DAYS = 7;
/** Refused lines quote what the file said of people who are in no list: kept long enough to correct the file. */
const LINES_DAYS = 90;

/** Drops files that wait for a confirmation that never came, and the old remarks about lines; the counts stay. */
export async function purgeImports(db: Database, now: Date): Promise<void> {
  await acrossOrganisations(db, async (trx) => {
    await trx
      .updateTable('imports')
      .set({
        state: 'failed',
        file: null,
        error: 'Ce fichier n’a pas été confirmé sous une semaine : il est effacé. Déposez-le de nouveau.',
        finished_at: now,
      })
      .where('state', '=', 'analysed')
      .where('created_at', '<', new Date(now.getTime() - FORGOTTEN_DAYS * DAY))
      .execute();
    await trx
      .deleteFrom('import_lines')
      .where('import_id', 'in', (eb) =>
        eb
          .selectFrom('imports')
          .select('id')
          .where('created_at', '<', new Date(now.getTime() - LINES_DAYS * DAY)),
      )
      .execute();
  });
}
