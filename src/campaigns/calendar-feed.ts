import { sql } from 'kysely';
import { actorLabel, type Ctx } from '../base/context.ts';
import { openId, sealId } from '../base/tokens.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { MemberCtx } from './create-campaign.ts';
import { mustPlan } from './plan-partner.ts';
import { getCampaign } from './queries.ts';

/** The address of an organisation's feed is its secret: whoever has it reads the plan. */
export type CalendarFeed = { address: string; since: Date };

/** The plan to come is no longer the matter of who has left: its address ends with its part in the campaign. */
const stillThere = sql<boolean>`not is_withdrawn(campaign_id, organisation_id)`;

/** The feed in use of the actor's organisation, if any. */
export function readCalendarFeed(ctx: MemberCtx, campaignSlug: string): Promise<CalendarFeed | null> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    const feed = await trx
      .selectFrom('calendar_feeds')
      .select(['id', 'created_at'])
      .where('campaign_id', '=', campaignId)
      .where('organisation_id', '=', ctx.actor.organisationId)
      .where('revoked_at', 'is', null)
      .where(stillThere)
      .orderBy('id', 'desc')
      .executeTakeFirst();
    return feed ? { address: addressOf(ctx, feed.id), since: feed.created_at } : null;
  });
}

/** Opens the feed of the actor's organisation, or renews it: the earlier address ends at once. */
export async function openCalendarFeed(ctx: MemberCtx, campaignSlug: string): Promise<CalendarFeed> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, campaignId);
    const renewed = (await revoke(trx, ctx, campaignId)) > 0;
    const { id } = await trx
      .insertInto('calendar_feeds')
      .values({
        campaign_id: campaignId,
        organisation_id: ctx.actor.organisationId,
        created_by: actorLabel(ctx.actor),
        created_at: ctx.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, { action: 'calendar.open', subject: `campaign:${campaignId}`, detail: { renewed } });
    return { address: addressOf(ctx, id), since: ctx.now() };
  });
}

/** Its address opens nothing any more, wherever it was pasted. */
export async function closeCalendarFeed(ctx: MemberCtx, campaignSlug: string): Promise<void> {
  allow(ctx.actor, 'campaign.write');
  await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, campaignId);
    if ((await revoke(trx, ctx, campaignId)) > 0)
      await recordAudit(trx, ctx, { action: 'calendar.close', subject: `campaign:${campaignId}` });
  });
}

async function revoke(trx: Trx, ctx: MemberCtx, campaignId: number): Promise<number> {
  const revoked = await trx
    .updateTable('calendar_feeds')
    .set({ revoked_at: ctx.now() })
    .where('campaign_id', '=', campaignId)
    .where('organisation_id', '=', ctx.actor.organisationId)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return revoked.length;
}

const addressOf = (ctx: Pick<Ctx, 'publicUrl' | 'secrets'>, id: number): string =>
  `${ctx.publicUrl}/calendrier/${sealId(ctx.secrets.doors, 'calendar', id)}.ics`;

/** Whose plan a feed's token opens; null for one that is forged, unknown or revoked, all alike. */
export async function feedOf(
  instance: Pick<Ctx, 'db' | 'secrets'>,
  token: string,
): Promise<{ campaignId: number; organisationId: number } | null> {
  const id = openId(instance.secrets.doors, 'calendar', token);
  if (id === null) return null;
  const feed = await acrossOrganisations(instance.db, (trx) =>
    trx
      .selectFrom('calendar_feeds')
      .select(['campaign_id as campaignId', 'organisation_id as organisationId'])
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where(stillThere)
      .executeTakeFirst(),
  );
  return feed ?? null;
}
