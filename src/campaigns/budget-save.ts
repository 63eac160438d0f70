import { actorLabel } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type BudgetInput, budgetSchema } from './budget-schema.ts';
import type { MemberCtx } from './create-campaign.ts';
import { checked } from './plan-fields.ts';
import { mustPlan } from './plan-partner.ts';
import { getCampaign } from './queries.ts';

export type SavedBudget = { outcome: 'created' | 'updated' | 'unchanged' | 'removed' };

/** Writes what the actor's organisation pays for one thing: one line, which replaces the one it had. */
export async function saveBudget(ctx: MemberCtx, campaignSlug: string, input: unknown): Promise<SavedBudget> {
  allow(ctx.actor, 'campaign.write');
  const line = checked(
    budgetSchema,
    input,
    'budget_invalide',
    'Le montant n’est pas enregistré : corrigez les champs signalés.',
  );
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    writeBudget(trx, ctx, (await getCampaign(trx, campaignSlug)).id, line),
  );
}

/**
 * The same inside the caller's transaction, whose organisation pays. Nought everywhere and no note: there is no line any
 * more. The same again changes nothing.
 */
export async function writeBudget(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: BudgetInput,
): Promise<SavedBudget> {
  await mustPlan(trx, campaignId);
  const push_id = await idOf(trx, 'pushes', campaignId, input.push);
  const action_id = await idOf(trx, 'actions', campaignId, input.action);
  const key = { campaign_id: campaignId, organisation_id: ctx.actor.organisationId, push_id, action_id };
  const before = await trx
    .selectFrom('budgets')
    .select(['id', 'planned', 'committed', 'paid', 'note'])
    .where('campaign_id', '=', campaignId)
    .where('organisation_id', '=', key.organisation_id)
    .where('push_id', push_id === null ? 'is' : '=', push_id)
    .where('action_id', action_id === null ? 'is' : '=', action_id)
    .forUpdate()
    .executeTakeFirst();
  const { planned, committed, paid, note } = input;
  const audit = (action: string) =>
    recordAudit(trx, ctx, {
      action,
      subject: `campaign:${campaignId}`,
      detail: { push: input.push, action: input.action, planned, committed, paid },
    });
  if (planned + committed + paid === 0 && note === '') {
    if (!before) return { outcome: 'unchanged' };
    await trx.deleteFrom('budgets').where('id', '=', before.id).execute();
    await audit('budget.remove');
    return { outcome: 'removed' };
  }
  if (
    before &&
    before.planned === planned &&
    before.committed === committed &&
    before.paid === paid &&
    before.note === note
  )
    return { outcome: 'unchanged' };
  const columns = { planned, committed, paid, note, updated_by: actorLabel(ctx.actor), updated_at: ctx.now() };
  await trx
    .insertInto('budgets')
    .values({ ...key, ...columns })
    .onConflict((c) => c.columns(['campaign_id', 'organisation_id', 'push_id', 'action_id']).doUpdateSet(columns))
    .execute();
  await audit('budget.save');
  return { outcome: before ? 'updated' : 'created' };
}

async function idOf(
  trx: Trx,
  table: 'pushes' | 'actions',
  campaignId: number,
  slug: string | null,
): Promise<number | null> {
  if (slug === null) return null;
  const row = await trx
    .selectFrom(table)
    .select('id')
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (row) return row.id;
  if (table === 'actions') throw notFound(`L’action « ${slug} »`);
  throw notFound(`L’envoi « ${slug} »`);
}
