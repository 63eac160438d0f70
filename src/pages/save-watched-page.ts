import { isDeepStrictEqual } from 'node:util';
import { actorLabel } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { slugOf } from '../base/slug.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { findPage, getPage, pageInput } from './queries.ts';
import { type MemberCtx, type WatchedPageInput, watchedPageSchema } from './schema.ts';

export type SavedPage = { id: number; slug: string; outcome: 'created' | 'updated' | 'unchanged' };

/**
 * Watches a page that the partners do not own, or changes what is said of it: its windows, its name. Without a slug the
 * page is new, and its name gives one. Throws `page_invalide`, with a message per field.
 */
export async function saveWatchedPage(ctx: MemberCtx, campaignSlug: string, input: object): Promise<SavedPage> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const slug = 'slug' in input ? input.slug : await freshSlug(trx, id, 'name' in input ? String(input.name) : '');
    const page = checked(
      watchedPageSchema,
      { ...input, slug },
      'page_invalide',
      'La page n’est pas enregistrée : corrigez les champs signalés.',
    );
    return writeWatchedPage(trx, ctx, id, page);
  });
}

/** The same inside the caller's transaction, whose organisation watches the page. The same again changes nothing. */
export async function writeWatchedPage(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: WatchedPageInput,
): Promise<SavedPage> {
  await mustPlan(trx, campaignId);
  const before = await findPage(trx, campaignId, input.slug);
  const columns = {
    name: input.name,
    url: input.url,
    owner: input.owner,
    baseline_from: input.baselineFrom,
    baseline_to: input.baselineTo,
    window_from: input.windowFrom,
    window_to: input.windowTo,
  };
  if (!before) {
    const made = await trx
      .insertInto('watched_pages')
      .values({
        ...columns,
        slug: input.slug,
        campaign_id: campaignId,
        organisation_id: ctx.actor.organisationId,
        created_by: actorLabel(ctx.actor),
        created_at: ctx.now(),
      })
      // One that was removed keeps its name: what was stated of it stays where it was stated.
      .onConflict((c) => c.columns(['campaign_id', 'slug']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made)
      throw conflict('page_retiree', `Une page « ${input.slug} » a été retirée : donnez un autre nom à celle-ci.`);
    await recordAudit(trx, ctx, { action: 'page.watch', subject: `page:${made.id}`, detail: { slug: input.slug } });
    return { id: made.id, slug: input.slug, outcome: 'created' };
  }
  mustOwnLine(ctx, before);
  if (isDeepStrictEqual(pageInput(before), input)) return { id: before.id, slug: input.slug, outcome: 'unchanged' };
  await trx.updateTable('watched_pages').set(columns).where('id', '=', before.id).execute();
  await recordAudit(trx, ctx, {
    action: 'page.update',
    subject: `page:${before.id}`,
    // A baseline chosen after the fact must be seen to have been.
    detail: { slug: input.slug, before: pageInput(before), after: input },
  });
  return { id: before.id, slug: input.slug, outcome: 'updated' };
}

/** No longer watched: kept with all that was said of it, and out of every report. */
export async function removeWatchedPage(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<{ name: string }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, id);
    const page = await getPage(trx, id, slug);
    mustOwnLine(ctx, page);
    await trx.updateTable('watched_pages').set({ removed_at: ctx.now() }).where('id', '=', page.id).execute();
    await recordAudit(trx, ctx, { action: 'page.remove', subject: `page:${page.id}`, detail: { slug } });
    return { name: page.name };
  });
}

/** Removed pages keep their names. */
async function freshSlug(trx: Trx, campaignId: number, name: string): Promise<string> {
  const stem = slugOf(name);
  const rows = await trx.selectFrom('watched_pages').select('slug').where('campaign_id', '=', campaignId).execute();
  const taken = new Set([...rows.map((r) => r.slug), 'nouvelle', 'sites']);
  let slug = stem;
  for (let n = 2; taken.has(slug); n++) slug = `${stem}-${n}`;
  return slug;
}
