import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type ShownLogo, shownLogo } from './logo.ts';
import {
  type CampaignRow,
  getCampaign,
  listCampaigns,
  type Partner,
  partnersOf,
  partnersOfAll,
  type Target,
  targetsOf,
} from './queries.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

export type CampaignCard = CampaignRow & {
  partners: Partner[];
  /** The actor's organisation leads it, and alone changes it. */
  leads: boolean;
};
export type CampaignSheet = CampaignCard & { targets: Target[] };

/** The campaigns the actor's organisation takes part in, the newest first. */
export function readCampaigns(ctx: MemberCtx): Promise<CampaignCard[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaigns = await listCampaigns(trx);
    const partners = await partnersOfAll(
      trx,
      campaigns.map((c) => c.id),
    );
    return campaigns.map((c) => ({ ...c, ...around(ctx, c, partners.get(c.id) ?? []) }));
  });
}

/** One campaign with what its page says of it; `introuvable` for a stranger. */
export function readCampaign(ctx: MemberCtx, slug: string): Promise<CampaignSheet> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, slug);
    return {
      ...campaign,
      ...around(ctx, campaign, await partnersOf(trx, campaign.id)),
      targets: await targetsOf(trx, campaign.id),
    };
  });
}

/** Its logo, for a page of its own; `introuvable` for a stranger. */
export function readLogo(ctx: MemberCtx, slug: string): Promise<ShownLogo | null> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    shownLogo(trx, await getCampaign(trx, slug)),
  );
}

const around = (ctx: MemberCtx, campaign: CampaignRow, partners: Partner[]) => ({
  partners,
  leads: campaign.organisationId === ctx.actor.organisationId,
});
