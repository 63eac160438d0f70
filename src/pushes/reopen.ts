import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';

/**
 * Clears the current proof of pushes that have not ended, when something they are approved with moved outside them:
 * their audience's rule, the webinar they invite to, the survey they carry, or the campaign's partners, nature or way of
 * counting. Pushes are the lead's: a partner whose webinar or survey moved reaches them across organisations. Answers how
 * many were reopened.
 */
export async function reopenPushes(
  trx: Trx,
  ctx: Pick<Ctx, 'actor' | 'now'>,
  scope: {
    campaignId: number;
    audienceId?: number /** Its slug. */;
    webinar?: string /** Its slug. */;
    survey?: string;
    why: string;
  },
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
    .$if(scope.survey !== undefined, (q) => q.where(asks(scope.survey ?? '')))
    .returning(['id', 'organisation_id'])
    .execute();
  for (const { id, organisation_id: organisationId } of reopened)
    await recordAudit(trx, ctx, {
      action: 'push.reopen',
      subject: `push:${id}`,
      organisationId,
      detail: { why: scope.why },
    });
  return reopened.length;
}

/** Pushes whose content names this webinar. */
export const invitesTo = (webinar: string): RawBuilder<SqlBool> => sql<SqlBool>`content ->> 'webinar' = ${webinar}`;

/** Pushes with a block that carries this survey. */
export const asks = (survey: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`jsonb_path_exists(content, '$.blocks[*] ? (@.type == "survey" && @.survey == $slug)', ${JSON.stringify({ slug: survey })}::jsonb)`;
