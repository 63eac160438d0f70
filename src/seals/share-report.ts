import { actorLabel } from '../base/context.ts';
import { fromParis, longDate, parseParis, toParisDay } from '../base/dates.ts';
import { invalid, notFound } from '../base/errors.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { MOST_DAYS, shareSchema } from './schema.ts';

/**
 * Makes an address at which anybody reads the report that the evaluators of this organisation read, until the end of a day.
 * Answers the id that the address is sealed from.
 */
export async function shareReport(ctx: MemberCtx, campaignSlug: string, input: unknown): Promise<{ id: number }> {
  allow(ctx.actor, 'report.share');
  const { label, until } = checked(
    shareSchema,
    input,
    'partage_invalide',
    'L’adresse n’est pas créée : corrigez les champs signalés.',
  );
  const expiresAt = endOf(until);
  const now = ctx.now();
  const refuse = (message: string) => invalid('partage_invalide', message, [{ field: 'until', message }]);
  if (expiresAt <= now) throw refuse('Cette date est passée : donnez un jour à venir.');
  if (expiresAt.getTime() > now.getTime() + MOST_DAYS * 86_400_000)
    throw refuse(`Un an au plus : jusqu’au ${longDate(new Date(now.getTime() + (MOST_DAYS - 1) * 86_400_000))}.`);
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, campaignId);
    const { id } = await trx
      .insertInto('report_shares')
      .values({
        organisation_id: ctx.actor.organisationId,
        campaign_id: campaignId,
        label,
        created_by: actorLabel(ctx.actor),
        created_at: now,
        expires_at: expiresAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, {
      action: 'report.share',
      subject: `campaign:${campaignId}`,
      detail: { share: id, label, until: toParisDay(new Date(expiresAt.getTime() - 1)) },
    });
    return { id };
  });
}

/** The first instant after a day of Paris, which was checked. */
function endOf(day: string): Date {
  const at = parseParis(day);
  if (!at) throw invalid('partage_invalide', 'Cette date n’existe pas.');
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return fromParis(year, month, date + 1);
}

/** Its address opens nothing any more, wherever it was pasted. Twice is once. */
export async function revokeShare(ctx: MemberCtx, campaignSlug: string, id: number): Promise<void> {
  allow(ctx.actor, 'report.share');
  await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    const share = await trx
      .selectFrom('report_shares')
      .select(['id', 'revoked_at'])
      .where('id', '=', id)
      .where('campaign_id', '=', campaignId)
      .where('organisation_id', '=', ctx.actor.organisationId)
      .executeTakeFirst();
    if (!share) throw notFound('Cette adresse');
    if (share.revoked_at) return;
    await trx.updateTable('report_shares').set({ revoked_at: ctx.now() }).where('id', '=', id).execute();
    await recordAudit(trx, ctx, {
      action: 'report.unshare',
      subject: `campaign:${campaignId}`,
      detail: { share: id },
    });
  });
}
