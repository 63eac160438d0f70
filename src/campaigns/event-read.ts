import { withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import type { MemberCtx } from './create-campaign.ts';
import { type EventRow, eventsOfCampaign, getEvent } from './event-queries.ts';
import { getCampaign } from './queries.ts';

export type ShownResource = { slug: string; title: string; url: string | null };
export type EventSheet = EventRow & {
  shown: ShownResource[];
  /** The other temps forts of the campaign at which each of them is shown, by slug of the resource. */
  elsewhere: Map<string, { slug: string; title: string }[]>;
  own: boolean;
};

export function readEvents(ctx: MemberCtx, campaignSlug: string): Promise<EventRow[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    eventsOfCampaign(trx, (await getCampaign(trx, campaignSlug)).id),
  );
}

/** One temps fort with what is to be shown there; `introuvable` for whoever takes no part in its campaign. */
export function readEvent(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<EventSheet> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const event = await getEvent(trx, id, slug);
    const shown = await trx
      .selectFrom('resources')
      .select(['slug', 'title', 'url'])
      .where('campaign_id', '=', id)
      .where('slug', 'in', event.resources)
      .orderBy('title')
      .execute();
    const others = (await eventsOfCampaign(trx, id)).filter((e) => e.id !== event.id && !e.cancelledAt);
    return {
      ...event,
      shown,
      elsewhere: new Map(shown.map((r) => [r.slug, others.filter((e) => e.resources.includes(r.slug))])),
      own: may(ctx.actor, 'campaign.write') && event.organisationId === ctx.actor.organisationId,
    };
  });
}
