import { toParisDay } from '../base/dates.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { mustOwn } from './may-write.ts';
import type { MemberCtx } from './schema.ts';

/** Out of date from today: it leaves the lists; its page stays, and says so, because links to it are about. */
export const retireResource = (ctx: MemberCtx, campaignId: number, slug: string): Promise<{ title: string }> =>
  settle(ctx, campaignId, slug, toParisDay(ctx.now()));

/** Current again. */
export const restoreResource = (ctx: MemberCtx, campaignId: number, slug: string): Promise<{ title: string }> =>
  settle(ctx, campaignId, slug, null);

function settle(
  ctx: MemberCtx,
  campaignId: number,
  slug: string,
  retiredOn: string | null,
): Promise<{ title: string }> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const own = await mustOwn(trx, ctx, campaignId, slug);
    await trx
      .updateTable('resources')
      .set({ retired_on: retiredOn, updated_at: ctx.now() })
      .where('id', '=', own.id)
      .execute();
    await recordAudit(trx, ctx, {
      action: retiredOn === null ? 'resource.restore' : 'resource.retire',
      subject: `resource:${own.id}`,
      detail: { slug },
    });
    return { title: own.title };
  });
}
