import type { Actor, Ctx } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { getPush } from './queries.ts';
import { checkedPush, type SavedPush, writePush } from './save-push.ts';

/**
 * Replaces a push by `input`, which was written by somebody who had read its version `seen`. Refused (conflict) when
 * another person changed it in between: the last one to save must not undo the work of the first without knowing.
 */
export async function editPush(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  at: { campaign: string; seen: number },
  input: unknown,
): Promise<SavedPush> {
  allow(ctx.actor, 'push.write');
  const push = checkedPush(input);
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getPush(trx, `${at.campaign}/${push.slug}`);
    await trx.selectFrom('pushes').select('id').where('id', '=', id).forUpdate().execute();
    const { contentVersion } = await getPush(trx, `${at.campaign}/${push.slug}`);
    if (contentVersion !== at.seen)
      throw conflict(
        'modifie_entre_temps',
        'Une autre personne a modifié cet envoi pendant que vous écriviez. Rouvrez la page, puis reportez votre changement.',
      );
    return writePush(trx, ctx, await getCampaign(trx, at.campaign), push);
  });
}
