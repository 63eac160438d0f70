import type { Actor, Ctx } from '../base/context.ts';
import { conflict, invalid, notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type ResourceInput, resourceSchema } from './schema.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** Creates a resource of a campaign, or replaces the one of the same slug, for the organisation that carries it. */
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
    carried_by: input.carriedBy,
    years: input.years,
    url: input.url,
    uses: JSON.stringify(input.uses),
    formats: input.formats,
    updated_at: ctx.now(),
  };
  await mustTakePart(trx, ctx, campaignId);
  await mustOwn(trx, ctx, campaignId, input.slug);
  const row = await trx
    .insertInto('resources')
    .values({
      ...columns,
      slug: input.slug,
      campaign_id: campaignId,
      organisation_id: ctx.actor.organisationId,
      created_at: ctx.now(),
    })
    .onConflict((c) => c.columns(['campaign_id', 'slug']).doUpdateSet(columns))
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, ctx, { action: 'resource.save', subject: `resource:${row.id}`, detail: { slug: input.slug } });
  return row;
}

/** A stranger must not hang a resource on a campaign whose number it guessed. */
async function mustTakePart(trx: Trx, ctx: MemberCtx, campaignId: number): Promise<void> {
  const partner = await trx
    .selectFrom('campaign_partners')
    .select('campaign_id')
    .where('campaign_id', '=', campaignId)
    .where('organisation_id', '=', ctx.actor.organisationId)
    .executeTakeFirst();
  if (!partner) throw notFound('Cette campagne');
}

async function mustOwn(trx: Trx, ctx: MemberCtx, campaignId: number, slug: string): Promise<void> {
  const other = await trx
    .selectFrom('resources as r')
    .innerJoin('organisations as o', 'o.id', 'r.organisation_id')
    .select('o.name')
    .where('r.campaign_id', '=', campaignId)
    .where('r.slug', '=', slug)
    .where('r.organisation_id', '<>', ctx.actor.organisationId)
    .executeTakeFirst();
  if (other)
    throw conflict(
      'ressource_prise',
      `La ressource « ${slug} » est tenue par ${other.name} : choisissez un autre identifiant.`,
    );
}
