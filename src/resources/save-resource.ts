import { sql } from 'kysely';
import { invalid } from '../base/errors.ts';
import { slugOf } from '../base/slug.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { mustNotBeAnothers, mustTakePart } from './may-write.ts';
import { type MemberCtx, type ResourceInput, resourceSchema } from './schema.ts';

/** Creates a resource of a campaign, or replaces the one of the same slug, for the organisation that holds it. */
export async function saveResource(ctx: MemberCtx, campaignId: number, input: unknown): Promise<{ id: number }> {
  allow(ctx.actor, 'campaign.write');
  const parsed = resourceSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'ressource_invalide',
      'La ressource n’est pas enregistrée : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
    );
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => writeResource(trx, ctx, campaignId, parsed.data));
}

/** The same inside the caller's transaction. */
export async function writeResource(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: ResourceInput,
): Promise<{ id: number }> {
  const columns = {
    title: input.title,
    summary: input.summary,
    kind: input.kind,
    axis: input.axis,
    carried_by: input.carriedBy,
    years: input.years,
    url: input.url,
    uses: JSON.stringify(input.uses),
    level_uses: JSON.stringify(input.levelUses),
    formats: input.formats,
    contact: input.contact,
    published_on: input.publishedOn,
    review_on: input.reviewOn,
    listed: input.listed,
    related: input.related,
    retired_on: input.retiredOn,
    updated_at: ctx.now(),
  };
  await mustTakePart(trx, ctx, campaignId);
  await mustNotBeAnothers(trx, ctx, campaignId, input.slug);
  const row = await trx
    .insertInto('resources')
    .values({
      ...columns,
      slug: input.slug,
      campaign_id: campaignId,
      organisation_id: ctx.actor.organisationId,
      created_at: ctx.now(),
    })
    .onConflict((c) =>
      c.columns(['campaign_id', 'slug']).doUpdateSet({
        ...columns,
        // Another day to read it again: its holder will be told again.
        reminded_at: sql`case when resources.review_on is not distinct from excluded.review_on then resources.reminded_at end`,
      }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, ctx, { action: 'resource.save', subject: `resource:${row.id}`, detail: { slug: input.slug } });
  return row;
}

const LONGEST_SLUG = 70;

/** The identifier that a title gives, free in this campaign: « Guide » → `guide`, then `guide-2`. */
export async function freeSlug(ctx: MemberCtx, campaignId: number, title: string): Promise<string> {
  allow(ctx.actor, 'campaign.write');
  const wanted = slugOf(title).slice(0, LONGEST_SLUG).replace(/-$/, '');
  const taken = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    trx
      .selectFrom('resources')
      .select('slug')
      .where('campaign_id', '=', campaignId)
      .where('slug', 'like', `${wanted}%`)
      .execute(),
  );
  const all = new Set(taken.map((r) => r.slug));
  const free = (slug: string): boolean => !all.has(slug) && resourceSchema.shape.slug.safeParse(slug).success;
  if (free(wanted)) return wanted;
  let n = 2;
  while (!free(`${wanted}-${n}`)) n += 1;
  return `${wanted}-${n}`;
}
