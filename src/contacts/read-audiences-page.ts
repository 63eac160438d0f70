import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type Audience, type AudiencePreview, audienceById, previewAudience } from './audience-queries.ts';
import type { OwnCtx } from './schema.ts';

export type AudienceRow = Audience & { organisation: string; campaign: string | null };
export type CampaignChoice = { id: number; name: string };

/** One's own audiences and those of one's campaigns (row-level security decides), by campaign and name. */
export function readAudiences(ctx: OwnCtx): Promise<AudienceRow[]> {
  allow(ctx.actor, 'contacts.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    trx
      .selectFrom('audiences as a')
      .innerJoin('organisations as o', 'o.id', 'a.organisation_id')
      .leftJoin('campaigns as c', 'c.id', 'a.campaign_id')
      .select([
        'a.id',
        'a.organisation_id as organisationId',
        'a.campaign_id as campaignId',
        'a.slug',
        'a.name',
        'a.rule',
        'a.placed_level as placedLevel',
        'o.name as organisation',
        'c.name as campaign',
      ])
      .orderBy('c.name')
      .orderBy('a.name')
      .$castTo<AudienceRow>()
      .execute(),
  );
}

export async function readAudience(ctx: OwnCtx, id: number): Promise<Audience> {
  allow(ctx.actor, 'contacts.read');
  const audience = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => audienceById(trx, id));
  if (!audience) throw notFound('Cette audience');
  return audience;
}

/** Whom a rule selects in one's own list; the rule is refused by zod when a key or a value is unknown. */
export function readPreview(ctx: OwnCtx, rule: unknown): Promise<AudiencePreview> {
  allow(ctx.actor, 'contacts.read');
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, (trx) => previewAudience(trx, organisationId, rule));
}

/** Campaigns this organisation leads: the ones an audience of its own may be written for. */
export function readLedCampaigns(ctx: OwnCtx): Promise<CampaignChoice[]> {
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, (trx) =>
    trx
      .selectFrom('campaigns')
      .select(['id', 'name'])
      .where('organisation_id', '=', organisationId)
      .orderBy('name')
      .execute(),
  );
}
