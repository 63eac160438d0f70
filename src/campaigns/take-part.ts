import { longDate } from '../base/dates.ts';
import { forbidden } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import type { MemberCtx } from './create-campaign.ts';
import { findCampaign, hasLeft, partnersOf } from './queries.ts';

/**
 * Refuses, with the day it left, an organisation that would write in a campaign it takes no part in any more: the policies
 * of the database refuse it too, but in words nobody can read. A stranger is let through, to find nothing there.
 */
export function mustStillTakePart(ctx: MemberCtx, campaignSlug: string): Promise<void> {
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const campaign = await findCampaign(trx, campaignSlug);
    const mine = campaign
      ? (await partnersOf(trx, campaign.id)).find((p) => p.organisationId === organisationId)
      : undefined;
    if (campaign && mine?.withdrawnAt && hasLeft(mine, ctx.now()))
      throw forbidden(
        `Votre organisation s’est retirée de la campagne « ${campaign.name} » le ${longDate(mine.withdrawnAt)} : vous lisez ce qui a été fait, et n’y écrivez plus. Pour y revenir, adressez-vous au pilote.`,
      );
  });
}
