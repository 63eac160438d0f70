import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';

/**
 * Clears the current proof of pushes that have not ended, when something they are approved with moved outside them:
 * their audience's rule, the webinar they invite to, or the campaign's partners, nature or way of counting. Answers how many were reopened.
 */
export async function reopenPushes(
  trx: Trx,
  ctx: Pick<Ctx, 'actor' | 'now'>,
  scope: { campaignId: number; audienceId?: number /** Its slug. */; webinar?: string; why: string },
): Promise<number> {
  const reopened = await trx
    .updateTable('pushes')
    .set({ current_proof_id: null, updated_at: ctx.now() })
    .where('campaign_id', '=', scope.campaignId)
    .where('current_proof_id', 'is not', null)
    .where('finished_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .$if(scope.audienceId !== undefined, (q) => q.where('audience_id', '=', scope.audienceId ?? 0))
    .$if(scope.webinar !== undefined, (q) => q.where(invitesTo(scope.webinar ?? '')))
    .returning('id')
    .execute();
  for (const { id } of reopened)
    await recordAudit(trx, ctx, { action: 'push.reopen', subject: `push:${id}`, detail: { why: scope.why } });
  return reopened.length;
}

/** Pushes whose content names this webinar. */
export const invitesTo = (webinar: string): RawBuilder<SqlBool> => sql<SqlBool>`content ->> 'webinar' = ${webinar}`;
