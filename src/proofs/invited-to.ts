import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';

/** What an invitation's page says before its code: who asks, in which campaign, about which push. */
export type InvitedTo = {
  campaign: string;
  lead: string;
  /** Null: something else than a push, or one that is gone. */
  push: { title: string; answerBy: Date | null } | null;
};

/** From the address an invitation leads to, which its secret link gave; null when it is of no campaign. */
export function readInvitedTo(instance: Pick<Ctx, 'db'>, path: string): Promise<InvitedTo | null> {
  const [, campaignSlug, pushSlug] = /^\/campagnes\/([a-z0-9-]+)(?:\/envois\/([a-z0-9-]+))?/.exec(path) ?? [];
  return acrossOrganisations(instance.db, async (trx) => {
    const campaign = await trx
      .selectFrom('campaigns as c')
      .innerJoin('organisations as o', 'o.id', 'c.organisation_id')
      .select(['c.id', 'c.name', 'o.name as lead'])
      .where('c.slug', '=', campaignSlug ?? '')
      .executeTakeFirst();
    if (!campaign) return null;
    const push = await trx
      .selectFrom('pushes')
      .select(['title', 'answer_by as answerBy'])
      .where('campaign_id', '=', campaign.id)
      .where('slug', '=', pushSlug ?? '')
      .executeTakeFirst();
    return { campaign: campaign.name, lead: campaign.lead, push: push ?? null };
  });
}
