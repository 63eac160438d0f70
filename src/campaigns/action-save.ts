import { isDeepStrictEqual } from 'node:util';
import { actorLabel } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { actionInput, findAction, getAction } from './action-queries.ts';
import { type ActionInput, actionSchema } from './action-schema.ts';
import type { MemberCtx } from './create-campaign.ts';
import { checked, freshSlug } from './plan-fields.ts';
import { mustOwnLine, mustPlan } from './plan-partner.ts';
import { getCampaign } from './queries.ts';

export type SavedAction = { id: number; slug: string; outcome: 'created' | 'updated' | 'unchanged' };

/**
 * Declares an action of the actor's organisation in a campaign it takes part in, or changes the one of that slug.
 * Without a slug the action is new, and its title names it.
 */
export async function saveAction(ctx: MemberCtx, campaignSlug: string, input: object): Promise<SavedAction> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const title = 'title' in input && typeof input.title === 'string' ? input.title : '';
    const slug = 'slug' in input ? input.slug : await freshSlug(trx, 'actions', id, title);
    const action = checked(
      actionSchema,
      { ...input, slug },
      'action_invalide',
      'L’action n’est pas enregistrée : corrigez les champs signalés.',
    );
    return writeAction(trx, ctx, id, action);
  });
}

/** The same inside the caller's transaction, whose organisation declares the action. The same again changes nothing. */
export async function writeAction(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: ActionInput,
): Promise<SavedAction> {
  await mustPlan(trx, campaignId);
  const before = await findAction(trx, campaignId, input.slug);
  const now = ctx.now();
  const columns = {
    kind: input.kind,
    title: input.title,
    description: input.description,
    phase: input.phase,
    levels: input.levels,
    starts_at: input.startsAt,
    ends_at: input.endsAt,
    place: input.place,
    url: input.url,
    updated_at: now,
  };
  if (!before) {
    const { id } = await trx
      .insertInto('actions')
      .values({
        ...columns,
        slug: input.slug,
        campaign_id: campaignId,
        organisation_id: ctx.actor.organisationId,
        created_by: actorLabel(ctx.actor),
        created_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, { action: 'action.create', subject: `action:${id}`, detail: { slug: input.slug } });
    return { id, slug: input.slug, outcome: 'created' };
  }
  mustOwnLine(ctx, before);
  if (isDeepStrictEqual(actionInput(before), input)) return { id: before.id, slug: input.slug, outcome: 'unchanged' };
  if (before.cancelledAt)
    throw conflict('action_annulee', `L’action « ${before.title} » est annulée : déclarez-en une autre.`);
  await trx.updateTable('actions').set(columns).where('id', '=', before.id).execute();
  await recordAudit(trx, ctx, {
    action: 'action.update',
    subject: `action:${before.id}`,
    detail: { slug: input.slug },
  });
  return { id: before.id, slug: input.slug, outcome: 'updated' };
}

/** It will not take place: kept, said as such, for good. Its link goes on leading where it led. */
export async function cancelAction(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<{ title: string }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, campaignId);
    const action = await getAction(trx, campaignId, slug);
    mustOwnLine(ctx, action);
    if (action.cancelledAt) return { title: action.title };
    const now = ctx.now();
    await trx.updateTable('actions').set({ cancelled_at: now, updated_at: now }).where('id', '=', action.id).execute();
    await recordAudit(trx, ctx, { action: 'action.cancel', subject: `action:${action.id}` });
    return { title: action.title };
  });
}
