import { type DecisionInput, decide } from '../approvals/decide.ts';
import type { Ctx } from '../base/context.ts';
import { conflict, forbidden } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { blockPrints } from './block-prints.ts';
import { type PushToProve, pushToProve, signatoriesOf } from './queries.ts';

/** The actor's organisation says yes to a push, or asks for changes. Returns whether every signatory has now said yes. */
export async function approvePush(ctx: Ctx, pushId: number, input: DecisionInput): Promise<{ complete: boolean }> {
  allow(ctx.actor, 'push.approve');
  if (ctx.actor.kind !== 'user') throw forbidden('Seule une personne peut valider : donnez son adresse avec --as.');
  const { organisationId } = ctx.actor;
  const subject = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const push = await pushToProve(trx, pushId);
    return {
      name: `push:${pushId}`,
      campaignId: push.campaign_id,
      asked: await askedNow(trx, pushId, organisationId),
      stillAsked: (later: Trx) => askedNow(later, pushId, organisationId),
      authorIds: await authorsOf(trx, push),
      places: await placesOf(trx, push, organisationId),
    };
  });
  await decide(ctx, subject, input);
  const left = await withOrganisation(ctx.db, organisationId, (trx) => signatoriesOf(trx, pushId));
  return { complete: left.every((s) => !s.missing) };
}

/** What the organisation is asked about at this instant; refuses, with the reason, one that is not asked any more. */
async function askedNow(trx: Trx, pushId: number, organisationId: number): Promise<Buffer | null> {
  const own = (await signatoriesOf(trx, pushId)).find((s) => s.id === organisationId);
  if (own?.absent === 'retrait')
    throw conflict('withdrawn', 'Votre organisation a quitté cette campagne : ses validations ne sont plus attendues.');
  if (own?.absent === 'silence')
    throw conflict(
      'lapsed',
      'Le délai de réponse est passé : cet envoi part sans votre organisation, et rien n’est adressé à vos contacts. Seul le pilote peut vous le soumettre de nouveau.',
    );
  return own?.asked ?? null;
}

/** The blocks that the organisation reads, each with its print: where a remark may be made. */
async function placesOf(trx: Trx, push: PushToProve, organisationId: number): Promise<Map<string, string>> {
  const { slug } = await trx
    .selectFrom('organisations')
    .select('slug')
    .where('id', '=', organisationId)
    .executeTakeFirstOrThrow();
  return blockPrints(push.content, slug);
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
