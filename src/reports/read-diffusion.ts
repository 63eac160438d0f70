import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';

/**
 * Something that carries a resource to people. `at`: since when, or when it is planned; null: nobody knows yet, or it
 * `repeats` and each of its issues has its own date.
 */
export type Carrier = { kind: 'envoi'; slug: string; title: string; at: Date | null; sent: boolean; repeats: boolean };

/** By slug of the resource: what carried it, or is to. A resource that is not there was never carried by anything. */
export type Diffusion = Map<string, Carrier[]>;

/** Where the resources of a campaign went. One more kind of carrier is one more read here; pages show them all alike. */
export function readDiffusion(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>, campaignId: number): Promise<Diffusion> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    // What has begun to leave carried it, even if it was stopped since; the model of a series only announces.
    const { rows } = await sql<Omit<Carrier, 'kind'> & { resource: string }>`
      select distinct b->>'resource' as resource, p.slug, p.title, coalesce(f.at, p.scheduled_at) as at, f.push_id is not null as sent,
        p.recurrence is not null as repeats
      from pushes p
      cross join jsonb_array_elements(p.content->'blocks') b
      left join freezes f on f.push_id = p.id
      where p.campaign_id = ${campaignId} and b->>'type' = 'resource' and (f.push_id is not null or p.cancelled_at is null)
      order by at nulls last, p.slug`.execute(trx);
    return Map.groupBy(
      rows.map((row) => ({ kind: 'envoi' as const, ...row })),
      (row) => row.resource,
    );
  });
}

/** Slugs of what went out, and of what is only planned. */
export function carriedOf(diffusion: Diffusion): { sent: string[]; planned: string[] } {
  const sent = [...diffusion].filter(([, carriers]) => carriers.some((c) => c.sent)).map(([slug]) => slug);
  const done = new Set(sent);
  return { sent, planned: [...diffusion.keys()].filter((slug) => !done.has(slug)) };
}
