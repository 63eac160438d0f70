import { notFound } from '../base/errors.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';

/** For a command: a campaign by its short name, and the organisation that leads it. */
export async function locateCampaign(db: Database, slug: string): Promise<{ id: number; organisationId: number }> {
  const row = await acrossOrganisations(db, (trx) =>
    trx
      .selectFrom('campaigns')
      .select(['id', 'organisation_id as organisationId'])
      .where('slug', '=', slug)
      .executeTakeFirst(),
  );
  if (!row) throw notFound(`Campagne « ${slug} »`);
  return row;
}
