import { actorLabel } from '../base/context.ts';
import { invalid, notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { checkedAs, type MemberCtx, watchNoteSchema } from './schema.ts';
import { mustTakePart, pushOf } from './write-decision.ts';

/** What was read elsewhere and is worth knowing, for a campaign or for the organisation alone (`campaignId` null). */
export async function recordWatchNote(
  ctx: MemberCtx,
  campaignId: number | null,
  input: unknown,
): Promise<{ id: number }> {
  allow(ctx.actor, 'memory.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => writeWatchNote(trx, ctx, campaignId, input));
}

/** The same in the caller's transaction, whose permission the caller has checked. */
export async function writeWatchNote(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number | null,
  input: unknown,
): Promise<{ id: number }> {
  const given = checkedAs(watchNoteSchema, input, 'La note de veille n’est pas gardée');
  if (campaignId !== null) await mustTakePart(trx, campaignId);
  const resources = [...new Set(given.resources)];
  await mustKnowResources(trx, campaignId, resources);
  const row = await trx
    .insertInto('watch_notes')
    .values({
      organisation_id: ctx.actor.organisationId,
      campaign_id: campaignId,
      push_id: await pushOf(trx, campaignId, given.push),
      noted_on: given.date,
      title: given.title,
      body: given.body,
      source_name: given.sourceName,
      source_url: given.sourceUrl,
      resources,
      created_by: actorLabel(ctx.actor),
      created_at: ctx.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, ctx, {
    action: 'watch-note.record',
    subject: `watch-note:${row.id}`,
    detail: { title: given.title, ...(campaignId === null ? {} : { campaignId }) },
  });
  return row;
}

/** It has served: kept in the document of the campaign, shown no more beside the decisions. Only who wrote it archives it. */
export async function archiveWatchNote(ctx: MemberCtx, id: number): Promise<{ title: string }> {
  allow(ctx.actor, 'memory.write');
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const note = await trx
      .updateTable('watch_notes')
      .set({ archived_at: ctx.now() })
      .where('id', '=', id)
      .where('organisation_id', '=', organisationId)
      .where('archived_at', 'is', null)
      .returning(['title', 'campaign_id'])
      .executeTakeFirst();
    if (!note) throw notFound('Cette note de veille');
    await recordAudit(trx, ctx, {
      action: 'watch-note.archive',
      subject: `watch-note:${id}`,
      detail: { title: note.title },
    });
    return { title: note.title };
  });
}

async function mustKnowResources(trx: Trx, campaignId: number | null, slugs: readonly string[]): Promise<void> {
  const known = await trx
    .selectFrom('resources')
    .select('slug')
    .where('campaign_id', campaignId === null ? 'is' : '=', campaignId)
    .where('slug', 'in', [...slugs])
    .execute();
  const unknown = slugs.filter((s) => !known.some((k) => k.slug === s));
  if (unknown.length === 0) return;
  const message = `Ressource inconnue ici : ${unknown.join(', ')}. Choisissez dans la liste.`;
  throw invalid('memoire_invalide', message, [{ field: 'resources', message }]);
}
