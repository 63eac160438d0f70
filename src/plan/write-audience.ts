import type { Ctx } from '../base/context.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import type { AudiencePart } from './bundle.ts';

/** An audience of a campaign inside the caller's transaction: applying a folder is all or nothing. */
export async function writeAudience(
  trx: Trx,
  ctx: Pick<Ctx, 'actor' | 'now'>,
  campaign: { id: number; organisationId: number },
  { slug, name, rule, placedLevel }: AudiencePart,
): Promise<{ id: number }> {
  const values = { name, rule: JSON.stringify(rule), placed_level: placedLevel, updated_at: ctx.now() };
  const audience = await trx
    .insertInto('audiences')
    .values({
      organisation_id: campaign.organisationId,
      campaign_id: campaign.id,
      slug,
      created_at: ctx.now(),
      ...values,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'campaign_id', 'slug']).doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, ctx, {
    action: 'audience.save',
    subject: `audience:${audience.id}`,
    detail: { slug, rule, placedLevel },
  });
  return audience;
}
