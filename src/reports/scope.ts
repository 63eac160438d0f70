import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { readerOf } from '../deliveries/told.ts';
import { allow } from '../organisations/permissions.ts';
import { periodOf, type Scope } from './figure.ts';

export type ReportOptions = { from?: string | undefined; to?: string | undefined; simulated?: boolean };

/**
 * Reads the figures of a campaign over every organisation, for whoever takes part in it. Throws not-found for who does not,
 * invalid for bad dates.
 */
export async function withScope<T>(
  ctx: Ctx,
  slug: string,
  { from, to, simulated = false, pushId }: ReportOptions & { pushId?: number },
  read: (trx: Trx, scope: Scope, campaign: CampaignRow) => Promise<T>,
): Promise<T> {
  allow(ctx.actor, 'report.read');
  const campaign = await visibleCampaign(ctx, ctx.actor, slug);
  const scope: Scope = {
    campaignId: campaign.id,
    k: campaign.k,
    period: periodOf({ from, to }, campaign.startsOn, ctx.now()),
    simulated,
    ...(pushId === undefined ? {} : { pushId }),
    reader: readerOf(ctx),
    partial: false,
  };
  return acrossOrganisations(ctx.db, async (trx) => {
    // Several readings, one moment: the figures of a report never contradict one another; and a report writes nothing.
    // Compiling a query takes longer than these last, and the addresses of a campaign are grouped in memory.
    await sql`set transaction isolation level repeatable read, read only; set local jit = off; set local work_mem = '32MB'`.execute(
      trx,
    );
    return read(trx, scope, campaign);
  });
}

/** Row-level security says which campaigns the actor's organisation takes part in; the others do not exist for it. */
const visibleCampaign = ({ db }: Ctx, actor: Actor, slug: string): Promise<CampaignRow> =>
  actor.kind === 'clock'
    ? acrossOrganisations(db, (trx) => getCampaign(trx, slug))
    : withOrganisation(db, actor.organisationId, (trx) => getCampaign(trx, slug));
