import type { Ctx } from '../base/context.ts';
import { actorLabel } from '../base/context.ts';
import { conflict, notFound } from '../base/errors.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { pushToProve } from '../proofs/queries.ts';
import { finishPush } from './finish.ts';

/** Stops handing over; what is in flight is answered. Exact: the claim reads `paused_at` itself. */
export const pausePush = (ctx: Ctx, pushId: number): Promise<void> =>
  onOwnPush(ctx, pushId, 'push.pause', async (trx, now) => {
    await trx
      .updateTable('pushes')
      .set({ paused_at: now, paused_by: actorLabel(ctx.actor) })
      .where('id', '=', pushId)
      .where('paused_at', 'is', null)
      .execute();
  });

/** The service itself stops a push and says why (content refused again and again, too many returns): a person resumes it. */
export const pauseByService = (ctx: Pick<Ctx, 'db' | 'now'>, pushId: number, why: string): Promise<void> =>
  acrossOrganisations(ctx.db, async (trx) => {
    const paused = await trx
      .updateTable('pushes')
      .set({ paused_at: ctx.now(), paused_by: 'service', paused_why: why })
      .where('id', '=', pushId)
      .where('paused_at', 'is', null)
      .where('finished_at', 'is', null)
      .where('cancelled_at', 'is', null)
      .returning('organisation_id')
      .executeTakeFirst();
    if (!paused) return;
    await recordAudit(
      trx,
      { now: ctx.now, actor: { kind: 'clock', name: 'service' } },
      { action: 'push.pause', subject: `push:${pushId}`, organisationId: paused.organisation_id, detail: { why } },
    );
  });

export const resumePush = (ctx: Ctx, pushId: number): Promise<void> =>
  onOwnPush(ctx, pushId, 'push.resume', async (trx) => {
    await trx
      .updateTable('pushes')
      .set({ paused_at: null, paused_by: null, paused_why: null })
      .where('id', '=', pushId)
      .execute();
  });

/** For good: rows not yet handed over are set apart. Who had already received it stays in the ledger; what is in flight is answered. */
export const cancelPush = (ctx: Ctx, pushId: number): Promise<void> =>
  onOwnPush(ctx, pushId, 'push.cancel', async (trx, now) => {
    await trx
      .updateTable('pushes')
      .set({ cancelled_at: now, cancelled_by: actorLabel(ctx.actor) })
      .where('id', '=', pushId)
      .execute();
    await finishPush(trx, pushId, now);
  });

async function onOwnPush(
  ctx: Ctx,
  pushId: number,
  action: string,
  run: (trx: Trx, now: Date) => Promise<void>,
): Promise<void> {
  allow(ctx.actor, 'push.send');
  const { actor } = ctx;
  if (actor.kind === 'clock') throw notFound('Envoi');
  const push = await withOrganisation(ctx.db, actor.organisationId, (trx) => pushToProve(trx, pushId));
  if (push.organisation_id !== actor.organisationId)
    throw conflict('not_lead', 'Seule l’organisation pilote suspend, reprend ou annule un envoi.');
  await acrossOrganisations(ctx.db, async (trx) => {
    // Locked: of two people who act at once, the second one is told what the first one did.
    const now = await trx
      .selectFrom('pushes')
      .select(['cancelled_at', 'finished_at'])
      .where('id', '=', pushId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (now.cancelled_at) throw conflict('cancelled', 'Cet envoi est déjà annulé.');
    if (now.finished_at) throw conflict('finished', 'Cet envoi est terminé : il n’y a plus rien à arrêter.');
    await run(trx, ctx.now());
    await recordAudit(trx, ctx, { action, subject: `push:${pushId}` });
  });
}
