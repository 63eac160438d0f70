import { actorLabel } from '../base/context.ts';
import { fromParis, longDate, toParisDay } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import type { MemberCtx } from './create-campaign.ts';
import type { WithdrawalInput } from './schema.ts';
import { organisationIds } from './write.ts';

/** The first instant of a day in Paris (`2026-11-02`). */
export function dayStart(day: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return fromParis(year, month, date);
}

/** « s’est retirée le lundi 23 novembre 2026 », or « se retire le … » while that day is to come. */
export const withdrawalText = (at: Date, now: Date): string =>
  `${at <= now ? 's’est retirée' : 'se retire'} le ${longDate(at)}`;

/** Who has left a campaign, or is to leave it, in the shape in which it was given; in the order of the days. */
export async function withdrawalsOfCampaign(trx: Trx, campaignId: number): Promise<WithdrawalInput[]> {
  const rows = await trx
    .selectFrom('withdrawals as w')
    .innerJoin('organisations as o', 'o.id', 'w.organisation_id')
    .select(['o.slug as organisation', 'w.effective_at', 'w.reason'])
    .where('w.campaign_id', '=', campaignId)
    .orderBy('w.effective_at')
    .orderBy('o.slug')
    .execute();
  return rows.map((r) => ({ organisation: r.organisation, effectiveOn: toParisDay(r.effective_at), reason: r.reason }));
}

/**
 * Writes a withdrawal in the caller's transaction (of the partner or of the lead), who has checked that it may. False
 * when that partner's was written before, even by somebody at the same moment: it stays as it is.
 */
export async function writeWithdrawal(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  given: WithdrawalInput,
  effectiveAt = dayStart(given.effectiveOn),
): Promise<boolean> {
  const ids = await organisationIds(trx, [given.organisation]);
  const row = await trx
    .insertInto('withdrawals')
    .values({
      campaign_id: campaignId,
      organisation_id: ids.get(given.organisation) as number,
      effective_at: effectiveAt,
      reason: given.reason,
      recorded_by: ctx.actor.kind === 'user' ? ctx.actor.name : actorLabel(ctx.actor),
      recorded_at: ctx.now(),
    })
    .onConflict((c) => c.columns(['campaign_id', 'organisation_id']).doNothing())
    .returning('organisation_id')
    .executeTakeFirst();
  if (!row) return false;
  await recordAudit(trx, ctx, {
    action: 'campaign.withdraw',
    subject: `campaign:${campaignId}`,
    detail: { organisation: given.organisation, effectiveAt: effectiveAt.toISOString(), reason: given.reason },
  });
  return true;
}
