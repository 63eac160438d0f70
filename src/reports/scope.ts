import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { readerOf } from '../deliveries/told.ts';
import { allow } from '../organisations/permissions.ts';
import { cutAt, periodOf, type Scope } from './figure.ts';

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
  const { campaign, left } = await visibleCampaign(ctx, ctx.actor, slug);
  const period = periodOf({ from, to }, campaign.startsOn, ctx.now());
  const scope: Scope = {
    campaignId: campaign.id,
    k: campaign.k,
    period: left ? cutAt(period, left) : period,
    simulated,
    ...(pushId === undefined ? {} : { pushId }),
    reader: readerOf(ctx),
    partial: false,
    ...(left ? { left } : {}),
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

/**
 * Row-level security says which campaigns the actor's organisation takes part in; the others do not exist for it. `left`:
 * since when a reader's takes part no more.
 */
async function visibleCampaign(
  { db }: Ctx,
  actor: Actor,
  slug: string,
): Promise<{ campaign: CampaignRow; left: Date | null }> {
  if (actor.kind === 'clock')
    return { campaign: await acrossOrganisations(db, (trx) => getCampaign(trx, slug)), left: null };
  return withOrganisation(db, actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, slug);
    const { rows } = await sql<{ at: Date | null }>`select left_at(${campaign.id}) as at`.execute(trx);
    return { campaign, left: actor.kind === 'user' ? (rows[0]?.at ?? null) : null };
  });
}
