import { withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { type Compared, compareResults } from './action-compare.ts';
import { type ActionRow, actionsOfCampaign, getAction, resultsOfActions } from './action-queries.ts';
import type { MemberCtx } from './create-campaign.ts';
import { getCampaign } from './queries.ts';

export type ActionSheet = ActionRow & { declared: Compared; own: boolean; mayDeclare: boolean };

/** The declared actions of a campaign, with how many statements of results each has. */
export function readActions(ctx: MemberCtx, campaignSlug: string): Promise<(ActionRow & { statements: number })[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const counted = new Map<number, number>();
    for (const { actionId } of await resultsOfActions(trx, { campaignId: id }))
      counted.set(actionId, (counted.get(actionId) ?? 0) + 1);
    return (await actionsOfCampaign(trx, id)).map((a) => ({ ...a, statements: counted.get(a.id) ?? 0 }));
  });
}

/** One action with what is said of its results; `introuvable` for whoever takes no part in its campaign. */
export function readAction(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<ActionSheet> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const action = await getAction(trx, id, slug);
    const mayDeclare = may(ctx.actor, 'campaign.write');
    return {
      ...action,
      declared: compareResults(await resultsOfActions(trx, { campaignId: id, actionId: action.id })),
      own: mayDeclare && action.organisationId === ctx.actor.organisationId,
      mayDeclare,
    };
  });
}
