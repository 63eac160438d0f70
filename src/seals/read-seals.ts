import { notFound } from '../base/errors.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { type Comparison, compareReports } from '../reports/compare.ts';
import { type Report, readReport } from '../reports/report.ts';
import { sealOf } from './canonical.ts';
import { closedQuarters, type Quarter } from './schema.ts';

export type SealLine = { id: number; from: string; to: string; ruleVersion: number; sealedAt: Date; sealedBy: string };

export type SealsPage = {
  campaign: CampaignRow;
  seals: SealLine[];
  /** Closed and not sealed yet, the last one first. */
  open: Quarter[];
  leads: boolean;
  maySeal: boolean;
};

/** What the lead has sealed of a campaign, for the people of the lead who read its report; nothing for a partner's. */
export async function readSeals(ctx: MemberCtx, campaignSlug: string): Promise<SealsPage> {
  allow(ctx.actor, 'report.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const seals = await sealsOf(trx, campaign.id, ctx.actor.organisationId);
    return {
      campaign,
      seals,
      open: closedQuarters(campaign.startsOn, ctx.now()).filter((q) => !seals.some((s) => s.from === q.from)),
      leads: campaign.organisationId === ctx.actor.organisationId,
      maySeal: campaign.organisationId === ctx.actor.organisationId && may(ctx.actor, 'report.seal'),
    };
  });
}

const COLUMNS = [
  's.id',
  's.period_from as from',
  's.period_to as to',
  's.rule_version as ruleVersion',
  's.sealed_at as sealedAt',
] as const;

async function sealsOf(trx: Trx, campaignId: number, organisationId: number): Promise<SealLine[]> {
  const rows = await trx
    .selectFrom('report_seals as s')
    .innerJoin('organisations as o', 'o.id', 's.organisation_id')
    .select([...COLUMNS, 'o.name as sealedBy'])
    .where('s.campaign_id', '=', campaignId)
    .where('s.organisation_id', '=', organisationId)
    .orderBy('s.period_from', 'desc')
    .execute();
  return rows;
}

export type SealPage = {
  campaign: CampaignRow;
  seal: SealLine;
  sha256: string;
  /** Its content is the one that was sealed. */
  intact: boolean;
  sealed: Report;
  /** Beside what counting the same quarter again says today. */
  comparison: Comparison;
};

/** One seal, beside a recount. `introuvable` for one of another campaign, or of nobody. */
export async function readSeal(
  ctx: MemberCtx,
  campaignSlug: string,
  id: number,
  { simulated = false } = {},
): Promise<SealPage> {
  allow(ctx.actor, 'report.read');
  const { campaign, row } = await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const found = await getCampaign(trx, campaignSlug);
    return {
      campaign: found,
      row: await trx
        .selectFrom('report_seals as s')
        .innerJoin('organisations as o', 'o.id', 's.organisation_id')
        .select([...COLUMNS, 's.report', 's.sha256', 'o.name as sealedBy'])
        .where('s.campaign_id', '=', found.id)
        .where('s.organisation_id', '=', ctx.actor.organisationId)
        .where('s.id', '=', id)
        .executeTakeFirst(),
    };
  });
  if (!row) throw notFound('Ce trimestre scellé');
  const { report, sha256, ...seal } = row;
  // What was written by the same shape is read by it.
  const sealed = report as unknown as Report;
  const today = await readReport(ctx, campaignSlug, { from: seal.from, to: seal.to, simulated });
  return {
    campaign,
    seal,
    sha256: sha256.toString('hex'),
    intact: sealOf(report).equals(sha256) && sealed.window.from === seal.from && sealed.window.to === seal.to,
    sealed,
    comparison: compareReports(sealed, today),
  };
}
