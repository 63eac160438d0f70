import { notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type AudienceInput, audienceSchema } from './audience-schema.ts';
import type { OwnCtx } from './schema.ts';

export type SavedAudience = { id: number; slug: string; name: string };

/** Creates the audience of this slug, or changes it. Pushes already drawn keep the list they have. */
export async function saveAudience(ctx: OwnCtx, input: AudienceInput): Promise<SavedAudience> {
  allow(ctx.actor, 'audience.write');
  const { slug, name, campaignId, rule, placedLevel } = audienceSchema.parse(input);
  const { organisationId } = ctx.actor;
  const now = ctx.now();
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    if (campaignId !== null) await mustLead(trx, campaignId, organisationId);
    const values = { name, rule: JSON.stringify(rule), placed_level: placedLevel, updated_at: now };
    const audience = await trx
      .insertInto('audiences')
      .values({ organisation_id: organisationId, campaign_id: campaignId, slug, created_at: now, ...values })
      .onConflict((oc) => oc.columns(['organisation_id', 'campaign_id', 'slug']).doUpdateSet(values))
      .returning(['id', 'slug', 'name'])
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, {
      action: 'audience.save',
      subject: `audience:${audience.id}`,
      detail: { slug, rule, placedLevel },
    });
    return audience;
  });
}

/** Pushes find their audience by its slug in the campaign: nobody but its lead adds one there. */
async function mustLead(trx: Trx, campaignId: number, organisationId: number): Promise<void> {
  const led = await trx
    .selectFrom('campaigns')
    .select('id')
    .where('id', '=', campaignId)
    .where('organisation_id', '=', organisationId)
    .executeTakeFirst();
  if (!led) throw notFound('Cette campagne');
}
