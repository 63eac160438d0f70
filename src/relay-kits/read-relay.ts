import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type KitRow, type KitState, kitState, kitUrl, lastKits } from '../relays/kits.ts';
import { getRelay, type RelayRow, relaysOf } from '../relays/queries.ts';
import type { MemberCtx } from '../relays/schema.ts';
import { type DeclarationRow, declarationsOf, pictureOfDeclaration } from './declare.ts';
import { type Clicks, relayClicks, type SourceKind } from './figures.ts';
import type { Picture } from './picture.ts';

export type ActRow = { at: Date; what: string; detail: string };
export type RelayPage = {
  campaign: CampaignRow;
  relay: RelayRow;
  parent: { id: number; name: string } | null;
  children: { id: number; name: string }[];
  member: { slug: string; name: string } | null;
  kit: (KitRow & { state: KitState; url: string }) | null;
  /** The latest first. */
  acts: ActRow[];
  declarations: DeclarationRow[];
  clicks: Partial<Record<SourceKind, Clicks>>;
};

const LATEST = 200;

/** The whole story of one relay, for the lead of its campaign. */
export const readRelay = (ctx: MemberCtx, campaignSlug: string, relayId: number): Promise<RelayPage> =>
  forLead(ctx, campaignSlug, relayId, async (trx, campaign, relay) => {
    const others = await relaysOf(trx, campaign.id);
    const kit = (await lastKits(trx, [relay.id])).get(relay.id);
    const acts = await trx
      .selectFrom('relay_acts')
      .select(['at', 'what', 'detail'])
      .where('relay_id', '=', relay.id)
      .orderBy('id', 'desc')
      .limit(LATEST)
      .execute();
    const member =
      relay.memberId === null
        ? null
        : await trx
            .selectFrom('organisations')
            .select(['slug', 'name'])
            .where('id', '=', relay.memberId)
            .executeTakeFirst();
    const named = ({ id, name }: RelayRow) => ({ id, name });
    const parent = others.find((r) => r.id === relay.parentId);
    return {
      campaign,
      relay,
      parent: parent ? named(parent) : null,
      children: others.filter((r) => r.parentId === relay.id).map(named),
      member: member ?? null,
      kit: kit ? { ...kit, state: kitState(kit, ctx.now()), url: kitUrl(ctx, kit.id) } : null,
      acts,
      declarations: await declarationsOf(trx, relay.id),
      clicks: (await relayClicks(trx, campaign.id, relay.id)).get(relay.id) ?? {},
    };
  });

/** The picture of a publication, for the lead. */
export const readDeclarationPicture = (
  ctx: MemberCtx,
  campaignSlug: string,
  relayId: number,
  id: number,
): Promise<Picture | null> =>
  forLead(ctx, campaignSlug, relayId, (trx, _, relay) => pictureOfDeclaration(trx, relay.id, id));

function forLead<T>(
  ctx: MemberCtx,
  campaignSlug: string,
  relayId: number,
  read: (trx: Parameters<typeof getRelay>[0], campaign: CampaignRow, relay: RelayRow) => Promise<T>,
): Promise<T> {
  allow(ctx.actor, 'relay.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    mustLead(ctx, campaign);
    return read(trx, campaign, await getRelay(trx, campaign.id, relayId));
  });
}
