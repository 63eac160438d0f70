import { withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { type BudgetRow, budgetOfCampaign, sumAmounts } from './budget-queries.ts';
import type { Amounts } from './budget-schema.ts';
import type { MemberCtx } from './create-campaign.ts';
import { getCampaign, type Partner, partnersOf } from './queries.ts';

export type BudgetSubject = { kind: 'envoi' | 'action'; slug: string; title: string };

export type BudgetPage = {
  lines: BudgetRow[];
  /** Every partner, those who have written nothing too. */
  byOrganisation: { partner: Partner; lines: number; amounts: Amounts }[];
  total: Amounts;
  /** What money may be about, in the order in which it takes place. */
  subjects: BudgetSubject[];
  /** Of them, those about which nobody has written anything. */
  silent: BudgetSubject[];
  mayWrite: boolean;
};

/** The whole budget of a campaign, as each partner declares its own part; for those who may read the report. */
export async function readBudget(ctx: MemberCtx, campaignSlug: string): Promise<BudgetPage> {
  allow(ctx.actor, 'report.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const lines = await budgetOfCampaign(trx, id);
    const subjects = await subjectsOf(trx, id);
    const paidFor = new Set(lines.flatMap((b) => [`envoi:${b.push}`, `action:${b.action}`]));
    return {
      lines,
      byOrganisation: (await partnersOf(trx, id)).map((partner) => {
        const own = lines.filter((b) => b.organisationId === partner.organisationId);
        return { partner, lines: own.length, amounts: sumAmounts(own) };
      }),
      total: sumAmounts(lines),
      subjects,
      silent: subjects.filter((s) => !paidFor.has(`${s.kind}:${s.slug}`)),
      mayWrite: may(ctx.actor, 'campaign.write'),
    };
  });
}

/** Issues of a series are paid with the series; what was cancelled costs what its line still says. */
async function subjectsOf(trx: Parameters<typeof budgetOfCampaign>[0], campaignId: number): Promise<BudgetSubject[]> {
  const pushes = await trx
    .selectFrom('pushes')
    .select(['slug', 'title'])
    .where('campaign_id', '=', campaignId)
    .where('model_id', 'is', null)
    .where('cancelled_at', 'is', null)
    .orderBy('scheduled_at', (o) => o.asc().nullsLast())
    .orderBy('id')
    .execute();
  const actions = await trx
    .selectFrom('actions')
    .select(['slug', 'title'])
    .where('campaign_id', '=', campaignId)
    .where('cancelled_at', 'is', null)
    .orderBy('starts_at')
    .orderBy('id')
    .execute();
  return [
    ...pushes.map((p) => ({ kind: 'envoi' as const, ...p })),
    ...actions.map((a) => ({ kind: 'action' as const, ...a })),
  ];
}
