import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import type { MemberCtx } from './schema.ts';
import { writeDecision } from './write-decision.ts';

/**
 * A decision enters the memory of a campaign, or of the organisation alone (`campaignId` null), for good: a correction
 * is a new decision whose `supersedes` names this one.
 */
export async function recordDecision(
  ctx: MemberCtx,
  campaignId: number | null,
  input: unknown,
): Promise<{ id: number }> {
  allow(ctx.actor, 'memory.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => writeDecision(trx, ctx, campaignId, input));
}
