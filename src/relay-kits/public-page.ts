import type { Ctx } from '../base/context.ts';
import { type PublicCampaign, publicCampaign } from '../campaigns/public-campaign.ts';
import { acrossOrganisations } from '../db/database.ts';

/** What anybody may read of a campaign, and whether a kit may be asked for. */
export type CampaignFace = PublicCampaign & {
  id: number;
  slug: string;
  organisationId: number;
  summary: string;
  kitsOpen: boolean;
  lead: { name: string; privacyContact: string };
};

const SLUG = /^[a-z0-9-]{1,100}$/;

/** Null for a campaign that does not exist. */
export async function campaignFace(instance: Pick<Ctx, 'db' | 'now'>, slug: string): Promise<CampaignFace | null> {
  if (!SLUG.test(slug)) return null;
  return acrossOrganisations(instance.db, async (trx) => {
    const row = await trx
      .selectFrom('campaigns as c')
      .innerJoin('organisations as o', 'o.id', 'c.organisation_id')
      .leftJoin('kit_settings as k', 'k.campaign_id', 'c.id')
      .select([
        'c.id',
        'c.slug',
        'c.organisation_id as organisationId',
        'c.summary',
        'k.opened_at as openedAt',
        'o.name',
        'o.privacy_contact as privacyContact',
      ])
      .where('c.slug', '=', slug)
      .executeTakeFirst();
    if (!row) return null;
    const { openedAt, name, privacyContact, ...campaign } = row;
    const shown = await publicCampaign(trx, row.id, instance.now());
    return { ...campaign, ...shown, kitsOpen: openedAt !== null, lead: { name, privacyContact } };
  });
}
