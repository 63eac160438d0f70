import type { Ctx } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { signatoriesOf } from './queries.ts';

/** What the actor's organisation is asked to approve today, in hexadecimal: a page or a command sends it back with its yes. */
export async function askedOf(
  ctx: Ctx<Extract<Ctx['actor'], { organisationId: number }>>,
  pushId: number,
): Promise<string> {
  const signatories = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => signatoriesOf(trx, pushId));
  const asked = signatories.find((s) => s.id === ctx.actor.organisationId)?.asked;
  if (!asked) throw conflict('nothing_asked', 'Rien n’est soumis à la validation de votre organisation en ce moment.');
  return asked.toString('hex');
}
