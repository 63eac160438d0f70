import { sql } from 'kysely';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { LACKS, type Lack, OPENED } from './completeness.ts';
import { getResource, type ResourceRow, toSupport } from './queries.ts';
import type { MemberCtx, SupportInput } from './schema.ts';

export type ResourcePage = ResourceRow & {
  owner: { slug: string; name: string };
  /** The actor's organisation holds it. */
  mine: boolean;
  supports: (SupportInput & { id: number })[];
  lacks: Lack[];
  /** Those it names that exist, in the order in which it names them. */
  seeAlso: { slug: string; title: string }[];
  remindedAt: Date | null;
};

/** One resource with all that its page shows; `introuvable` for a stranger. */
export function readResourcePage(ctx: MemberCtx, campaignId: number, slug: string): Promise<ResourcePage> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const resource = await getResource(trx, campaignId, slug);
    const { rows } = await sql<{ lacks: Lack[]; slug: string; name: string; reminded: Date | null }>`
      select ${LACKS} as lacks, o.slug, o.name, r.reminded_at as reminded
      from resources r join organisations o on o.id = r.organisation_id ${OPENED} where r.id = ${resource.id}`.execute(
      trx,
    );
    const about = rows[0]!;
    const supports = await trx
      .selectFrom('resource_files')
      .selectAll()
      .where('resource_id', '=', resource.id)
      .where('removed_at', 'is', null)
      .orderBy('id')
      .execute();
    const related = await trx
      .selectFrom('resources')
      .select(['slug', 'title'])
      .where('campaign_id', '=', campaignId)
      .where('slug', 'in', resource.related)
      .execute();
    return {
      ...resource,
      owner: { slug: about.slug, name: about.name },
      mine: resource.organisationId === ctx.actor.organisationId,
      supports: supports.map((f) => ({ id: f.id, ...toSupport(f) })),
      lacks: about.lacks,
      seeAlso: resource.related.flatMap((s) => related.filter((r) => r.slug === s)),
      remindedAt: about.reminded,
    };
  });
}

/** What a form offers as « voir aussi »: what is already named, then the nearest (same axis, same kind), by title. */
export function readRelatable(
  ctx: MemberCtx,
  campaignId: number,
  of: { slug: string; axis: string; kind: string; related: readonly string[] },
): Promise<{ slug: string; title: string }[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { rows } = await sql<{ slug: string; title: string }>`
      select slug, title from resources
      where campaign_id = ${campaignId} and slug <> ${of.slug}
        and (retired_on is null or slug = any(${of.related}::text[]))
      order by slug = any(${of.related}::text[]) desc, (axis = ${of.axis} and axis <> '') desc, kind = ${of.kind} desc, title
      limit 40`.execute(trx);
    return rows;
  });
}

/** The axes already written in this inventory: the same one must not be spelt twice. */
export function readAxes(ctx: MemberCtx, campaignId: number): Promise<string[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const rows = await trx
      .selectFrom('resources')
      .select('axis')
      .distinct()
      .where('campaign_id', '=', campaignId)
      .where('axis', '<>', '')
      .orderBy('axis')
      .limit(20)
      .execute();
    return rows.map((r) => r.axis);
  });
}
