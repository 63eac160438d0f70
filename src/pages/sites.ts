import { actorLabel } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { randomToken } from '../base/tokens.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { Owner } from './queries.ts';
import { type MemberCtx, siteSchema } from './schema.ts';

export type SiteRow = {
  id: number;
  campaignId: number;
  organisationId: number;
  organisation: Owner;
  name: string;
  origin: string;
  key: string;
  createdAt: Date;
  stoppedAt: Date | null;
};

/** The partners' sites that a campaign counts visits on, the oldest first; those that stopped too. */
export async function sitesOf(trx: Trx, campaignId: number): Promise<SiteRow[]> {
  const rows = await trx
    .selectFrom('measured_sites as s')
    .innerJoin('organisations as o', 'o.id', 's.organisation_id')
    .selectAll('s')
    .select(['o.slug as owner_slug', 'o.name as owner_name'])
    .where('s.campaign_id', '=', campaignId)
    .orderBy('s.id')
    .execute();
  return rows.map((s) => ({
    id: s.id,
    campaignId: s.campaign_id,
    organisationId: s.organisation_id,
    organisation: { slug: s.owner_slug, name: s.owner_name },
    name: s.name,
    origin: s.origin,
    key: s.key,
    createdAt: s.created_at,
    stoppedAt: s.stopped_at,
  }));
}

/** Gives a site of the actor's organisation the key that its pages carry. Throws `site_invalide`, with a message per field. */
export async function openSite(ctx: MemberCtx, campaignSlug: string, input: unknown): Promise<{ id: number }> {
  allow(ctx.actor, 'campaign.write');
  const site = checked(
    siteSchema,
    input,
    'site_invalide',
    'Le site n’est pas enregistré : corrigez les champs signalés.',
  );
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, campaign.id);
    const { id } = await trx
      .insertInto('measured_sites')
      .values({
        ...site,
        organisation_id: ctx.actor.organisationId,
        campaign_id: campaign.id,
        key: randomToken(9),
        created_by: actorLabel(ctx.actor),
        created_at: ctx.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, { action: 'site.open', subject: `site:${id}`, detail: { origin: site.origin } });
    return { id };
  });
}

/** Its key counts nothing from now on, within a minute on every process; what was counted stays. */
export async function stopSite(ctx: MemberCtx, campaignSlug: string, siteId: number): Promise<{ name: string }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, campaign.id);
    const site = await getSite(trx, campaign.id, siteId);
    mustOwnLine(ctx, site);
    if (site.stoppedAt) return { name: site.name };
    await trx.updateTable('measured_sites').set({ stopped_at: ctx.now() }).where('id', '=', siteId).execute();
    await recordAudit(trx, ctx, { action: 'site.stop', subject: `site:${siteId}`, detail: { origin: site.origin } });
    return { name: site.name };
  });
}

export async function getSite(trx: Trx, campaignId: number, siteId: number): Promise<SiteRow> {
  const site = (await sitesOf(trx, campaignId)).find((s) => s.id === siteId);
  if (!site) throw notFound('Ce site');
  return site;
}
