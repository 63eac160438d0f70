import type { Ctx } from '../base/context.ts';
import { conflict, invalid } from '../base/errors.ts';
import type { Level } from '../base/words.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { mintTokens } from '../tracking/mint-tokens.ts';
import { askApprovers } from './ask-approvers.ts';
import { askedHashes, lockToProve, sameTerms } from './asked-hashes.ts';
import { type CheckAt, checkVariants, refuseWhatBlocks } from './check-push.ts';
import { compiled } from './check-read.ts';
import { type PushToProve, pushToProve, signatoriesOf } from './queries.ts';
import { recordWordings } from './record-wordings.ts';
import { termsOfPush } from './terms.ts';
import { readInputs, renderAll, type Variant } from './variants.ts';

/**
 * Compiles and stores exactly what would leave, for each signatory and level, and asks each signatory for its yes.
 * A signatory whose own content did not move since its yes is not asked again. Returns the proof's id. Throws `preflight`
 * with the sentences of the proofreading that block; `at` is what that proofreading is told.
 */
export async function submitPush(
  ctx: Ctx,
  pushId: number,
  at: CheckAt = {},
): Promise<{ proofId: number; asked: number }> {
  const { actor } = ctx;
  allow(actor, 'push.submit');
  if (actor.kind === 'clock')
    throw conflict('actor', 'Une personne ou une commande soumet un envoi, jamais l’horloge.');
  const { organisationId } = actor;
  const { push, inputs } = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const push = await pushToProve(trx, pushId);
    refuseUnlessOwn(push, organisationId);
    return { push, inputs: await readInputs(trx, push, ctx.publicUrl) };
  });
  if (inputs.length === 0)
    throw invalid('signatories', 'Aucune organisation ne signe cet envoi : choisissez au moins une signataire.');
  const variants = await renderAll(inputs);
  refuseWhatBlocks(await checkVariants({ ...ctx, actor }, push, compiled(inputs, variants), at));
  return acrossOrganisations(ctx.db, async (trx) => {
    const locked = await lockToProve(trx, pushId);
    refuseUnlessOwn(locked, organisationId);
    if (!sameTerms(locked, push))
      throw conflict('content_changed', 'L’envoi a été modifié pendant la préparation. Recommencez.');
    const proof = await trx
      .insertInto('proofs')
      .values({
        organisation_id: organisationId,
        campaign_id: push.campaign_id,
        push_id: pushId,
        content_version: push.content_version,
        created_by: actor.kind === 'user' ? actor.name : 'commande',
        created_by_user_id: actor.kind === 'user' ? actor.userId : null,
        created_at: ctx.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await storeVariants(trx, proof.id, push.campaign_id, variants);
    await recordWordings(trx, { id: proof.id, organisationId, campaignId: push.campaign_id }, inputs);
    await storeLinks(trx, { organisationId, campaignId: push.campaign_id, pushId }, variants);
    // A push edited while it runs may point to new pages: their links are followed like the first ones.
    if (push.link_mode !== 'direct') await mintTokens(trx, ctx, { pushId, proofId: proof.id });
    const messages = Map.groupBy(variants, (v) => v.organisationId);
    const hashes = askedHashes(
      locked,
      new Map(
        [...messages].map(([org, own]) => [
          org,
          own.map(({ rendered: r }) => ({ level: r.level, skeleton: r.skeleton, links: r.links.map((l) => l.url) })),
        ]),
      ),
    );
    await trx
      .insertInto('proof_hashes')
      .values(
        [...hashes].map(([org, hash]) => ({
          proof_id: proof.id,
          organisation_id: org,
          campaign_id: push.campaign_id,
          content_hash: hash,
        })),
      )
      .execute();
    await trx
      .updateTable('pushes')
      .set({ current_proof_id: proof.id, silence_told_at: null })
      .where('id', '=', pushId)
      .execute();
    if (locked.drawn_at === null) await askAgainTheSilent(trx, pushId);
    const asked = (await signatoriesOf(trx, pushId)).filter((s) => s.missing);
    for (const s of asked) await askApprovers(trx, ctx, locked, s.id);
    await recordAudit(trx, ctx, {
      action: 'push.submit',
      subject: `push:${pushId}`,
      detail: { proof: proof.id, asked: asked.map((s) => s.slug), terms: termsOfPush(locked) },
    });
    return { proofId: proof.id, asked: asked.length };
  });
}

function refuseUnlessOwn(push: PushToProve, organisationId: number): void {
  if (push.organisation_id !== organisationId)
    throw conflict('not_lead', 'Seule l’organisation pilote soumet un envoi.');
  if (push.cancelled_at) throw conflict('cancelled', 'Cet envoi est annulé : créez-en un autre.');
  if (push.finished_at) throw conflict('finished', 'Cet envoi est terminé : créez-en un autre.');
  if (push.recurrence)
    throw conflict('recurring', 'Un envoi récurrent se valide numéro par numéro : soumettez le prochain numéro.');
}

const storeVariants = (trx: Trx, proofId: number, campaignId: number, variants: Variant[]) =>
  trx
    .insertInto('proof_variants')
    .values(
      variants.map(({ organisationId, rendered: r }) => ({
        proof_id: proofId,
        organisation_id: organisationId,
        campaign_id: campaignId,
        level: r.level satisfies Level,
        subject: r.subject,
        html: r.html,
        text: r.text,
        skeleton: JSON.stringify(r.skeleton),
        links: r.links.map((l) => l.url),
        bytes: r.htmlBytes,
      })),
    )
    .execute();

/** One row per destination of the push; a destination that comes back in a later version keeps its row and its clicks. */
async function storeLinks(
  trx: Trx,
  at: { organisationId: number; campaignId: number; pushId: number },
  variants: Variant[],
): Promise<void> {
  const links = new Map(variants.flatMap((v) => v.rendered.links.map((l) => [l.url, l.label] as const)));
  if (links.size === 0) return;
  await trx
    .insertInto('links')
    .values(
      [...links].map(([url, label]) => ({
        organisation_id: at.organisationId,
        campaign_id: at.campaignId,
        push_id: at.pushId,
        url,
        label,
      })),
    )
    .onConflict((oc) => oc.columns(['push_id', 'url']).doUpdateSet((eb) => ({ label: eb.ref('excluded.label') })))
    .execute();
}

/** Left out for its silence, an organisation is asked like the others by a new submission; its list is not drawn yet. */
async function askAgainTheSilent(trx: Trx, pushId: number): Promise<void> {
  const silent = await trx.selectFrom('push_lapses').select('organisation_id').where('push_id', '=', pushId).execute();
  if (silent.length > 0) await trx.deleteFrom('push_lapses').where('push_id', '=', pushId).execute();
}
