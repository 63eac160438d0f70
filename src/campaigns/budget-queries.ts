import type { Trx } from '../db/database.ts';
import type { Owner } from './action-queries.ts';
import type { Amounts, BudgetInput } from './budget-schema.ts';

export type BudgetRow = BudgetInput & {
  id: number;
  /** Who pays. */
  organisationId: number;
  organisation: Owner;
  /** Of the push or the action; null: the campaign as a whole. */
  title: string | null;
  updatedAt: Date;
};

/** Every line of a campaign's budget: the whole first, then pushes and actions. */
export async function budgetOfCampaign(trx: Trx, campaignId: number): Promise<BudgetRow[]> {
  const rows = await trx
    .selectFrom('budgets as b')
    .innerJoin('organisations as o', 'o.id', 'b.organisation_id')
    .leftJoin('pushes as p', 'p.id', 'b.push_id')
    .leftJoin('actions as a', 'a.id', 'b.action_id')
    .select([
      'b.id',
      'b.organisation_id as organisationId',
      'o.slug as ownerSlug',
      'o.name as ownerName',
      'p.slug as push',
      'p.title as pushTitle',
      'a.slug as action',
      'a.title as actionTitle',
      'b.planned',
      'b.committed',
      'b.paid',
      'b.note',
      'b.updated_at as updatedAt',
    ])
    .where('b.campaign_id', '=', campaignId)
    .orderBy('b.push_id', (o) => o.asc().nullsFirst())
    .orderBy('b.action_id', (o) => o.asc().nullsFirst())
    .orderBy('o.name')
    .execute();
  return rows.map(({ ownerSlug, ownerName, pushTitle, actionTitle, ...row }) => ({
    ...row,
    organisation: { slug: ownerSlug, name: ownerName },
    title: pushTitle ?? actionTitle,
  }));
}

/** A line in the shape in which it is given. */
export const budgetInput = (b: BudgetRow): BudgetInput => ({
  push: b.push,
  action: b.action,
  planned: b.planned,
  committed: b.committed,
  paid: b.paid,
  note: b.note,
});

export const sumAmounts = (lines: readonly Amounts[]): Amounts =>
  lines.reduce<Amounts>(
    (sum, b) => ({
      planned: sum.planned + b.planned,
      committed: sum.committed + b.committed,
      paid: sum.paid + b.paid,
    }),
    { planned: 0, committed: 0, paid: 0 },
  );

/** What does not follow: said, and not refused; an invoice may come before its order was written down. */
export function overruns(b: Amounts): ('engage' | 'paye')[] {
  return [
    ...(b.committed > b.planned ? (['engage'] as const) : []),
    ...(b.paid > b.committed ? (['paye'] as const) : []),
  ];
}
