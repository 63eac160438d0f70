import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import { type PublicCampaign, publicCampaign } from './public-campaign.ts';

/** A campaign by its short name, as the pages that need no session show it; null: there is none. */
export function findPublicCampaign(
  { db, now }: Pick<Ctx, 'db' | 'now'>,
  slug: string,
): Promise<(PublicCampaign & { id: number; slug: string; organisationId: number }) | null> {
  return acrossOrganisations(db, async (trx) => {
    const found = await trx
      .selectFrom('campaigns')
      .select(['id', 'slug', 'organisation_id as organisationId'])
      .where('slug', '=', slug)
      .executeTakeFirst();
    return found ? { ...found, ...(await publicCampaign(trx, found.id, now())) } : null;
  });
}
