import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { currentWordings, type KeyMessageRow } from './queries.ts';

/** The éléments de langage of a campaign, each in its current version; empty for a stranger (row-level security). */
export function readKeyMessages(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  campaignId: number,
): Promise<KeyMessageRow[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => currentWordings(trx, campaignId));
}
