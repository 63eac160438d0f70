import type { Ctx } from '../base/context.ts';
import { conflict, forbidden } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { pushToProve } from '../proofs/queries.ts';
import { freezePush } from './freeze.ts';

/**
 * Draws the list of an approved push now, whatever its date: from here on its rows may be handed over, which the caller
 * asks of a worker. Asked twice it draws once; false when it had been done before.
 */
export async function sendNow(ctx: Ctx, pushId: number): Promise<boolean> {
  allow(ctx.actor, 'push.send');
  const { actor } = ctx;
  if (actor.kind === 'clock') throw forbidden('L’horloge envoie à l’heure dite, jamais avant.');
  const push = await withOrganisation(ctx.db, actor.organisationId, (trx) => pushToProve(trx, pushId));
  if (push.organisation_id !== actor.organisationId) throw conflict('not_lead', 'Seule l’organisation pilote envoie.');
  if (push.cancelled_at) throw conflict('cancelled', 'Cet envoi est annulé : créez-en un autre.');
  if (push.finished_at) throw conflict('finished', 'Cet envoi est déjà parti.');
  if (push.recurrence)
    throw conflict('recurring', 'Un envoi récurrent part numéro par numéro : envoyez le prochain numéro.');
  return freezePush(ctx, pushId);
}
