import { imagePath } from '../campaigns/image-file.ts';
import { imageNamesOf } from '../campaigns/image-queries.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { withOrganisation } from '../db/database.ts';
import { usableWordings } from '../key-messages/queries.ts';
import { allow } from '../organisations/permissions.ts';
import type { MemberCtx } from '../relays/schema.ts';
import type { KitSettings } from './schema.ts';
import { kitSettingsOf } from './settings.ts';

export type SettingsPage = {
  campaign: CampaignRow;
  settings: KitSettings;
  /** What may be chosen: only wordings that all approved, only newsletters. */
  wordings: { slug: string; topic: string }[];
  resources: { slug: string; title: string }[];
  visuals: { name: string; src: string }[];
  letters: { slug: string; title: string }[];
};

/** What the kits of a campaign contain, and what they could; for its lead. */
export function readKitSettings(ctx: MemberCtx, campaignSlug: string): Promise<SettingsPage> {
  allow(ctx.actor, 'relay.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    mustLead(ctx, campaign);
    const wordings = await usableWordings(trx, campaign.id, ctx.now());
    const resources = await trx
      .selectFrom('resources')
      .select(['slug', 'title'])
      .where('campaign_id', '=', campaign.id)
      .orderBy('title')
      .execute();
    const letters = await trx
      .selectFrom('pushes')
      .select(['slug', 'title'])
      .where('campaign_id', '=', campaign.id)
      .where('channel', '=', 'newsletter')
      .where('cancelled_at', 'is', null)
      .where('recurrence', 'is', null)
      .orderBy('id', 'desc')
      .execute();
    const names = await imageNamesOf(trx, campaign.id);
    return {
      campaign,
      settings: await kitSettingsOf(trx, campaign.id),
      wordings: wordings.map(({ slug, topic }) => ({ slug, topic })),
      resources,
      visuals: names.map((name) => ({ name, src: imagePath(campaign.slug, name) })),
      letters,
    };
  });
}
