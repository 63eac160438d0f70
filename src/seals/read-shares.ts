import type { Ctx } from '../base/context.ts';
import { openId, sealId } from '../base/tokens.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type Report, readReport } from '../reports/report.ts';
import type { ReportOptions } from '../reports/scope.ts';

const PURPOSE = 'rapport';

/** `address`: what opens it, whole. */
export type ShareLine = {
  id: number;
  label: string;
  address: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
};

/** The addresses that the actor's organisation has given, the last one first. */
export async function readShares(
  ctx: MemberCtx,
  campaignSlug: string,
): Promise<{ campaign: CampaignRow; shares: ShareLine[] }> {
  allow(ctx.actor, 'report.share');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const rows = await trx
      .selectFrom('report_shares')
      .select(['id', 'label', 'created_at as createdAt', 'expires_at as expiresAt', 'revoked_at as revokedAt'])
      .where('campaign_id', '=', campaign.id)
      .where('organisation_id', '=', ctx.actor.organisationId)
      .orderBy('id', 'desc')
      .execute();
    return {
      campaign,
      shares: rows.map((row) => ({
        ...row,
        address: `${ctx.publicUrl}/rapports/${sealId(ctx.secrets.doors, PURPOSE, row.id)}`,
      })),
    };
  });
}

export type SharedReport = { report: Report; expiresAt: Date; organisation: string };

/**
 * The report behind a shared address: what an evaluator of the organisation that gave it reads, and nothing else. Null for
 * one that is forged, unknown, revoked or over, all alike. Throws invalid for bad dates.
 */
export async function readSharedReport(
  instance: Omit<Ctx, 'actor'>,
  token: string,
  options: ReportOptions,
): Promise<SharedReport | null> {
  const id = openId(instance.secrets.doors, PURPOSE, token);
  if (id === null) return null;
  const share = await acrossOrganisations(instance.db, (trx) =>
    trx
      .selectFrom('report_shares as s')
      .innerJoin('campaigns as c', 'c.id', 's.campaign_id')
      .innerJoin('organisations as o', 'o.id', 's.organisation_id')
      .select(['c.slug', 's.organisation_id as organisationId', 's.expires_at as expiresAt', 'o.name as organisation'])
      .where('s.id', '=', id)
      .where('s.revoked_at', 'is', null)
      .where('s.expires_at', '>', instance.now())
      .executeTakeFirst(),
  );
  if (!share) return null;
  const { slug, organisationId, expiresAt, organisation } = share;
  const reader = { kind: 'user', userId: 0, name: '', address: '', organisationId, roles: ['evaluateur'] } as const;
  return { report: await readReport({ ...instance, actor: reader }, slug, options), expiresAt, organisation };
}
