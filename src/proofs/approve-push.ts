import { type DecisionInput, decide } from '../approvals/decide.ts';
import type { Ctx } from '../base/context.ts';
import { forbidden } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { type PushToProve, pushToProve, signatoriesOf } from './queries.ts';

/** The actor's organisation says yes to a push, or asks for changes. Returns whether every signatory has now said yes. */
export async function approvePush(ctx: Ctx, pushId: number, input: DecisionInput): Promise<{ complete: boolean }> {
  if (ctx.actor.kind !== 'user') throw forbidden('Seule une personne peut valider : donnez son adresse avec --as.');
  const { organisationId } = ctx.actor;
  const subject = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const push = await pushToProve(trx, pushId);
    const asked = (await signatoriesOf(trx, pushId)).find((s) => s.id === organisationId)?.asked ?? null;
    return { name: `push:${pushId}`, campaignId: push.campaign_id, asked, authorIds: await authorsOf(trx, push) };
  });
  await decide(ctx, subject, input);
  const left = await withOrganisation(ctx.db, organisationId, (trx) => signatoriesOf(trx, pushId));
  return { complete: left.every((s) => !s.missing) };
}

/** Who submitted the push and who wrote it last: neither is a second pair of eyes. A partner sees no audit row of the lead's. */
async function authorsOf(trx: Trx, push: PushToProve): Promise<number[]> {
  const proof = await trx
    .selectFrom('proofs')
    .select('created_by_user_id as id')
    .where('id', '=', push.current_proof_id ?? 0)
    .executeTakeFirst();
  const written = await trx
    .selectFrom('audit_log')
    .select('user_id as id')
    .where('subject', '=', `push:${push.id}`)
    .where('action', 'in', ['push.create', 'push.update'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return [proof?.id, written?.id].filter((id) => typeof id === 'number');
}
