import { sql } from 'kysely';
import { z } from 'zod';
import { type Actor, actorLabel, type Ctx } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { pushToProve } from '../proofs/queries.ts';

const inputSchema = z.strictObject({
  pushId: z.int(),
  ids: z.array(z.int()).min(1, 'Choisissez au moins une personne.').max(500, 'Choisissez 500 personnes au plus.'),
});

/**
 * Sends again rows whose fate is unknown, chosen by a person who was told that some may receive the message twice. Only
 * its organisation's rows, only while they are unknown; a push that had ended goes on. Returns how many leave again.
 */
export async function resendUnknown(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  input: z.input<typeof inputSchema>,
): Promise<number> {
  allow(ctx.actor, 'push.send');
  const { pushId, ids } = inputSchema.parse(input);
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, (trx) => pushToProve(trx, pushId));
  return acrossOrganisations(ctx.db, async (trx) => {
    const push = await trx
      .selectFrom('pushes')
      .select(['cancelled_at', 'deadline_at', 'window_to'])
      .where('id', '=', pushId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (push.cancelled_at) throw conflict('cancelled', 'Cet envoi est annulé : plus rien ne part.');
    if (push.deadline_at && push.deadline_at <= ctx.now())
      throw conflict('too_late', 'L’échéance de cet envoi est passée : plus rien ne part.');
    if (push.window_to && push.window_to <= ctx.now())
      throw conflict('too_late', 'La période de départ validée est finie : plus rien ne part.');
    const again = await sql<{ id: number }>`
      with again as (
        update deliveries set state = 'planned', reason = null, next_at = null, worker = null, settled_at = null
        where push_id = ${pushId} and organisation_id = ${organisationId} and state = 'unknown' and id = any(${ids}::bigint[])
        returning id, organisation_id, campaign_id, push_id
      )
      insert into delivery_events (organisation_id, campaign_id, push_id, delivery_id, at, what, actor)
      select organisation_id, campaign_id, push_id, id, ${ctx.now()}::timestamptz, 'renvoi', ${actorLabel(ctx.actor)} from again
      returning id`.execute(trx);
    const n = again.rows.length;
    if (n > 0) await trx.updateTable('pushes').set({ finished_at: null }).where('id', '=', pushId).execute();
    await recordAudit(trx, ctx, {
      action: 'push.resend',
      subject: `push:${pushId}`,
      detail: { chosen: ids.length, n },
    });
    return n;
  });
}
