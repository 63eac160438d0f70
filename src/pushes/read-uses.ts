import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { pushesOfCampaign } from './queries.ts';

export type Use = { slug: string; title: string };
/** By slug of the resource or key message: the pushes that say it, cancelled ones left out. */
export type Uses = { resources: Map<string, Use[]>; keyMessages: Map<string, Use[]> };

export function readUses(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>, campaignId: number): Promise<Uses> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const uses: Uses = { resources: new Map(), keyMessages: new Map() };
    for (const push of await pushesOfCampaign(trx, campaignId)) {
      if (push.cancelledAt || push.modelId !== null) continue;
      const { blocks } = push.content;
      add(
        uses.resources,
        blocks.flatMap((b) => (b.type === 'resource' ? [b.resource] : [])),
        push,
      );
      add(
        uses.keyMessages,
        blocks.flatMap((b) => (b.type === 'key-message' ? [b.keyMessage] : [])),
        push,
      );
    }
    return uses;
  });
}

function add(uses: Map<string, Use[]>, slugs: readonly string[], { slug, title }: Use): void {
  for (const used of new Set(slugs)) uses.set(used, [...(uses.get(used) ?? []), { slug, title }]);
}
