import { isDeepStrictEqual } from 'node:util';
import { actorLabel } from '../base/context.ts';
import { conflict, invalid } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { MemberCtx } from './create-campaign.ts';
import { eventInput, findEvent, getEvent } from './event-queries.ts';
import { type EventInput, eventSchema } from './event-schema.ts';
import { checked, freshSlug } from './plan-fields.ts';
import { mustOwnLine, mustPlan } from './plan-partner.ts';
import { getCampaign } from './queries.ts';

export type SavedEvent = { id: number; slug: string; outcome: 'created' | 'updated' | 'unchanged' };

/** Notes a temps fort of the sector, or changes the one of that slug; without a slug it is new, and its title names it. */
export async function saveEvent(ctx: MemberCtx, campaignSlug: string, input: object): Promise<SavedEvent> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const title = 'title' in input && typeof input.title === 'string' ? input.title : '';
    const slug = 'slug' in input ? input.slug : await freshSlug(trx, 'sector_events', id, title);
    const event = checked(
      eventSchema,
      { ...input, slug },
      'temps_fort_invalide',
      'Le temps fort n’est pas enregistré : corrigez les champs signalés.',
    );
    return writeEvent(trx, ctx, id, event);
  });
}

/** The same inside the caller's transaction, whose organisation notes the event. The same again changes nothing. */
export async function writeEvent(trx: Trx, ctx: MemberCtx, campaignId: number, input: EventInput): Promise<SavedEvent> {
  await mustPlan(trx, campaignId);
  await mustBeResources(trx, campaignId, input.resources);
  const before = await findEvent(trx, campaignId, input.slug);
  const now = ctx.now();
  const columns = {
    title: input.title,
    starts_on: input.from,
    ends_on: input.to,
    place: input.place,
    url: input.url,
    note: input.note,
    resources: input.resources,
    updated_at: now,
  };
  if (!before) {
    const { id } = await trx
      .insertInto('sector_events')
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
    await recordAudit(trx, ctx, { action: 'event.create', subject: `event:${id}`, detail: { slug: input.slug } });
    return { id, slug: input.slug, outcome: 'created' };
  }
  mustOwnLine(ctx, before);
  if (isDeepStrictEqual(eventInput(before), input)) return { id: before.id, slug: input.slug, outcome: 'unchanged' };
  if (before.cancelledAt)
    throw conflict('temps_fort_retire', `« ${before.title} » est retiré du plan : notez-en un autre.`);
  await trx.updateTable('sector_events').set(columns).where('id', '=', before.id).execute();
  await recordAudit(trx, ctx, { action: 'event.update', subject: `event:${before.id}`, detail: { slug: input.slug } });
  return { id: before.id, slug: input.slug, outcome: 'updated' };
}

/** It does not take place, or is none of ours: out of the plan, kept in its history. */
export async function cancelEvent(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<{ title: string }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, campaignId);
    const event = await getEvent(trx, campaignId, slug);
    mustOwnLine(ctx, event);
    if (event.cancelledAt) return { title: event.title };
    const now = ctx.now();
    await trx
      .updateTable('sector_events')
      .set({ cancelled_at: now, updated_at: now })
      .where('id', '=', event.id)
      .execute();
    await recordAudit(trx, ctx, { action: 'event.cancel', subject: `event:${event.id}` });
    return { title: event.title };
  });
}

async function mustBeResources(trx: Trx, campaignId: number, slugs: readonly string[]): Promise<void> {
  const rows = await trx
    .selectFrom('resources')
    .select('slug')
    .where('campaign_id', '=', campaignId)
    .where('slug', 'in', [...slugs])
    .execute();
  const known = new Set(rows.map((r) => r.slug));
  const missing = slugs.find((slug) => !known.has(slug));
  if (missing === undefined) return;
  const message = `La ressource « ${missing} » n’est pas dans l’inventaire de la campagne.`;
  throw invalid('ressource_inconnue', message, [{ field: 'resources', message }]);
}
