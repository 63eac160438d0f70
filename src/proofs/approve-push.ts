import { type DecisionInput, decide } from '../approvals/decide.ts';
import type { Ctx } from '../base/context.ts';
import { forbidden } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { pushToProve, signatoriesOf } from './queries.ts';

/** The actor's organisation says yes to a push, or asks for changes. Returns whether every signatory has now said yes. */
export async function approvePush(ctx: Ctx, pushId: number, input: DecisionInput): Promise<{ complete: boolean }> {
  if (ctx.actor.kind !== 'user') throw forbidden('Seule une personne peut valider : donnez son adresse avec --as.');
  const { organisationId } = ctx.actor;
  const subject = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const push = await pushToProve(trx, pushId);
    const asked = (await signatoriesOf(trx, pushId)).find((s) => s.id === organisationId)?.asked ?? null;
    const author = push.current_proof_id === null ? undefined
      : await trx.selectFrom('proofs').select('created_by_user_id').where('id', '=', push.current_proof_id).executeTakeFirst();
    return { name: `push:${pushId}`, campaignId: push.campaign_id, asked, authorId: author?.created_by_user_id ?? null };
  });
  await decide(ctx, subject, input);
  const left = await withOrganisation(ctx.db, organisationId, (trx) => signatoriesOf(trx, pushId));
  return { complete: left.every((s) => !s.missing) };
}
